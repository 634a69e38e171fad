/**
 * Metadata to bytes, exactly as Go writes it. Pure.
 * notary-server stores the uploaded bytes but computes hashes over its own serialisation of them: one byte that
 * differs and the upload is accepted and the repository unreadable. So this encoder has no options.
 */
import type { RoleName } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { toBase64 } from './base64.ts';
import { canonicalNumber, canonicalString, canonicalText, orMalformed, wireText } from './canonical-json.ts';
import { isGoTimeText } from './expiry.ts';
import { JsonError } from './json-error.ts';
import { tufKeyId } from './key-id.ts';
import type {
  DelegationRole,
  FileMeta,
  MetadataFile,
  PublicKey,
  RoleKeys,
  RootBody,
  Signature,
  SignedBody,
  TargetEntry,
  TargetsBody,
} from './model.ts';
import type { RoleSigner, TufCrypto } from './ports.ts';
import { isValidSignature } from './signature.ts';
import { compareUtf8, toUtf8 } from './utf8.ts';

/**
 * Canonical bytes of a body: what is signed.
 * Throws `trust/malformed` for what Go could not write back the same way: control characters, fractions.
 */
export function encodeBody(body: SignedBody): Uint8Array {
  return toUtf8(orMalformed(body.type.toLowerCase(), () => bodyText(body)));
}

/** The whole file. Throws as `encodeBody`. */
export function encodeFile(body: SignedBody, signatures: readonly Signature[]): Uint8Array {
  return fileBytes(
    orMalformed(body.type.toLowerCase(), () => bodyText(body)),
    signatures,
  );
}

function fileBytes(signed: string, signatures: readonly Signature[]): Uint8Array {
  return toUtf8(`${HEAD}${wireText(signed)}${tailText(signatures)}`);
}

/** `message` is `signed` in bytes already. */
function fileBytesAround(message: Uint8Array, signed: string, signatures: readonly Signature[]): Uint8Array {
  if (wireText(signed) !== signed) return fileBytes(signed, signatures);
  const [head, tail] = [toUtf8(HEAD), toUtf8(tailText(signatures))];
  const bytes = new Uint8Array(head.length + message.length + tail.length);
  bytes.set(head);
  bytes.set(message, head.length);
  bytes.set(tail, head.length + message.length);
  return bytes;
}

const HEAD = '{"signed":';

function tailText(signatures: readonly Signature[]): string {
  return `,"signatures":[${signatures.map(signatureText).join(',')}]}`;
}

/**
 * Throws `trust/unknown-fields` when the file holds what its body cannot express: writing it again would lose that,
 * and a Go server that drops it serves a file whose hash is another one.
 */
export function refuseUnknownFields(file: Pick<MetadataFile, 'role' | 'unknownFields'>): void {
  if (file.unknownFields.length === 0) return;
  throw new AppError('trust/unknown-fields', { role: file.role, fields: file.unknownFields.slice(0, 10) });
}

/**
 * Signs `body` with every signer and makes the file.
 * @param keep signatures of other keys over this very body that are to stay (they are checked)
 * @throws `trust/signing-failed` when a signer returns something that does not verify
 */
export async function signFile<Body extends SignedBody>(
  role: RoleName,
  body: Body,
  signers: readonly RoleSigner[],
  crypto: TufCrypto,
  keep: readonly { readonly signature: Signature; readonly key: PublicKey }[] = [],
): Promise<MetadataFile<Body>> {
  if (!isGoTimeText(body.expires)) throw new TypeError(`Go would print ${body.expires} differently`);
  const signed = orMalformed(role, () => bodyText(body));
  const message = toUtf8(signed);
  const made: Signature[] = [];
  // One after the other: each may ask a person for a passphrase, a PIN or a touch.
  for (const signer of signers) made.push(await signWith(signer, role, message, crypto));
  const ids = new Set(made.map((signature) => signature.keyid));
  const kept = keep
    .filter(
      ({ signature, key }) => !ids.has(signature.keyid) && isValidSignature(signature, key, message, crypto),
    )
    .map(({ signature }) => signature);
  const signatures = [...made, ...kept];
  const bytes = fileBytesAround(message, signed, signatures);
  return { role, bytes, body, signatures, message, unknownFields: [] };
}

async function signWith(
  signer: RoleSigner,
  role: RoleName,
  message: Uint8Array,
  crypto: TufCrypto,
): Promise<Signature> {
  const { method, signature } = await signer.sign(message);
  const made = { keyid: tufKeyId(signer.key, crypto), method, sig: toBase64(signature) };
  // SECURITY: a token or key file that signs wrongly is found here, not by the people who read the repository.
  if (!isValidSignature(made, signer.key, message, crypto)) {
    throw new AppError('trust/signing-failed', { role, keyId: made.keyid });
  }
  return made;
}

/** Length and both hashes of a file's bytes, as snapshot and timestamp announce them. */
export function fileMetaOf(bytes: Uint8Array, crypto: TufCrypto): FileMeta {
  return {
    length: bytes.length,
    sha256: toBase64(crypto.sha256(bytes)),
    sha512: toBase64(crypto.sha512(bytes)),
  };
}

