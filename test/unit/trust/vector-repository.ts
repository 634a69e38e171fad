/** The repository of the vectors that docker and notary wrote, as verified files. */
import { readFileSync } from 'node:fs';
import type { RoleName } from '../../../shared/brands.ts';
import { parseRoot, parseTargets } from '../../../electron/tuf/parse.ts';

const folder = new URL('../../vectors/docker-trust/', import.meta.url);
export const vectorText = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const vectorBytes = (name: string): Uint8Array => readFileSync(new URL(name, folder));

const roles = {
  targets: 'targets.json',
  'targets/releases': 'releases.json',
  'targets/jeff': 'jeff.json',
  'targets/ops': 'ops.json',
};

export const vectorGun = 'registry.example.test:5000/acme/app';

/** Root and targets files as a reader believes them. */
export function vectorFiles() {
  const targets = Object.entries(roles).map(
    ([role, file]) => [role as RoleName, parseTargets(role as RoleName, vectorBytes(file))] as const,
  );
  return { root: parseRoot(vectorBytes('root.json')), targets: new Map(targets) };
}
