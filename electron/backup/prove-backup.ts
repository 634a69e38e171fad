/**
 * The drill: a backup is opened from where it lies, and every key in it is decrypted, matched to its ID and made to
 * sign a nonce. Privileged process. Only what went through this may be called proven.
 */
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import { signsANonce } from '../keystore/usable-key.ts';
import type { AgeKey } from './age-file.ts';
import { sha256Hex } from './manifest.ts';
import { type BackupKey, type BackupSeal, openBackup, type OpenedBackup } from './read-backup.ts';

export type KeyProofOutcome =
  | 'proven'
  /** Nobody gave its passphrase. */
  | 'not-tried'
  | 'wrong-passphrase'
  /** Decrypted, and another key than its name promises. */
  | 'other-key'
  | 'damaged';

export interface KeyProof {
  readonly id: string;
  readonly role: string;
  readonly gun: string | undefined;
  readonly outcome: KeyProofOutcome;
  /** Lower-case hex of its file, which is another one under another passphrase. */
  readonly sha256: string;
}

export interface BackupProof {
  readonly path: string;
  /** Lower-case hex of the file that was proven. */
  readonly sha256: string;
  readonly size: number;
  readonly protection: BackupSeal;
  /** When it was made, as its manifest says; RFC 3339. */
  readonly created: string | undefined;
  /** When it was proven; RFC 3339. */
  readonly at: string;
  readonly keys: readonly KeyProof[];
  /** From `OpenedBackup.problems`. */
  readonly problems: readonly string[];
  /** True when nothing is wrong and every key is proven. */
  readonly complete: boolean;
}

/**
 * Gives the passphrase of a key in the backup, or undefined to leave the key out. Asked again with a higher
 * `attempt` (from 0) when the answer was wrong, four times in all. Ownership of the answer passes to the drill.
 */
export type KeyPassphrases = (key: BackupKey, attempt: number) => Promise<SecretBytes | undefined>;

const MAX_ATTEMPTS = 4;

/** Throws what `openBackup` throws, and what `passphrases` throws (`prompt/cancelled`). */
export async function proveBackup(
  path: string,
  key: AgeKey | undefined,
  passphrases: KeyPassphrases,
  now: Date,
): Promise<BackupProof> {
  return proveOpened(await openBackup(path, key), passphrases, now);
}

/** The drill over a backup that was just opened from its drive. */
export async function proveOpened(
  backup: OpenedBackup,
  passphrases: KeyPassphrases,
  now: Date,
): Promise<BackupProof> {
  const keys: KeyProof[] = [];
  // One after the other: each may ask a person.
  for (const key of backup.keys) {
    const { id, role, gun } = key;
    keys.push({ id, role, gun, outcome: await proveKey(key, passphrases), sha256: sha256Hex(key.bytes) });
  }
  const complete =
    keys.length > 0 && backup.problems.length === 0 && keys.every(({ outcome }) => outcome === 'proven');
  const { path, sha256, size, seal, manifest, problems } = backup;
  const about = { path, sha256, size, protection: seal, created: manifest?.created, at: now.toISOString() };
  return { ...about, keys, problems, complete };
}

/** The drill of one key: decrypted, matched to its ID, and made to sign a nonce. Throws what `passphrases` throws. */
export async function proveKey(key: BackupKey, passphrases: KeyPassphrases): Promise<KeyProofOutcome> {
  if (!key.entry.needsPassphrase) return tryKey(key, undefined);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const passphrase = await passphrases(key, attempt);
    if (passphrase === undefined) return attempt === 0 ? 'not-tried' : 'wrong-passphrase';
    const outcome = await tryKey(key, passphrase).finally(() => passphrase.wipe());
    if (outcome !== 'wrong-passphrase') return outcome;
  }
  return 'wrong-passphrase';
}

async function tryKey(key: BackupKey, passphrase: SecretBytes | undefined): Promise<KeyProofOutcome> {
  let opened: PrivateKey | undefined;
  try {
    opened = await key.entry.open(passphrase);
    // SECURITY: the name is what docker finds the key by; the key inside must be that very one.
    if (opened.id !== key.id) return 'other-key';
    return (await signsANonce(opened)) ? 'proven' : 'damaged';
  } catch (error) {
    return outcomeOf(error);
  } finally {
    opened?.wipe();
  }
}

function outcomeOf(error: unknown): KeyProofOutcome {
  if (hasCode(error, 'keystore/wrong-passphrase')) return 'wrong-passphrase';
  if (hasCode(error, 'keystore/id-mismatch')) return 'other-key';
  if (isAppError(error)) return 'damaged';
  throw error;
}

/** Throws `backup/damaged` unless the drill was complete; for callers that need it to be. */
export function assertComplete(proof: BackupProof): void {
  if (proof.complete) return;
  const reason =
    proof.problems[0] ??
    `${proof.keys.filter(({ outcome }) => outcome !== 'proven').length} keys are not proven`;
  throw new AppError('backup/damaged', { path: proof.path, reason });
}
