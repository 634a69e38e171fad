/**
 * Questions that the privileged side asks. Each has a one-time ID; main owns time-outs, attempts and cancelling.
 * SECURITY: `answer` is the only inward path for a secret.
 */
import * as z from 'zod/mini';
import { shortText } from './app.ts';

export const prompt = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('confirm'),
    id: z.string(),
    title: z.string(),
    text: z.string(),
    /** Names the act and its object, e.g. `Remove signer jeff`. */
    confirmLabel: z.string(),
    destructive: z.boolean(),
  }),
  /** File choice where there is no native dialog (browser mode): entries by opaque ID. */
  z.strictObject({
    kind: z.literal('choose-file'),
    id: z.string(),
    title: z.string(),
    want: z.enum(['file', 'directory', 'files', 'save']),
    place: z.string(),
    entries: z.array(z.strictObject({ id: z.string(), name: z.string(), directory: z.boolean() })),
    suggestedName: z.optional(z.string()),
  }),
]);
export type Prompt = z.infer<typeof prompt>;

export const answer = z.strictObject({
  id: shortText,
  value: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('cancel') }),
    z.strictObject({ kind: z.literal('confirm') }),
    /** Go into a directory (or `..`) and be asked again. */
    z.strictObject({ kind: z.literal('enter'), entry: shortText }),
    /** For a directory no entry means the place itself; `name` is for `save` and stands alone. */
    z.strictObject({
      kind: z.literal('choose'),
      entries: z.array(shortText).check(z.maxLength(1000)),
      name: z.optional(shortText),
    }),
  ]),
});
