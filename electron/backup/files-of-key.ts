/** Whether what else lies in the key store under a key's ID may go together with it. Privileged process. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { decodePemBlocks, encodePem } from '../keystore/pem.ts';
import { sha256Hex } from './manifest.ts';

/** Asked of the bytes of each file before it goes. */
export type IsMeant = (bytes: Uint8Array, path: string) => boolean;

/** The file of a key as it was read, for which its copies have to be proven. */
export interface KeyFile {
  readonly sha256: string;
  readonly isMeant: IsMeant;
}

/**
 * Reads the file, and those that promise the same ID (old layouts, subfolders).
 * SECURITY: nothing speaks for what is in those but that it is the very same: another one may be the only file of another
 * key, or of this one under the passphrase that is known.
 * Throws `backup/other-file-of-key`, `keystore/unreadable`.
 */
export async function readKeyFiles({ id, path, copies }: StoredKey): Promise<KeyFile> {
  const bytes = await readKey(path);
  for (const copy of copies)
    if (!holdsSameKey(await readKey(copy), bytes))
      throw new AppError('backup/other-file-of-key', { keyId: id, path: copy, beside: path });
  const sha256 = sha256Hex(bytes);
  return {
    sha256,
    isMeant: (other, at) => (at === path ? sha256Hex(other) === sha256 : holdsSameKey(other, bytes)),
  };
}

async function readKey(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = fileReason(systemCode(error));
    throw new AppError('keystore/unreadable', { path, reason }, { cause: error });
  }
}

/** The same bytes, or one block and nothing else whose key is the same, encrypted alike: old layouts name the role by the place. */
function holdsSameKey(copy: Uint8Array, proven: Uint8Array): boolean {
  if (sha256Hex(copy) === sha256Hex(proven)) return true;
  const [only, ...more] = decodePemBlocks(copy);
  const [first] = decodePemBlocks(proven);
  if (only === undefined || first === undefined || more.length > 0) return false;
  const isAlone =
    encodePem(only).trim() === Buffer.from(copy).toString('utf8').replaceAll('\r\n', '\n').trim();
  return isAlone && encodePem(withoutRole(only)) === encodePem(withoutRole(first));
}

function withoutRole(block: ReturnType<typeof decodePemBlocks>[number]): typeof block {
  const headers = [...block.headers].filter(([name]) => name !== 'role' && name !== 'gun');
  return { ...block, headers: new Map(headers) };
}
