/**
 * A SoftHSM2 token in a temporary folder: PKCS#11 without a device, for what is not special to YubiKeys. Test code.
 * It is no stand-in for one: no locking, no touch, no unplugging, and its administrator may not create keys.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './child.ts';
import { peerPath, type PeerName } from './peers.ts';
import type { Scope } from './scope.ts';

export const softHsmPeers: readonly PeerName[] = ['softhsm2-util', 'libsofthsm2.so'];

export interface SoftHsmToken {
  readonly library: string;
  readonly label: string;
  readonly pin: string;
  readonly administratorPin: string;
  /** For the process that loads the library: without it, it looks for the tokens of the machine. */
  readonly environment: Readonly<Record<string, string>>;
}

let count = 0;

/** An initialised token with a PIN, under a configuration of its own. */
export async function makeSoftHsmToken(scope: Scope, label = 'trustdesk'): Promise<SoftHsmToken> {
  count += 1;
  const folder = join(scope.folder, `softhsm-${count}`);
  const tokens = join(folder, 'tokens');
  await mkdir(tokens, { recursive: true, mode: 0o700 });
  const configuration = join(folder, 'softhsm2.conf');
  await writeFile(
    configuration,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const environment = { SOFTHSM2_CONF: configuration };
  const [pin, administratorPin] = ['246802', '135791'];
  const pins = ['--pin', pin, '--so-pin', administratorPin];
  const args = ['--init-token', '--free', '--label', label, ...pins];
  await mustRun(peerPath('softhsm2-util'), args, { env: environment });
  return { library: peerPath('libsofthsm2.so'), label, pin, administratorPin, environment };
}
