/** The connection doctor: one step after the other, each with what was found and what to do. */
import * as z from 'zod/mini';
import { sha256, wireError } from './app.ts';

export const stepId = z.enum([
  'reference',
  'server',
  'dns',
  'tcp',
  'tls',
  'health',
  'authentication',
  'clock',
  'trust-data',
  'registry',
]);

export const step = z.strictObject({
  id: stepId,
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  /** One plain sentence: what was found. */
  found: z.string(),
  /** One plain sentence: what to do; absent when there is nothing to do. */
  fix: z.optional(z.string()),
  error: z.optional(wireError),
  /** Set on the TLS step when the CA is unknown, so that the window can offer to trust it. */
  unknownCa: z.optional(
    z.strictObject({ server: z.string(), sha256, subject: z.string(), issuer: z.string() }),
  ),
});
export type DoctorStep = z.infer<typeof step>;
export const stepEvent = z.strictObject({ target: z.string(), step });
export const report = z.strictObject({ target: z.string(), healthy: z.boolean(), steps: z.array(step) });
export type DoctorReport = z.infer<typeof report>;