/** The same signer under another public form of its key: a root key signs under its certificate's ID. */
export function signerAs(signer: RoleSigner, key: PublicKey): RoleSigner {
  return { key, sign: (message) => signer.sign(message) };
}

function bodyText(body: SignedBody): string {
  const common = {
    _type: text(body.type),
    expires: text(body.expires),
    version: canonicalNumber(body.version),
  };
  switch (body.type) {
    case 'Root':
      return members({
        ...common,
        consistent_snapshot: String(body.consistentSnapshot),
        keys: keysText(body.keys),
        roles: rolesText(body),
      });
    case 'Targets':
      return members({ ...common, delegations: delegationsText(body), targets: targetsText(body) });
    case 'Snapshot':
    case 'Timestamp':
      return members({ ...common, meta: mapText(body.meta, (meta) => fileMetaText(meta)) });
  }
}

function rolesText(body: RootBody): string {
  return mapText(body.roles, (role) => members(roleKeysMembers(role)));
}

function roleKeysMembers(role: RoleKeys): Record<string, string> {
  return { keyids: list(role.keyids), threshold: canonicalNumber(role.threshold) };
}

function keysText(keys: ReadonlyMap<string, PublicKey>): string {
  return mapText(keys, (key) =>
    members({
      keytype: text(key.keytype),
      keyval: members({ private: 'null', public: text(key.publicBase64) }),
    }),
  );
}

function delegationsText(body: TargetsBody): string {
  const roles = body.delegations.map(delegationText).join(',');
  return members({ keys: keysText(body.delegationKeys), roles: `[${roles}]` });
}

function delegationText(role: DelegationRole): string {
  const paths = role.paths.length === 0 ? {} : { paths: list(role.paths) };
  return members({ ...roleKeysMembers(role), name: text(role.name), ...paths });
}

function targetsText(body: TargetsBody): string {
  const sorted = isAscending(body)
    ? body.targets
    : [...body.targets].sort((a, b) => compareUtf8(a.name, b.name));
  return `{${sorted.map(targetText).join(',')}}`;
}

/** Printable ASCII without the two characters that are escaped. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** What docker signs, which is nearly every target, has one short form; the general way comes to the same text. */
function targetText(target: TargetEntry): string {
  const { name, sha256, sha512, custom, length } = target;
  const isPlain = sha256 !== undefined && sha512 === undefined && custom === undefined;
  if (isPlain && PLAIN.test(name) && PLAIN.test(sha256))
    return `"${name}":{"hashes":{"sha256":"${sha256}"},"length":${canonicalNumber(length)}}`;
  return `${text(name)}:${fileMetaText(target)}`;
}

function isAscending({ targets }: TargetsBody): boolean {
  return targets.every((target, i) => i === 0 || compareUtf8(targets[i - 1]?.name ?? '', target.name) < 0);
}

function fileMetaText(meta: FileMeta): string {
  const custom = meta.custom === undefined ? '' : `"custom":${customText(meta)},`;
  const hashes = [
    ...(meta.sha256 === undefined ? [] : [`"sha256":${text(meta.sha256)}`]),
    ...(meta.sha512 === undefined ? [] : [`"sha512":${text(meta.sha512)}`]),
  ];
  return `{${custom}"hashes":{${hashes.join(',')}},"length":${canonicalNumber(meta.length)}}`;
}

/**
 * Custom data, canonical. What Go keeps as raw text and canonicalises only when verifying must look the same in
 * both forms, or a Go client that signs the file again signs something that never verifies.
 */
function customText(meta: FileMeta): string {
  const canonical = canonicalText(meta.custom ?? null);
  if (wireText(canonical) !== canonical)
    throw new JsonError('custom data contains < > & or a line separator');
  return refuseControl(canonical);
}

function signatureText(signature: Signature): string {
  const { keyid, method, sig } = signature;
  return wireText(members({ keyid: text(keyid), method: text(method), sig: text(sig) }));
}

/** An object of members whose values are text already; members sort by name. */
function members(values: Readonly<Record<string, string>>): string {
  const names = Object.keys(values).sort();
  return `{${names.map((name) => `"${name}":${values[name] ?? ''}`).join(',')}}`;
}

function mapText<T>(map: ReadonlyMap<string, T>, value: (item: T) => string): string {
  const entries = [...map].sort(([a], [b]) => compareUtf8(a, b));
  return `{${entries.map(([name, item]) => `${text(name)}:${value(item)}`).join(',')}}`;
}

function list(values: readonly string[]): string {
  return `[${values.map(text).join(',')}]`;
}

function text(value: string): string {
  return refuseControl(canonicalString(value));
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f]/;

/** Canonical JSON has control characters raw, which no JSON parser reads back; Go's own encoder fails on them. */
function refuseControl(canonical: string): string {
  if (CONTROL.test(canonical)) throw new JsonError('control characters cannot be written');
  return canonical;
}
