/** What the window sees of repositories. IDs, roles, dates and digests only. */
import * as z from 'zod/mini';
import { gun, instant, sha256, wireError } from './app.ts';

/** What the keys on this computer allow: `sign` as these signers, administer with the repository or root key. */
export const abilities = z.strictObject({
  signAs: z.array(z.string()),
  administer: z.boolean(),
  rootKey: z.boolean(),
});

/** How sure we are of what is shown. `cached` says why the server was not asked or did not answer. */
export const freshness = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('verified'), at: instant }),
  z.strictObject({ kind: z.literal('cached'), at: instant, reason: wireError }),
  z.strictObject({ kind: z.literal('failed'), at: instant, error: wireError }),
  z.strictObject({ kind: z.literal('never') }),
]);

/** Something the person should know, most urgent first. */
export const warning = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('expires-soon'), role: z.string(), at: instant }),
  z.strictObject({ kind: z.literal('certificate-expires-soon'), commonName: z.string(), at: instant }),
  z.strictObject({ kind: z.literal('delegation-unusable'), role: z.string(), error: wireError }),
  z.strictObject({ kind: z.literal('tls-not-verified'), host: z.string() }),
  z.strictObject({ kind: z.literal('staged-changes'), count: z.int() }),
]);

export const row = z.strictObject({
  gun,
  server: z.string(),
  /** undefined until metadata was read once. */
  signedTags: z.optional(z.int()),
  signers: z.optional(z.int()),
  /** Earliest expiry of any role that a person must renew. */
  nextExpiry: z.optional(z.strictObject({ role: z.string(), at: instant })),
  abilities,
  freshness,
  warnings: z.array(warning),
  sandbox: z.boolean(),
});
export type RepositoryRow = z.infer<typeof row>;

export const addResults = z.array(
  z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), reference: z.string(), gun }),
    z.strictObject({ ok: z.literal(false), reference: z.string(), error: wireError }),
  ]),
);

export const refreshProgress = z.strictObject({ done: z.int(), total: z.int(), row: z.optional(row) });

export const keyPlace = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file') }),
  z.strictObject({ kind: z.literal('yubikey'), serial: z.string() }),
  z.strictObject({ kind: z.literal('server') }),
  z.strictObject({ kind: z.literal('absent') }),
]);

export const signerKey = z.strictObject({
  /** Canonical key ID, as docker prints it (shortened there to 12). */
  id: sha256,
  algorithm: z.string(),
  place: keyPlace,
});
export const signer = z.strictObject({
  name: z.string(),
  role: z.string(),
  keys: z.array(signerKey),
  tags: z.int(),
  /** undefined when the delegation has no file of its own yet. */
  expiresAt: z.optional(instant),
});

export const adminKey = z.strictObject({
  role: z.enum(['root', 'targets', 'snapshot', 'timestamp']),
  /** As docker prints it: for root the certificate's ID. */
  id: sha256,
  canonicalId: sha256,
  algorithm: z.string(),
  place: keyPlace,
  certificate: z.optional(z.strictObject({ commonName: z.string(), notBefore: instant, notAfter: instant })),
});

export const delegation = z.strictObject({
  role: z.string(),
  paths: z.array(z.string()),
  threshold: z.int(),
  keyIds: z.array(sha256),
  depth: z.int(),
  usable: z.boolean(),
  problem: z.optional(wireError),
});

export const roleMetadata = z.strictObject({
  role: z.string(),
  version: z.int(),
  expiresAt: instant,
  bytes: z.int(),
  sha256,
  signatures: z.array(
    z.strictObject({ keyId: z.string(), method: z.string(), signer: z.optional(z.string()) }),
  ),
});
export const rootVersion = z.strictObject({ version: z.int(), expiresAt: instant, sha256 });

export const detail = z.strictObject({
  row,
  signers: z.array(signer),
  adminKeys: z.array(adminKey),
  delegations: z.array(delegation),
  metadata: z.array(roleMetadata),
  rootChain: z.array(rootVersion),
  /** Roles that expire within six months, or did, and are to be signed again, whoever has their keys. */
  due: z.array(z.string()),
});
export type RepositoryDetail = z.infer<typeof detail>;

/**
 * Signed tags column by column, in `inspect --pretty` order (natural sort), so that 75,000 rows cross cheaply.
 * `signers[i]` indexes `signerSets`; an empty set means "(Repo Admin)". Digests are hex without `sha256:`.
 */
export const tagTable = z.strictObject({
  tags: z.array(z.string()),
  digests: z.array(z.string()),
  sizes: z.array(z.number()),
  signers: z.array(z.int()),
  signerSets: z.array(z.array(z.string())),
});
export type TagTable = z.infer<typeof tagTable>;

/** Per tag: the registry's digest now, `absent` (no such tag), or why it could not be asked. */
export const registryDigests = z.array(
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('digest'),
      tag: z.string(),
      sha256,
      mediaType: z.string(),
      size: z.number(),
    }),
    z.strictObject({ kind: z.literal('absent'), tag: z.string() }),
    z.strictObject({ kind: z.literal('unknown'), tag: z.string(), error: wireError }),
  ]),
);
export const unsignedTags = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tags'),
    tags: z.array(z.string()),
    /** Signed in a signer's own role only: docker does not pull them. */
    unreleased: z.array(z.strictObject({ tag: z.string(), signers: z.array(z.string()) })),
  }),
  z.strictObject({ kind: z.literal('unknown'), error: wireError }),
]);
