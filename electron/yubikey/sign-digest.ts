/**
 * One signature by a key in a token. Token process.
 * A key that wants its PIN every time gets it between the start of the operation and the signature itself: the token
 * accepts nothing else in between.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import type { Attached } from './attached-token.ts';
import type { AttachedTokens } from './attached-tokens.ts';
import { cka, ckgMgf1Sha256, ckk, ckm, cko } from './pkcs11-port.ts';
import type { Handle, Mechanism, Pkcs11Library } from './pkcs11-port.ts';
import { slotName } from './slot-names.ts';
import { isFailure, secretFailure, signFailure } from './token-failures.ts';

/** TUF: salt as long as the digest. */
const rsaPss: Mechanism = { type: ckm.rsaPss, pss: { hash: ckm.sha256, mgf: ckgMgf1Sha256, saltBytes: 32 } };
const ecdsa: Mechanism = { type: ckm.ecdsa };
const longestSignature = 512;

export interface Signing {
  readonly library: Pkcs11Library;
  readonly tokens: AttachedTokens;
  readonly token: Attached;
  readonly id: string;
  readonly now: () => number;
}

/**
 * ECDSA answers r and s of equal length, RSA a PSS signature; over a SHA-256 digest.
 * @throws `yubikey/slot-empty`, `yubikey/login-needed`, `yubikey/touch-timeout`, `yubikey/wrong-pin`, `yubikey/pin-locked`
 */
export async function signDigest(
  signing: Signing,
  digest: Uint8Array,
  pin: Uint8Array | undefined,
): Promise<Uint8Array> {
  const { library, tokens, token } = signing;
  const session = tokens.session(token);
  const key = findKey(signing, session);
  const keyType = library.attribute(session, key, cka.keyType)?.[0];
  let startedAt = signing.now();
  try {
    library.signInit(session, keyType === ckk.rsa ? rsaPss : ecdsa, key);
    if (pin !== undefined) confirm(signing, session, pin);
    startedAt = signing.now();
    return await library.sign(session, digest, longestSignature);
  } catch (error) {
    const outcome = signFailure(error, token.facts.serial, signing.now() - startedAt);
    // The operation may still be open in this session. A touch that did not come ends no login.
    if (!isFailure(error, 'CKR_USER_NOT_LOGGED_IN')) tokens.drop(token);
    else if (!hasCode(outcome, 'yubikey/touch-timeout')) tokens.logout(token);
    throw outcome;
  }
}

function confirm({ library, tokens, token }: Signing, session: Handle, pin: Uint8Array): void {
  try {
    library.login(session, 'this-signature', pin);
  } catch (error) {
    throw secretFailure(error, token.facts.serial, 'PIN', () => tokens.tries(token, 'pin'));
  }
}

function findKey({ library, tokens, token, id }: Signing, session: Handle): Handle {
  const [found] = library.find(session, [
    { type: cka.class, value: cko.privateKey },
    { type: cka.id, value: Buffer.from(id, 'hex') },
  ]);
  if (found !== undefined) return found;
  const { serial } = token.facts;
  // Tokens hide their private keys until somebody logs in, even keys that need no PIN; a login may have ended unseen.
  const isSeen = library.find(session, [{ type: cka.id, value: Buffer.from(id, 'hex') }]).length > 0;
  if (isSeen) tokens.logout(token);
  if (token.logins.isEmpty) throw new AppError('yubikey/login-needed', { serial });
  throw new AppError('yubikey/slot-empty', { serial, slot: slotName(id, token.isPiv) });
}
