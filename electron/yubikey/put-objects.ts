/**
 * Keys and certificates into a token: imported, made on the device, certified. Token process.
 *
 * Yubico's library refuses more than it needs: exactly the attributes listed here go in (notary's template with a touch
 * attribute is refused by every version from 2.0 on). Writing to a YubiKey needs the management key, to another token a
 * logged-in user.
 */
import { X509Certificate } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { Attached } from './attached-token.ts';
import type { AttachedTokens } from './attached-tokens.ts';
import { choosesPolicies } from './device-facts.ts';
import { readDer } from '../crypto/der.ts';
import { type Attribute, cka, ckk, ckm, cko, type Handle, type Pkcs11Library } from './pkcs11-port.ts';
import { spkiOfCertificate } from './public-keys.ts';
import { readContents } from './slot-contents.ts';
import { slotName } from './slot-names.ts';
import { secretFailure } from './token-failures.ts';
import type { KeyMaterial, TokenAlgorithm, TouchPolicy } from './token-messages.ts';

/** Known to everybody, so it is no secret to try: a management key counts no wrong tries. */
const factoryManagementKey = '010203040506070801020304050607080102030405060708';

const curveOids = { 'P-256': '06082a8648ce3d030107', 'P-384': '06052b81040022' } as const;
const touchValues: Readonly<Record<TouchPolicy, number>> = { never: 1, always: 2, cached: 3 };

export interface Writing {
  readonly library: Pkcs11Library;
  readonly tokens: AttachedTokens;
  readonly token: Attached;
  readonly id: string;
  readonly label: string;
  readonly management: Uint8Array | undefined;
}

/** @throws `yubikey/slot-occupied` unless `replace` */
export function putKey(
  writing: Writing,
  key: KeyMaterial,
  touch: TouchPolicy | undefined,
  replace: boolean,
): void {
  requireFree(writing, replace);
  asAdministrator(writing, (session) => {
    if (!writing.token.isPiv && replace) destroyAll(writing, session);
    const policy = touchAttribute(writing, touch);
    const template = [...keyTemplate(writing, key), ...policy];
    writing.library.create(session, template);
    for (const { value } of template) if (value instanceof Uint8Array) value.fill(0);
  });
}

/** Makes a key pair on the device. @throws `yubikey/slot-occupied` unless `replace` */
export function generateKey(
  writing: Writing,
  algorithm: TokenAlgorithm,
  touch: TouchPolicy | undefined,
  replace: boolean,
): Uint8Array {
  requireFree(writing, replace);
  asAdministrator(writing, (session) => {
    if (!writing.token.isPiv && replace) destroyAll(writing, session);
    const { mechanism, keyType, facts } = generation(algorithm);
    const common = [idAttribute(writing), ...(writing.token.isPiv ? [] : generic(writing))];
    const forPublic = [{ type: cka.class, value: cko.publicKey }, keyType, ...common, ...facts];
    const forPrivate = [
      { type: cka.class, value: cko.privateKey },
      keyType,
      ...common,
      ...(writing.token.isPiv ? touchAttribute(writing, touch) : genericPrivate),
    ];
    writing.library.generateKeyPair(session, { type: mechanism }, forPublic, forPrivate);
  });
  return publicHalf(writing);
}

/** Writes a slot's certificate, after its key. */
export function putCertificate(writing: Writing, certificate: Uint8Array): void {
  asAdministrator(writing, (session) => {
    const { library, token } = writing;
    const old = library.find(session, [
      { type: cka.class, value: cko.certificate },
      { type: cka.id, value: idBytes(writing) },
    ]);
    if (!token.isPiv) for (const object of old) library.destroy(session, object);
    library.create(session, certificateTemplate(writing, certificate));
  });
  // Yubico's library pairs certificate and key only in a session that is opened afterwards.
  if (writing.token.isPiv) writing.tokens.drop(writing.token);
}

function requireFree({ tokens, token, id }: Writing, replace: boolean): void {
  if (replace) return;
  const { isPiv, facts } = token;
  const contents = readContents(tokens.place(token));
  if (!contents.some((slot) => slot.id === id)) return;
  throw new AppError('yubikey/slot-occupied', { serial: facts.serial, slot: slotName(id, isPiv) });
}

/** A YubiKey is logged in to with its management key for this one act; another token already by its user. */
function asAdministrator(writing: Writing, work: (session: Handle) => void): void {
  const { library, tokens, token, management } = writing;
  const session = tokens.session(token);
  if (!token.isPiv) {
    work(session);
    return;
  }
  tokens.logout(token);
  const key = management ?? Buffer.from(factoryManagementKey);
  try {
    try {
      library.login(session, 'administrator', key);
    } catch (error) {
      throw secretFailure(error, token.facts.serial, 'management key', () => 'all');
    }
    work(session);
  } finally {
    // Also where the login failed: it may have been done, and said to have failed.
    tokens.logout(token);
  }
}

