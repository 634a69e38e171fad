/**
 * Answers of the core's pure questions, remembered while the same bytes are looked at again: an operation reads a
 * repository several times. Every rule is still applied each time; only what cannot come out differently is not
 * computed again. Plain Node; no I/O.
 *
 * SECURITY: a message is known by its identity, as in `remembered-digests.ts`, and nobody writes into metadata bytes.
 * Whatever depends on the time (certificate chains) is asked each time.
 */
import { toBase64 } from '../tuf/base64.ts';
import type { CertificateFacts, PublicKey, SignatureMethod } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { rememberDigests } from './remembered-digests.ts';

/** A text is some kilobytes; a repository has one or a few. */
const MAX_CERTIFICATES = 1000;

/** `crypto` with digests and signature checks remembered by array, and facts of certificates by their text. */
export function rememberCrypto(crypto: TufCrypto): TufCrypto {
  return {
    ...rememberDigests(crypto),
    verify: rememberedChecks(crypto),
    readCertificates: rememberedCertificates(crypto),
  };
}

/** One answer per message, key, method and signature: all that a check depends on. */
function rememberedChecks(crypto: TufCrypto): TufCrypto['verify'] {
  const known = new WeakMap<Uint8Array, Map<string, boolean>>();
  return (key, method, message, signature) => {
    const ofMessage = known.get(message) ?? new Map<string, boolean>();
    known.set(message, ofMessage);
    const name = checkName(key, method, signature);
    const valid = ofMessage.get(name) ?? crypto.verify(key, method, message, signature);
    ofMessage.set(name, valid);
    return valid;
  };
}

/** None of the parts can hold a space. */
function checkName(key: PublicKey, method: SignatureMethod, signature: Uint8Array): string {
  return [method, key.keytype, toBase64(signature), key.publicBase64].join(' ');
}

function rememberedCertificates(crypto: TufCrypto): TufCrypto['readCertificates'] {
  const known = new Map<string, readonly CertificateFacts[]>();
  return (pem) => {
    const found = known.get(pem) ?? crypto.readCertificates(pem);
    if (known.size >= MAX_CERTIFICATES) known.clear();
    known.set(pem, found);
    return found;
  };
}
