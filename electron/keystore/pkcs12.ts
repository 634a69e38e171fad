/**
 * The private key of a PKCS#12 file (`.p12`, `.pfx`). Privileged process. Loaded only when such a file is opened:
 * node-forge is large. Old files use RC2 and SHA-1, which Node's OpenSSL refuses and forge still reads.
 */
import forge from 'node-forge';
import { AppError } from '../../shared/errors.ts';
import { DerError } from '../crypto/der.ts';
import { fromPkcs1, fromPkcs8, UnusableKey } from './private-key-formats.ts';
import type { PrivateKey } from './private-key.ts';
import type { SecretBytes } from './secret-bytes.ts';

/** For all keys and checks of one file together. forge does about a million in three seconds, and nothing else runs. */
const MAX_ROUNDS = 2_000_000;
let roundsLeft = Infinity;

type Derive = (password: unknown, salt: unknown, ...rest: number[]) => unknown;

/** SECURITY: forge takes as many rounds as a file asks for, which may be hours of them. */
function counted(derive: Derive, roundsAt: number): Derive {
  return (...parameters) => {
    roundsLeft -= Number(parameters[roundsAt]);
    if (!(roundsLeft >= 0)) throw new Error('unsupported number of rounds');
    return derive(...parameters);
  };
}

const derivations = forge as unknown as {
  readonly pbe: { generatePkcs12Key: Derive };
  readonly pkcs12: { generateKey: Derive };
  readonly pkcs5: { pbkdf2: Derive };
};
derivations.pbe.generatePkcs12Key = counted(derivations.pbe.generatePkcs12Key, 3);
derivations.pkcs12.generateKey = counted(derivations.pkcs12.generateKey, 3);
derivations.pkcs5.pbkdf2 = counted(derivations.pkcs5.pbkdf2, 2);

const KEY_BAGS = [forge.pki.oids['pkcs8ShroudedKeyBag'], forge.pki.oids['keyBag']];

/**
 * Opens the one private key in the file. An absent passphrase counts as an empty one.
 * Throws `keystore/wrong-passphrase`, `keystore/not-a-key`, `keystore/unusable-key`, `keystore/unsupported-encryption`.
 */
export function openPkcs12(path: string, bytes: Uint8Array, passphrase: SecretBytes | undefined): PrivateKey {
  const bags = readKeyBags(path, bytes, passphrase);
  const [bag] = bags;
  if (bag === undefined) throw notAKey(path, 'the PKCS#12 file holds no private key');
  if (bags.length > 1) throw notAKey(path, `the PKCS#12 file holds ${bags.length} private keys, not one`);
  // forge understands RSA keys and hands over the others undecoded.
  const { key } = bag;
  const encoded = key ? forge.pki.privateKeyToAsn1(key) : bag.asn1;
  const info = Buffer.from(forge.asn1.toDer(encoded).getBytes(), 'latin1');
  try {
    return key ? fromPkcs1(info) : fromPkcs8(info);
  } catch (error) {
    if (error instanceof UnusableKey) {
      throw new AppError('keystore/unusable-key', { path, reason: error.message }, { cause: error });
    }
    if (error instanceof DerError) throw notAKey(path, error.message, error);
    throw error;
  } finally {
    info.fill(0);
  }
}

function readKeyBags(
  path: string,
  bytes: Uint8Array,
  passphrase: SecretBytes | undefined,
): readonly forge.pkcs12.Bag[] {
  const encoded = parse(path, bytes);
  roundsLeft = MAX_ROUNDS;
  try {
    const file = forge.pkcs12.pkcs12FromAsn1(encoded, toText(passphrase));
    return file.safeContents.flatMap(({ safeBags }) =>
      safeBags.filter(({ type }) => KEY_BAGS.includes(type)),
    );
  } catch (error) {
    throw toOutcome(path, error);
  } finally {
    roundsLeft = Infinity;
  }
}

function parse(path: string, bytes: Uint8Array): forge.asn1.Asn1 {
  try {
    return forge.asn1.fromDer(Buffer.from(bytes).toString('latin1'));
  } catch (error) {
    throw notAKey(path, 'the PKCS#12 file is damaged', error);
  }
}

// SECURITY: forge takes passphrases as strings only, so this one copy cannot be wiped.
function toText(passphrase: SecretBytes | undefined): string {
  return passphrase?.use((bytes) => new TextDecoder().decode(bytes)) ?? '';
}

/** Where there is no MAC, a wrong passphrase shows as nonsense at some later point; so does damage. */
function toOutcome(path: string, error: unknown): AppError {
  const message = error instanceof Error ? error.message : '';
  if (/unsupported/i.test(message)) {
    return new AppError('keystore/unsupported-encryption', { path, algorithm: 'PKCS#12' }, { cause: error });
  }
  return new AppError('keystore/wrong-passphrase', { keyId: path }, { cause: error });
}

function notAKey(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('keystore/not-a-key', { path, reason }, { cause });
}