function destroyAll(writing: Writing, session: Handle): void {
  const { library } = writing;
  const all = library.find(session, [{ type: cka.id, value: idBytes(writing) }]);
  for (const object of all) library.destroy(session, object);
}

/** The public half of a key that was just made. */
function publicHalf({ tokens, token, id }: Writing): Uint8Array {
  const { isPiv, facts } = token;
  const found = readContents(tokens.place(token)).find((one) => one.id === id)?.spki;
  if (found !== undefined) return found;
  throw new AppError('yubikey/slot-empty', { serial: facts.serial, slot: slotName(id, isPiv) });
}

function keyTemplate(writing: Writing, key: KeyMaterial): readonly Attribute[] {
  const head = [
    { type: cka.class, value: cko.privateKey },
    { type: cka.keyType, value: key.kind === 'ec' ? ckk.ec : ckk.rsa },
    idAttribute(writing),
    ...(writing.token.isPiv ? [] : [...generic(writing), ...genericPrivate]),
  ];
  if (key.kind === 'ec') {
    const params = Buffer.from(curveOids[key.curve], 'hex');
    return [...head, { type: cka.ecParams, value: params }, { type: cka.value, value: key.scalar }];
  }
  const more = [
    { type: cka.modulus, value: key.modulus },
    { type: cka.privateExponent, value: key.privateExponent },
  ];
  return [
    ...head,
    ...(writing.token.isPiv ? [] : more),
    { type: cka.publicExponent, value: key.publicExponent },
    { type: cka.prime1, value: key.prime1 },
    { type: cka.prime2, value: key.prime2 },
    { type: cka.exponent1, value: key.exponent1 },
    { type: cka.exponent2, value: key.exponent2 },
    { type: cka.coefficient, value: key.coefficient },
  ];
}

function certificateTemplate(writing: Writing, certificate: Uint8Array): readonly Attribute[] {
  const { isPiv, facts } = writing.token;
  if (spkiOfCertificate(certificate) === undefined) {
    throw new AppError('yubikey/refused', {
      serial: facts.serial,
      call: 'C_CreateObject',
      reason: 'not a certificate',
    });
  }
  const head = [{ type: cka.class, value: cko.certificate }, idAttribute(writing)];
  if (isPiv) return [...head, { type: cka.value, value: certificate }];
  return [
    ...head,
    { type: cka.token, value: true },
    { type: cka.private, value: false },
    { type: cka.label, value: writing.label },
    { type: cka.certificateType, value: 0 },
    { type: cka.subject, value: subjectOf(certificate) },
    { type: cka.value, value: certificate },
  ];
}

/** The subject as it stands in the certificate: the sixth member of what is signed, after the optional version. */
function subjectOf(certificate: Uint8Array): Uint8Array {
  const raw = new Uint8Array(new X509Certificate(certificate).raw);
  const [whole] = readDer(raw);
  const [signed] = readDer(whole?.content ?? new Uint8Array());
  const members = readDer(signed?.content ?? new Uint8Array());
  const first = members[0]?.tag === 0xa0 ? 1 : 0;
  return members[first + 4]?.whole ?? new Uint8Array();
}

function generation(algorithm: TokenAlgorithm) {
  if (algorithm === 'RSA 2048') {
    return {
      mechanism: ckm.rsaKeyPairGen,
      keyType: { type: cka.keyType, value: ckk.rsa },
      facts: [
        { type: cka.modulusBits, value: 2048 },
        { type: cka.publicExponent, value: Uint8Array.of(1, 0, 1) },
      ],
    };
  }
  const curve = algorithm === 'ECDSA P-256' ? 'P-256' : 'P-384';
  return {
    mechanism: ckm.ecKeyPairGen,
    keyType: { type: cka.keyType, value: ckk.ec },
    facts: [{ type: cka.ecParams, value: Buffer.from(curveOids[curve], 'hex') }],
  };
}

/** Libraries before 2.3.0 do not know the attribute, and refuse the key with it. */
function touchAttribute({ library, token }: Writing, touch: TouchPolicy | undefined): readonly Attribute[] {
  if (touch === undefined || touch === 'never') return [];
  if (token.isPiv && choosesPolicies(library.facts().version))
    return [{ type: cka.yubicoTouchPolicy, value: touchValues[touch] }];
  const what = 'this version of the token library cannot ask for a touch; yubico-piv-tool can';
  throw new AppError('yubikey/unsupported', { serial: token.facts.serial, what });
}

function idBytes({ id }: Pick<Writing, 'id'>): Uint8Array {
  return Buffer.from(id, 'hex');
}

function idAttribute(writing: Writing): Attribute {
  return { type: cka.id, value: idBytes(writing) };
}

function generic({ label }: Writing): readonly Attribute[] {
  return [
    { type: cka.token, value: true },
    { type: cka.label, value: label },
  ];
}

const genericPrivate: readonly Attribute[] = [
  { type: cka.private, value: true },
  { type: cka.sensitive, value: true },
  { type: cka.extractable, value: false },
  { type: cka.sign, value: true },
];
