/** The embedded trust server and registry to learn with. */
import * as z from 'zod/mini';
import { sha256, wireError } from './app.ts';

export const status = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('absent') }),
  z.strictObject({ kind: z.literal('stopped') }),
  z.strictObject({ kind: z.literal('starting') }),
  z.strictObject({
    kind: z.literal('running'),
    trustServer: z.string(),
    registry: z.string(),
    caSha256: sha256,
    repositories: z.array(z.string()),
    /** Copy-and-paste lines that let docker and notary use it. */
    hints: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('failed'), error: wireError }),
]);
export type SandboxStatus = z.infer<typeof status>;
