/** Small shapes that several nouns share, and what the window knows about the app itself. */
import * as z from 'zod/mini';

/** References, GUNs or tags named in one call. */
export const namesAtOnce = 1000;
/** Characters that go to the clipboard at once. */
export const copiedAtOnce = 65_536;

export const shortText = z.string().check(z.maxLength(4096));
export const gun = z.string().check(z.minLength(1), z.maxLength(1024));
export const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
/** Milliseconds since the epoch. */
export const instant = z.number();

/** Every outcome as it crosses the bridge: code and details, never a message or a stack. */
export const wireError = z.strictObject({ code: z.string(), details: z.record(z.string(), z.unknown()) });

/** The addresses outside of the app that the window can name; where they lead is known to the privileged side only. */
export const linkId = z.enum(['docker-content-trust', 'notary', 'tuf', 'licence']);

export const info = z.strictObject({
  version: z.string(),
  mode: z.enum(['electron', 'browser']),
  platform: z.string(),
  trustDirectory: z.string(),
  dataDirectory: z.string(),
  /** True until a repository was added, found or the sandbox was opened once. */
  firstRun: z.boolean(),
  /** What was found on this computer at start, as it is; nothing is moved or rewritten. */
  found: z.strictObject({ repositories: z.int(), keys: z.int() }),
});
export type AppInfo = z.infer<typeof info>;
