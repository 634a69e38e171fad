/** Plans and receipts as the window sees them: what changes, who signs, what consumers notice. No secret in any of it. */
import * as z from 'zod/mini';
import { gun, instant, sha256, shortText, wireError } from './app.ts';

const role = z.string();
const keyIds = z.array(z.string());

export const planLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tag-added'), tag: z.string(), digest: sha256 }),
  z.strictObject({ kind: z.literal('tag-changed'), tag: z.string(), from: sha256, to: sha256 }),
  z.strictObject({ kind: z.literal('tag-signed-again'), tag: z.string(), digest: sha256 }),
  z.strictObject({ kind: z.literal('tag-removed'), tag: z.string(), digest: sha256 }),
  z.strictObject({ kind: z.literal('delegation-added'), role, keyIds, paths: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('delegation-removed'), role, keyIds }),
  z.strictObject({ kind: z.literal('key-added'), role, keyId: sha256 }),
  z.strictObject({ kind: z.literal('key-removed'), role, keyId: sha256 }),
  z.strictObject({
    kind: z.literal('paths-changed'),
    role,
    from: z.array(z.string()),
    to: z.array(z.string()),
  }),
  /** IDs, or names of keys that are made when the plan is carried out. The same: a new certificate for the key. */
  z.strictObject({ kind: z.literal('base-keys-replaced'), role, from: keyIds, to: keyIds }),
  z.strictObject({ kind: z.literal('signed-again'), role }),
  z.strictObject({ kind: z.literal('repository-created'), gun }),
  z.strictObject({ kind: z.literal('repository-deleted'), gun }),
]);
export type PlanLineView = z.infer<typeof planLine>;

export const consequence = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('tag-moves'), tag: z.string(), from: sha256, to: sha256 }),
  z.strictObject({ kind: z.literal('tag-unpullable'), tag: z.string() }),
  /** `left`: the signers that the tag keeps. */
  z.strictObject({
    kind: z.literal('signature-lost'),
    tag: z.string(),
    signer: z.string(),
    left: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('admin-copy-differs'), tag: z.string(), digest: sha256 }),
  z.strictObject({ kind: z.literal('role-unusable'), role, remedyKeyIds: keyIds }),
  z.strictObject({ kind: z.literal('role-without-keys'), role }),
  z.strictObject({ kind: z.literal('role-revived'), role, sha256 }),
  z.strictObject({ kind: z.literal('role-returns'), role }),
  z.strictObject({ kind: z.literal('root-expires-soon'), at: z.string() }),
  z.strictObject({ kind: z.literal('root-certificate-changes') }),
  z.strictObject({ kind: z.literal('snapshot-signed-by'), by: z.enum(['owner', 'server']) }),
  /** Whether the server signs the snapshot was not told to this account. */
  z.strictObject({ kind: z.literal('snapshot-holder-untold') }),
  z.strictObject({ kind: z.literal('key-not-needed'), role, keyId: sha256 }),
  z.strictObject({ kind: z.literal('repository-gone') }),
  z.strictObject({ kind: z.literal('other-root-known') }),
  z.strictObject({ kind: z.literal('content-unknown'), code: z.string() }),
]);
export type ConsequenceView = z.infer<typeof consequence>;

const keyPlace = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file') }),
  z.strictObject({ kind: z.literal('yubikey'), serial: z.string() }),
  /** Made when the plan is carried out. */
  z.strictObject({ kind: z.literal('new') }),
  /** On another computer, which the saved plan is carried to. */
  z.strictObject({ kind: z.literal('elsewhere') }),
]);

export const plannedRole = z.strictObject({
  role,
  /** 0 when the role has no file yet. */
  fromVersion: z.int(),
  toVersion: z.int(),
  expires: z.string(),
  threshold: z.int(),
  signatures: z.array(z.strictObject({ keyId: z.string(), owner: z.string(), place: keyPlace })),
});

/** A plan in review. Main keeps the plan itself; the window only ever names its ID. */
export const plan = z.strictObject({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  gun,
  server: z.string(),
  createdAt: z.string(),
  lines: z.array(planLine),
  roles: z.array(plannedRole),
  consequences: z.array(consequence),
  /** Changes staged with notary that go along. */
  staged: z.int(),
  /** Only of a plan that came from a file: how far it is signed, and why its metadata is believed. */
  saved: z.optional(
    z.strictObject({
      trust: z.enum(['known', 'pinned', 'first-use']),
      isSigned: z.boolean(),
      /** A key is here that can still sign. */
      canSign: z.boolean(),
      /** `waits`: a snapshot that is signed only when all the others are. */
      signatures: z.array(
        z.strictObject({ role, have: z.int(), need: z.int(), waits: z.optional(z.literal(true)) }),
      ),
    }),
  ),
});
export type PlanView = z.infer<typeof plan>;

export const receipt = z.strictObject({
  planId: z.string(),
  gun,
  server: z.string(),
  title: z.string(),
  publishedAt: z.string(),
  roles: z.array(
    z.strictObject({
      role,
      version: z.int(),
      sha256,
      signedBy: z.array(z.strictObject({ keyId: z.string(), owner: z.string() })),
    }),
  ),
  tries: z.int(),
  restorePoint: z.optional(z.string()),
  /** Tags whose registry digest is another one by now than what was signed. */
  movedTags: z.array(z.strictObject({ tag: z.string(), signed: sha256, registry: sha256 })),
});
export type ReceiptView = z.infer<typeof receipt>;

/** A tag to sign: what the registry holds under it now, unless a digest is given. */
export const tagWish = z.strictObject({
  tag: shortText,
  digest: z.optional(z.strictObject({ sha256, size: z.int().check(z.positive()) })),
});

/** A public key or certificate that the person dropped or chose; parsed by main, which refuses private keys. */
export const droppedKey = z.strictObject({
  label: shortText,
  /** Base64 of what it holds; a key is far below 48 KiB. */
  content: z.string().check(z.maxLength(65_536)),
});

export const identifiedKey = z.strictObject({
  label: z.string(),
  /** Canonical key ID. */
  id: sha256,
  algorithm: z.string(),
  /** The name in the file's header; a suggestion for the signer. */
  suggestedName: z.string(),
  certificate: z.optional(z.strictObject({ commonName: z.string(), notAfter: instant })),
  /** Where the key is known: as which role of which repository, and how many tags it signs there. */
  knownAs: z.array(z.strictObject({ gun: z.string(), role: z.string(), tags: z.int() })),
});
export type IdentifiedKey = z.infer<typeof identifiedKey>;

export const identifyResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), key: identifiedKey }),
  z.strictObject({ ok: z.literal(false), label: z.string(), error: wireError }),
]);

/** Changes staged with notary on this computer. */
export const stagedChange = z.strictObject({
  gun: z.string(),
  file: z.string(),
  action: z.string(),
  role: z.string(),
  type: z.string(),
  path: z.string(),
});

/** An upload of an earlier run whose end nobody saw, and what the server says of it now. */
export const unfinished = z.strictObject({
  gun: z.string(),
  title: z.string(),
  outcome: z.enum(['published', 'not-published', 'unknown']),
});

/** While a plan is carried out. */
export const progress = z.strictObject({
  id: z.string(),
  step: z.enum(['reading', 'signing', 'keeping-restore-point', 'uploading', 'reading-back']),
});
