/** Names that go into the headers of key files. Pure. */
import { AppError } from '../../shared/errors.ts';
import { isRepositoryRole } from './key-headers.ts';

/** docker: the name of a key and of the signer it belongs to. */
const SIGNER_NAME = /^[a-z0-9][a-z0-9_-]*$/;
/** A header value that Go reads back unchanged: one line, no blanks. */
const ROLE = /^[\x21-\x7e]{1,255}$/;

/** docker: what `key generate` takes as a name. Throws `keystore/invalid-name`. */
export function parseSignerName(name: string): string {
  if (SIGNER_NAME.test(name) && name.length <= 255) return name;
  throw new AppError('keystore/invalid-name', { name: name.slice(0, 256) });
}

/** The headers a key is to be stored with. */
export interface KeyHeaders {
  /** `root`, `targets`, `snapshot`, or a signer's bare name. */
  readonly role: string;
  readonly gun?: string | undefined;
}

/**
 * notary: any role will do that is one word, but a key of a base role other than root needs its repository.
 * Throws `keystore/invalid-name`, `keystore/needs-repository`.
 */
export function checkKeyHeaders({ role, gun }: KeyHeaders): void {
  if (!ROLE.test(role)) throw new AppError('keystore/invalid-name', { name: role.slice(0, 256) });
  if (isRepositoryRole(role) && (gun === undefined || gun === '')) {
    throw new AppError('keystore/needs-repository', { role });
  }
  if (gun !== undefined && gun !== '' && !ROLE.test(gun) && isRepositoryRole(role)) {
    throw new AppError('reference/invalid-gun', { gun: gun.slice(0, 256), reason: 'it is not one word' });
  }
}
