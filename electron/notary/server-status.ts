/** What a trust server says of itself, for the connection doctor. Main process and command line. */
import type { HttpClient, HttpResponse } from '../network/http-client.ts';
import type { TlsPolicy } from '../network/tls-policy.ts';

export interface ServerStatusOptions {
  readonly server: string;
  readonly http: HttpClient;
  readonly tls: TlsPolicy;
  readonly signal?: AbortSignal;
}

/** docker waits five seconds for a ping; a server that is slower than that is no use to a pull either. */
const pingMs = 5_000;
const statusLimit = 64 * 1024;

/** `GET /_notary_server/health`: 200, or 503 with the failures as JSON. Other servers answer 404. Throws `network/...`. */
export function fetchHealth(options: ServerStatusOptions): Promise<HttpResponse> {
  return fetchStatus(options, '/_notary_server/health');
}

/** `GET /v2/`: 200, or 401 with the challenge. Throws `network/...`. */
export function pingServer(options: ServerStatusOptions): Promise<HttpResponse> {
  return fetchStatus(options, '/v2/');
}

function fetchStatus(
  { server, http, tls, signal }: ServerStatusOptions,
  path: string,
): Promise<HttpResponse> {
  const url = new URL(`${server}${path}`);
  return http.fetch({ url, tls, signal, limitBytes: statusLimit, timeouts: { totalMs: pingMs } });
}
