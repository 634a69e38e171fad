/**
 * Splits a backup's passphrase into shares of which some suffice (Shamir), as texts to be printed one to a sheet, and
 * puts it together again. Privileged process. The arithmetic is shamir-secret-sharing's, which was audited.
 */
import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';

export interface PassphraseShare {
  /** 1 to `total`; for people, the arithmetic does not use it. */
  readonly number: number;
  readonly needed: number;
  readonly total: number;
  /** Names the shares that belong together: 8 letters and digits. */
  readonly set: string;
  /** What is printed, in groups: survives capitals, blanks, hyphens, and 0/O, 1/I/L confused. */
  readonly text: string;
}

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const VERSION = 1;
const SET_BYTES = 5;
const CHECK_BYTES = 4;
/** Short passphrases are filled up, so that a share does not tell their length. */
const PAYLOAD_STEP = 32;

/** Throws `RangeError` unless 2 ≤ `needed` ≤ `total` ≤ 16. The passphrase stays the caller's. */
export async function splitPassphrase(
  passphrase: SecretBytes,
  needed: number,
  total: number,
): Promise<readonly PassphraseShare[]> {
  if (!Number.isInteger(needed) || !Number.isInteger(total) || needed < 2 || total < needed || total > 16) {
    throw new RangeError('2 ≤ needed ≤ total ≤ 16');
  }
  const { split } = await import('shamir-secret-sharing');
  const payload = passphrase.use(toPayload);
  try {
    const shares = await split(payload, total, needed);
    const set = randomBytes(SET_BYTES);
    return shares.map((share, index) => toShare(share, { set, number: index + 1, needed, total }));
  } finally {
    payload.fill(0);
  }
}

/** Length, passphrase, check, and zeros up to a multiple of the step. */
function toPayload(passphrase: Uint8Array): Uint8Array {
  if (passphrase.length === 0 || passphrase.length > 255)
    throw new RangeError('1 to 255 bytes of passphrase');
  const used = 1 + passphrase.length + CHECK_BYTES;
  const payload = new Uint8Array(Math.ceil(used / PAYLOAD_STEP) * PAYLOAD_STEP);
  payload[0] = passphrase.length;
  payload.set(passphrase, 1);
  payload.set(checkOf('passphrase', passphrase), 1 + passphrase.length);
  return payload;
}

interface ShareFacts {
  readonly set: Uint8Array;
  readonly number: number;
  readonly needed: number;
  readonly total: number;
}

function toShare(share: Uint8Array, facts: ShareFacts): PassphraseShare {
  const { set, number, needed, total } = facts;
  const body = Uint8Array.of(VERSION, needed, total, number, ...set, ...share);
  const text = toBase32(Uint8Array.of(...body, ...checkOf('share', body)));
  const groups = text.match(/.{1,5}/g) ?? [];
  return { number, needed, total, set: toBase32(set), text: groups.join('-') };
}

/**
 * Reads one printed share. Throws `backup/share-unreadable` when it is mistyped: a check over the whole text finds
 * any wrong, missing or swapped letters.
 */
export function parseShare(text: string): PassphraseShare {
  const bytes = fromBase32(text);
  const body = bytes?.subarray(0, -CHECK_BYTES);
  if (bytes === undefined || body === undefined || body.length < 4 + SET_BYTES + 2) throw unreadable();
  if (!Buffer.from(checkOf('share', body)).equals(bytes.subarray(-CHECK_BYTES))) throw unreadable();
  const [version = 0, needed = 0, total = 0, number = 0] = body;
  if (version !== VERSION || needed < 2 || total < needed || number < 1 || number > total) throw unreadable();
  const set = toBase32(body.subarray(4, 4 + SET_BYTES));
  const groups = toBase32(bytes).match(/.{1,5}/g) ?? [];
  return { number, needed, total, set, text: groups.join('-') };
}

function unreadable(): AppError {
  return new AppError('backup/share-unreadable', {});
}

/**
 * The passphrase from enough shares, in any order; the caller wipes it.
 *
 * Throws `backup/share-unreadable`, `backup/shares-mixed` when they are of different sets, `backup/shares-missing`
 * when there are too few different ones.
 */
export async function combineShares(texts: readonly string[]): Promise<SecretBytes> {
  const shares = new Map(texts.map(parseShare).map((share) => [share.number, share]));
  const [first] = shares.values();
  if (first === undefined) throw new AppError('backup/shares-missing', { have: 0, need: 2 });
  const { set, needed } = first;
  if ([...shares.values()].some((share) => share.set !== set)) throw new AppError('backup/shares-mixed', {});
  if (shares.size < needed) throw new AppError('backup/shares-missing', { have: shares.size, need: needed });
  const { combine } = await import('shamir-secret-sharing');
  // Of unlike lengths, or one under two numbers: each passed its own check, so somebody made them up.
  const payload = await combine([...shares.values()].map(({ text }) => shareBytes(text))).catch(
    (cause: unknown) => {
      throw new AppError('backup/shares-mixed', {}, { cause });
    },
  );
  try {
    return fromPayload(payload);
  } finally {
    payload.fill(0);
  }
}

function shareBytes(text: string): Uint8Array {
  const bytes = fromBase32(text);
  if (bytes === undefined) throw unreadable();
  // Copied: the arithmetic insists on arrays of their own.
  return Uint8Array.from(bytes.subarray(4 + SET_BYTES, -CHECK_BYTES));
}

function fromPayload(payload: Uint8Array): SecretBytes {
  const length = payload[0] ?? 0;
  const passphrase = payload.subarray(1, 1 + length);
  const check = payload.subarray(1 + length, 1 + length + CHECK_BYTES);
  // Each share passed its own check, so this happens only to shares that somebody made up.
  if (length === 0 || !Buffer.from(checkOf('passphrase', passphrase)).equals(check)) {
    throw new AppError('backup/shares-mixed', {});
  }
  return SecretBytes.copyOf(passphrase);
}

function checkOf(what: string, bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(`trustdesk ${what}\0`).update(bytes).digest().subarray(0, CHECK_BYTES);
}

function toBase32(bytes: Uint8Array): string {
  let [text, buffer, bits] = ['', 0, 0];
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((buffer >> (bits - 5)) & 31);
    buffer &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((buffer << (5 - bits)) & 31);
}

/** Undefined for letters that are none of the alphabet, and for a tail that no bytes end in. */
function fromBase32(text: string): Uint8Array | undefined {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const bytes: number[] = [];
  let [buffer, bits] = [0, 0];
  for (const letter of letters) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return undefined;
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(buffer >> bits);
    buffer &= (1 << bits) - 1;
  }
  return bits < 5 && buffer === 0 ? Uint8Array.from(bytes) : undefined;
}
