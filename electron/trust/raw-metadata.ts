/** The file of a role as the window shows it: the very bytes, as text. Privileged process; pure. */
import type { RoleName } from '../../shared/brands.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import type { MetadataFile } from '../tuf/model.ts';
import { ROOT, SNAPSHOT, TIMESTAMP } from '../tuf/names.ts';

export type RawMetadata = CallOutput<'repositories.rawMetadata'>;

/** Characters of raw metadata that are shown; more is for an editor. `bytes` always says how long the file is. */
const longestText = 2 * 1024 * 1024;

/** As it was verified, or as it was announced where it is not believed; undefined when there is none. */
export function fileOf(repository: VerifiedRepository, role: RoleName): MetadataFile | undefined {
  if (role === ROOT) return repository.root;
  if (role === TIMESTAMP) return repository.timestamp;
  if (role === SNAPSHOT) return repository.snapshot;
  return repository.targets.get(role) ?? repository.unusable.get(role);
}

/** @param bytes of one file */
export function toText(bytes: Uint8Array): RawMetadata {
  return { text: Buffer.from(bytes).toString('utf8').slice(0, longestText), bytes: bytes.length };
}
