/** What the window sees of private keys: never their bytes. */
import * as z from 'zod/mini';
import { sha256 } from './app.ts';
import { keyPlace } from './repositories.ts';

export const keyRow = z.strictObject({
  id: sha256,
  /** The role header as stored: `root`, `targets`, `snapshot`, or a signer's name. */
  role: z.string(),
  /** Only for repository keys. */
  gun: z.optional(z.string()),
  algorithm: z.string(),
  place: keyPlace,
  /** Directory or device as `notary key list` prints it. */
  location: z.string(),
  encrypted: z.boolean(),
  /** Repositories known here that name this key, with the roles it can sign. */
  usedBy: z.array(z.strictObject({ gun: z.string(), roles: z.array(z.string()) })),
  created: z.optional(z.number()),
});
export type KeyRow = z.infer<typeof keyRow>;

/** Files in the key store that are not usable keys are listed, never hidden. */
export const list = z.strictObject({
  keys: z.array(keyRow),
  unreadable: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
});
