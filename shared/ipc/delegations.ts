/** What the window can ask to be planned of delegations. Keys come as dropped files or by ID; every path is said outright. */
import * as z from 'zod/mini';
import { gun, namesAtOnce, sha256, shortText } from './app.ts';
import { droppedKey } from './plans.ts';

const place = { gun, role: shortText, signAs: z.optional(shortText) };
const keyIds = z.array(sha256).check(z.maxLength(100));
const keys = { keys: z.array(droppedKey).check(z.maxLength(20)), keyIds };

/** notary's paths: prefixes of names. An empty one covers everything, and is only ever meant by `all`. */
export const pathsWish = z.union([
  z.literal('all'),
  z.array(shortText.check(z.minLength(1))).check(z.maxLength(namesAtOnce)),
]);

export const added = z.strictObject({ ...place, ...keys, prefixes: pathsWish });
export const keysAdded = z.strictObject({ ...place, ...keys });
export const keysRemoved = z.strictObject({ ...place, keyIds: keyIds.check(z.minLength(1)) });
/** `from`: what the window showed. What somebody else added meanwhile stays. */
export const pathsChanged = z.strictObject({
  ...place,
  from: z.array(shortText).check(z.maxLength(namesAtOnce)),
  to: pathsWish,
});
export const removed = z.strictObject(place);
export const purged = z.strictObject({
  gun,
  signAs: z.optional(shortText),
  keyIds: keyIds.check(z.minLength(1)),
});
