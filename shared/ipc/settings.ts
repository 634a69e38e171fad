/** Settings as the window sees them. */
import * as z from 'zod/mini';
import { instant, sha256, shortText } from './app.ts';

export const theme = z.enum(['system', 'light', 'dark']);

export const caView = z.strictObject({
  sha256,
  subject: z.string(),
  notAfter: instant,
  /** Where it was found: docker's tls folder, notary's configuration, or our own settings. */
  source: z.enum(['docker-tls', 'notary-config', 'trustdesk', 'sandbox']),
});

/** Which trust server serves which registry. `registry` is a host[:port], or `*` for all others. */
export const server = z.strictObject({
  id: z.string(),
  registry: z.string(),
  url: z.string(),
  source: z.enum(['environment', 'trustdesk', 'notary-config', 'default', 'sandbox']),
  cas: z.array(caView),
  clientCertificate: z.optional(z.string()),
});
export const newServer = z.strictObject({ registry: shortText, url: shortText });

export const view = z.strictObject({
  theme,
  trustDirectory: z.string(),
  trustDirectorySource: z.enum(['default', 'DOCKER_CONFIG', 'trustdesk']),
  servers: z.array(server),
});
export type SettingsView = z.infer<typeof view>;
