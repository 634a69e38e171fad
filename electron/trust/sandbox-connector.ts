/**
 * How repositories of the sandbox are reached: by its own server, its own certificate authority and its own trust
 * directory, whoever asks (adr/0002). Privileged process and command line.
 */
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import type { HttpClient } from '../network/http-client.ts';
import { fixedCredentials } from '../registry/credentials.ts';
import { registryOfGun } from '../registry/image-reference.ts';
import { parseNotaryConfig } from '../settings/notary-config.ts';
import { type Connector, createConnector } from './connector.ts';

/** What has to be known of a sandbox to talk to it, whichever process runs it. */
export interface SandboxAddress {
  readonly trustServerUrl: string;
  readonly registryUrl: string;
  readonly registryHost: string;
  readonly caPem: string;
  readonly trustDirectory: string;
}

interface Clocked {
  readonly now: () => Date;
  readonly platform: string;
  readonly http: HttpClient;
}

/** SECURITY: the sandbox is verified by its own CA as any other server; being on this computer excuses nothing. */
export function sandboxConnector(sandbox: SandboxAddress, { now, platform, http }: Clocked): Connector {
  const { trustServerUrl, registryUrl, caPem, trustDirectory } = sandbox;
  const ca = (url: string) => ({ server: new URL(url).origin, pem: caPem });
  return createConnector({
    asTool: 'notary',
    platform,
    dockerConfig: trustDirectory,
    trustDirectory,
    serverCas: [ca(trustServerUrl), ca(registryUrl)],
    notaryConfig: parseNotaryConfig({}, '', trustDirectory),
    chooseServer: () => ({ url: trustServerUrl, source: 'sandbox' }),
    credentials: fixedCredentials(undefined),
    http,
    clock: () => now().getTime(),
  });
}

/** Which connector a repository needs, and whether it is the sandbox's. */
export interface ConnectorChoice {
  readonly connector: Connector;
  readonly sandbox: boolean;
}

/**
 * Chooses per repository between this computer and its sandbox. The folder is looked at only for a name that a sandbox
 * could have, so that every other command starts as fast as without one.
 */
export function chooseConnector(
  computer: Connector,
  dataDirectory: string,
  { now, platform }: Pick<Clocked, 'now' | 'platform'>,
): (gun: Gun) => Promise<ConnectorChoice> {
  let found:
    Promise<{ readonly address: SandboxAddress; readonly connector: Connector } | undefined> | undefined;
  const look = async () => {
    const { loadKnownSandbox } = await import('../sandbox/sandbox-folder.ts');
    const address = await loadKnownSandbox(join(dataDirectory, 'sandbox'));
    if (address === undefined) return undefined;
    return { address, connector: sandboxConnector(address, { now, platform, http: computer.http }) };
  };
  return async (gun) => {
    const { registry } = registryOfGun(gun);
    const sandbox = registry.startsWith('localhost:') ? await (found ??= look()) : undefined;
    if (sandbox?.address.registryHost !== registry) return { connector: computer, sandbox: false };
    await mustRun(sandbox.address);
    return { connector: sandbox.connector, sandbox: true };
  };
}

/** The sandbox whose trust server this is, whether it runs or not. */
export async function sandboxOfServer(
  url: string,
  dataDirectory: string,
  { now, platform, http }: Pick<Clocked, 'now' | 'platform'> & { readonly http: HttpClient },
): Promise<Connector | undefined> {
  if (!URL.canParse(url) || new URL(url).hostname !== 'localhost') return undefined;
  const { loadKnownSandbox } = await import('../sandbox/sandbox-folder.ts');
  const address = await loadKnownSandbox(join(dataDirectory, 'sandbox'));
  if (address?.trustServerUrl !== new URL(url).origin) return undefined;
  return sandboxConnector(address, { now, platform, http });
}

/** Nothing of the sandbox answers unless the window runs it. @throws `sandbox/not-running` */
function mustRun({ trustServerUrl }: SandboxAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(trustServerUrl).port), '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (cause) => reject(new AppError('sandbox/not-running', {}, { cause })));
  });
}
