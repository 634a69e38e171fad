/** Keys between Trustdesk's key store and the real docker, notary and openssl: small steps that the tests share. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKey, type GeneratedAlgorithm } from '../../electron/keystore/generate-key.ts';
import type { StoredKey } from '../../electron/keystore/key-directory.ts';
import type { PrivateKey } from '../../electron/keystore/private-key.ts';
import { SecretBytes } from '../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../electron/keystore/store-key.ts';
import type { Workstation } from '../lab/workstation.ts';
import { repositoryPassphrase, rootPassphrase } from '../lab/workstation.ts';

export const secret = (text: string): SecretBytes => SecretBytes.fromText(text);

/** What the lab's environment variables hold for a role. */
export const labPassphrase = (role: string): SecretBytes =>
  secret(role === 'root' ? rootPassphrase : repositoryPassphrase);

/** A row of `notary key list`; a long GUN is cut to its end there. */
export interface NotaryRow {
  readonly role: string;
  readonly gun: string;
  readonly id: string;
}

export async function notaryKeyList(workstation: Workstation): Promise<readonly NotaryRow[]> {
  const { stdout } = await workstation.must.notary(['key', 'list']);
  return stdout.split('\n').flatMap((line) => {
    const [role = '', second = '', third = ''] = line.split(/ {4,}/);
    if (/^[0-9a-f]{64}$/.test(second)) return [{ role, gun: '', id: second }];
    return /^[0-9a-f]{64}$/.test(third) ? [{ role, gun: second, id: third }] : [];
  });
}

/** Our listing in the same shape. */
export function asRows(keys: readonly StoredKey[]): readonly NotaryRow[] {
  return keys.map(({ role, gun = '', id }) => ({
    role,
    gun: gun.length > 25 ? `...${gun.slice(-22)}` : gun,
    id,
  }));
}

/** A new key of ours in the workstation's store, under the lab's passphrase. */
export async function storeNew(
  workstation: Workstation,
  role: string,
  options: { readonly algorithm?: GeneratedAlgorithm; readonly gun?: string } = {},
): Promise<{ readonly key: PrivateKey; readonly stored: StoredKey }> {
  const key = await generateKey(options.algorithm);
  const stored = await storeKey(
    workstation.trustDirectory,
    key,
    { role, gun: options.gun },
    labPassphrase(role),
  );
  return { key, stored };
}

/** Writes a file into the workstation's home, 0600. */
export async function putFile(
  workstation: Workstation,
  name: string,
  content: string | Uint8Array,
): Promise<string> {
  const file = join(workstation.home, name);
  await writeFile(file, content, { mode: 0o600 });
  return file;
}
