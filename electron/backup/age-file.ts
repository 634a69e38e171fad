/**
 * The age container (age-encryption.org/v1): sealed with a passphrase or to recipients, opened by any age tool.
 * Privileged process. Bytes in, bytes out. The payload is typage's; the passphrase stanza is done here with Node's
 * own scrypt, off the main thread, so that the passphrase never has to become a string.
 */
import { randomBytes, scrypt } from 'node:crypto';
import type { Identity, Recipient, Stanza } from 'age-encryption';
import type { SecretBytes } from '../keystore/secret-bytes.ts';

/** age's own default: 2^18, about a second and 256 MiB. */
export const DEFAULT_WORK_FACTOR = 18;
/** 1 GiB of memory; age itself accepts up to 22. A forged file must not be able to ask for more. */
const MAX_WORK_FACTOR = 20;
const SALT_BYTES = 16;
const LABEL = new TextEncoder().encode('age-encryption.org/v1/scrypt');
const BINARY_START = 'age-encryption.org/';
const ARMOR_START = '-----BEGIN AGE ENCRYPTED FILE-----';

/** The file cannot be opened: `kind` says whether the key to it is wrong or the file. */
export class AgeError extends Error {
  override readonly name = 'AgeError';
  readonly kind: 'wrong-passphrase' | 'wrong-identity' | 'damaged' | 'unsupported' | 'no-memory';

