/** Passphrases remembered for the session: whose, and until when. Never the passphrases. */
import * as z from 'zod/mini';
import { instant } from './app.ts';

export const state = z.strictObject({
  unlocked: z.array(z.strictObject({ keyId: z.string(), owner: z.string() })),
  /** When everything is forgotten unless it is used before. */
  locksAt: z.optional(instant),
});
export type LockState = z.infer<typeof state>;
