/** What is known of a sandbox from its folder alone, whether it runs or not. Privileged process. */
import { join } from 'node:path';
import type { Sha256Hex } from '../../shared/brands.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { readFile } from '../files/file-calls.ts';
import { certificateFingerprint } from './authority.ts';
import { loadIndexJson } from './index-file.ts';

export interface SandboxPorts {
  readonly trustServer: number;
  readonly registry: number;
}

/** Written when the demo is complete. The ports stay: they are part of the repositories' names. */
export interface SandboxDescription {
  readonly ports: SandboxPorts;
}

const path = (folder: string): string => join(folder, 'sandbox.json');

/** undefined when there is no (complete) sandbox. Throws `config/malformed`. */
export async function loadDescription(folder: string): Promise<SandboxDescription | undefined> {
  return (await loadIndexJson(path(folder))) as SandboxDescription | undefined;
}

export async function saveDescription(folder: string, description: SandboxDescription): Promise<void> {
  await writeFileAtomically(path(folder), `${JSON.stringify(description)}\n`);
}

/** How to talk to a sandbox that runs, perhaps in another process. */
export interface KnownSandbox {
  readonly trustServerUrl: string;
  readonly registryUrl: string;
  readonly registryHost: string;
  readonly caPem: string;
  readonly caPath: string;
  readonly caSha256: Sha256Hex;
  readonly trustDirectory: string;
}

/** The sandbox of a folder without starting it: which repositories, server and keys are the sandbox's. */
export async function loadKnownSandbox(folder: string): Promise<KnownSandbox | undefined> {
  const description = await loadDescription(folder);
  if (description === undefined) return undefined;
  const caPath = join(folder, 'tls', 'ca.crt');
  const caPem = await readFile(caPath, 'utf8');
  const { trustServer, registry } = description.ports;
  return {
    trustServerUrl: `https://localhost:${trustServer}`,
    registryUrl: `https://localhost:${registry}`,
    registryHost: `localhost:${registry}`,
    caPem,
    caPath,
    caSha256: certificateFingerprint(caPem),
    trustDirectory: join(folder, 'trust'),
  };
}
