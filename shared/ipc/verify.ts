/** Image references in files, and what is signed for each. The window sends text, never a path, and names what it saw by ID. */
import * as z from 'zod/mini';
import { longestWindowText, mostTexts } from '../verify-limits.ts';
import { gun, shortText, wireError } from './app.ts';
import { freshness, warning } from './repositories.ts';

export const text = z.strictObject({
  /** Of the file, without its folder. */
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  text: z.string().check(z.maxLength(longestWindowText)),
});
export const texts = z.array(text).check(z.minLength(1), z.maxLength(mostTexts));

export const signed = z.strictObject({
  /** `sha256:<hex>` */
  digest: z.string(),
  tag: z.string(),
  /** The role that docker believes. */
  role: z.string(),
  /** None: only the administrator signed. */
  signers: z.array(z.string()),
});

export const reference = z.strictObject({
  line: z.int(),
  /** With its variables filled in. */
  reference: z.string(),
  /** undefined for what is no reference. */
  gun: z.optional(gun),
  /** undefined when docker with content trust would take it as it stands. */
  problem: z.optional(wireError),
  /** Beside a problem: what is signed under its tag. */
  signed: z.optional(signed),
  /** What pinning does with it. */
  change: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pin') }),
    z.strictObject({ kind: z.literal('pinned') }),
    z.strictObject({ kind: z.literal('cannot'), why: wireError }),
  ]),
  freshness: z.optional(freshness),
  warnings: z.array(warning),
});
export type ReferenceView = z.infer<typeof reference>;

export const document = z.strictObject({
  name: z.string(),
  kind: z.optional(z.enum(['dockerfile', 'compose', 'list'])),
  references: z.array(reference),
  /** Why it was not looked through. */
  problem: z.optional(wireError),
});
export const report = z.strictObject({ id: z.string(), documents: z.array(document) });
export type VerifyReport = z.infer<typeof report>;

/** A document of the report that was shown last. */
export const pinWish = z.strictObject({
  id: shortText,
  document: z.int().check(z.minimum(0), z.maximum(mostTexts)),
  /** Replaces digests that are not what is signed under their tag. */
  update: z.boolean(),
});
export const pinned = z.strictObject({
  text: z.string(),
  /** Numbers of the lines that differ, from 1. */
  changed: z.array(z.int()),
  /** References that have no signed digest then. */
  left: z.int(),
});
export type PinnedText = z.infer<typeof pinned>;

/** Repositories that were asked for. */
export const progress = z.strictObject({ done: z.int(), total: z.int() });
