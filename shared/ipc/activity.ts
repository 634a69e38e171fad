/** The activity log as the window sees it, newest first. */
import * as z from 'zod/mini';

export const entry = z.strictObject({
  seq: z.int(),
  at: z.string(),
  what: z.string(),
  gun: z.optional(z.string()),
  title: z.optional(z.string()),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export type ActivityEntryView = z.infer<typeof entry>;

export const log = z.strictObject({
  entries: z.array(entry),
  /** The first line that does not follow from the one before: somebody edited the log. */
  brokenAt: z.optional(z.int()),
  cutShort: z.boolean(),
});
