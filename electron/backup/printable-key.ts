/** A key that can be printed: one of this computer, or, while it is offline, one of an opened copy. Privileged process. */
import { exportBundle } from '../keystore/export-key.ts';
import { pemHeaders } from '../keystore/key-block.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { encryptionOf, likelyAlgorithm } from '../keystore/key-headers.ts';
import { encodePem } from '../keystore/pem.ts';
import type { BackupKey } from './read-backup.ts';

export interface PrintableKey {
  readonly id: string;
  readonly role: string;
  readonly gun: string | undefined;
  readonly algorithm: string | undefined;
  readonly isEncrypted: boolean;
  /** Its export bundle, under its own passphrase. Throws what reading a stored key throws. */
  readonly bundle: () => Promise<string>;
}

export function printableFromStore(key: StoredKey): PrintableKey {
  const { id, role, gun, algorithm, encryption } = key;
  return { id, role, gun, algorithm, isEncrypted: encryption !== 'none', bundle: () => exportBundle([key]) };
}

/** Undefined for a key that the copy holds in a form that cannot be printed. */
export function printableFromCopy({ id, role, gun, entry: { block } }: BackupKey): PrintableKey | undefined {
  if (block === undefined) return undefined;
  const headers = new Map([...block.headers, ...pemHeaders({ role, gun }), ['path', id]]);
  return {
    id,
    role,
    gun,
    algorithm: likelyAlgorithm(block),
    isEncrypted: encryptionOf(block) !== 'none',
    bundle: () => Promise.resolve(encodePem({ ...block, headers })),
  };
}