  constructor(kind: AgeError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** What opens a file: a passphrase, or the text of an identity (`AGE-SECRET-KEY-1…`). */
export type AgeKey =
  | { readonly kind: 'passphrase'; readonly passphrase: SecretBytes }
  | { readonly kind: 'identity'; readonly identity: SecretBytes };

/** How a file is sealed, as far as its header tells. */
export type AgeSeal = 'passphrase' | 'recipients';

/** True for age files, binary or armored. */
export function isAgeFile(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  return start.startsWith(BINARY_START) || start.trimStart().startsWith(ARMOR_START);
}

/** Seals with a passphrase. `workFactor` is the binary logarithm of scrypt's cost; lower it in tests only. */
export async function sealWithPassphrase(
  bytes: Uint8Array,
  passphrase: SecretBytes,
  workFactor = DEFAULT_WORK_FACTOR,
): Promise<Uint8Array> {
  const age = await import('age-encryption');
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(await passphraseRecipient(passphrase, workFactor));
  return encrypter.encrypt(bytes);
}

/** Seals to public keys (`age1…`), any of whose identities opens the file. Throws `RangeError` for none. */
export async function sealToRecipients(
  bytes: Uint8Array,
  recipients: readonly string[],
): Promise<Uint8Array> {
  if (recipients.length === 0) throw new RangeError('no recipients');
  const age = await import('age-encryption');
  const encrypter = new age.Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(bytes);
}

/** True for a text that files can be sealed to. */
export async function isRecipient(text: string): Promise<boolean> {
  const age = await import('age-encryption');
  try {
    new age.Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/** How the file is sealed. Throws `AgeError` (damaged). */
export async function sealOf(bytes: Uint8Array): Promise<AgeSeal> {
  const header = Buffer.from((await unarmored(bytes)).subarray(0, 4096)).toString('latin1');
  if (/^-> scrypt /m.test(header)) return 'passphrase';
  if (header.includes('\n-> ')) return 'recipients';
  throw new AgeError('damaged', 'the header names nobody who can open it');
}

/** Opens a file. Throws `AgeError`. The answer is the caller's to wipe. */
export async function openAge(bytes: Uint8Array, key: AgeKey): Promise<Uint8Array> {
  const age = await import('age-encryption');
  const file = await unarmored(bytes);
  const tried: Tried = { matched: false, opened: false };
  const decrypter = new age.Decrypter();
  try {
    decrypter.addIdentity(
      key.kind === 'passphrase' ? passphraseIdentity(key.passphrase, tried) : identityText(key.identity),
    );
    return await decrypter.decrypt(file);
  } catch (error) {
    throw toAgeError(key, tried, error);
  }
}

async function unarmored(bytes: Uint8Array): Promise<Uint8Array> {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (!text.trimStart().startsWith(ARMOR_START)) return bytes;
  const { armor } = await import('age-encryption');
  try {
    return armor.decode(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new AgeError('damaged', 'its text form is damaged', { cause: error });
  }
}

function identityText(identity: SecretBytes): string {
  return identity.use((own) => new TextDecoder().decode(own)).trim();
}

/** What the passphrase stanza told, so that a wrong passphrase and a damaged file are told apart. */
interface Tried {
  matched: boolean;
  opened: boolean;
}

function toAgeError(key: AgeKey, tried: Tried, error: unknown): AgeError {
  if (error instanceof AgeError) return error;
  const message = error instanceof Error ? error.message : '';
  if (key.kind === 'passphrase' && tried.matched && !tried.opened) {
    return new AgeError('wrong-passphrase', 'the passphrase does not open it', { cause: error });
  }
  if (/no identity matched/i.test(message)) {
    const wrong = key.kind === 'passphrase' ? 'unsupported' : 'wrong-identity';
    return new AgeError(wrong, 'it is sealed to somebody else', { cause: error });
  }
  if (key.kind === 'identity' && /invalid identity|unrecognized identity/i.test(message)) {
    return new AgeError('wrong-identity', 'that is no age identity', { cause: error });
  }
  return new AgeError('damaged', 'it is damaged or cut short', { cause: error });
}

async function passphraseRecipient(passphrase: SecretBytes, workFactor: number): Promise<Recipient> {
  const [{ Stanza: NewStanza }, { chacha20poly1305 }] = await Promise.all([
    import('age-encryption'),
    import('@noble/ciphers/chacha.js'),
  ]);
  return {
    wrapFileKey: async (fileKey) => {
      const salt = randomBytes(SALT_BYTES);
      const key = await deriveKey(passphrase, salt, workFactor);
      const body = chacha20poly1305(key, new Uint8Array(12)).encrypt(fileKey);
      key.fill(0);
      return [new NewStanza(['scrypt', toBase64(salt), String(workFactor)], body)];
    },
  };
}

function passphraseIdentity(passphrase: SecretBytes, tried: Tried): Identity {
  return {
    unwrapFileKey: async (stanzas) => {
      const found = readStanza(stanzas);
      if (found === undefined) return null;
      tried.matched = true;
      const { chacha20poly1305 } = await import('@noble/ciphers/chacha.js');
      const key = await deriveKey(passphrase, found.salt, found.workFactor);
      try {
        const fileKey = chacha20poly1305(key, new Uint8Array(12)).decrypt(found.body);
        tried.opened = true;
        return fileKey;
      } finally {
        key.fill(0);
      }
    },
  };
}

/** age: a passphrase stanza is alone, or else somebody could add a recipient to a file they were sent. */
function readStanza(
  stanzas: readonly Stanza[],
): { readonly salt: Uint8Array; readonly workFactor: number; readonly body: Uint8Array } | undefined {
  const [stanza] = stanzas;
  if (stanza?.args[0] !== 'scrypt') return undefined;
  const [, saltText = '', factorText = ''] = stanza.args;
  const salt = Buffer.from(saltText, 'base64');
  const isCanonical = toBase64(salt) === saltText && /^[1-9][0-9]?$/.test(factorText);
  if (stanzas.length !== 1 || stanza.args.length !== 3 || salt.length !== SALT_BYTES || !isCanonical) {
    throw new AgeError('damaged', 'its passphrase stanza is malformed');
  }
  if (stanza.body.length !== 32) throw new AgeError('damaged', 'its passphrase stanza is malformed');
  const workFactor = Number(factorText);
  if (workFactor > MAX_WORK_FACTOR)
    throw new AgeError('unsupported', `work factor ${workFactor} is too high`);
  return { salt, workFactor, body: stanza.body };
}

function deriveKey(passphrase: SecretBytes, salt: Uint8Array, workFactor: number): Promise<Uint8Array> {
  const N = 2 ** workFactor;
  const options = { N, r: 8, p: 1, maxmem: 128 * 8 * N + 1024 * 1024 };
  return passphrase.use(
    (password) =>
      new Promise((resolve, reject) => {
        scrypt(password, Buffer.concat([LABEL, salt]), 32, options, (error, key) => {
          // Not the passphrase is to blame, and not the file, when memory runs out.
          if (error === null) resolve(key);
          else reject(new AgeError('no-memory', 'there is too little free memory', { cause: error }));
        });
      }),
  );
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
