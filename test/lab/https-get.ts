/** One small HTTPS request with exactly one trusted authority, for readiness checks and for looking at raw answers. */
import { request as httpsRequest } from 'node:https';
import { request as httpRequest } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface GetOptions {
  readonly method?: string;
  readonly caPem?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const LIMIT_MS = 30_000;

export function get(url: string, options: GetOptions = {}): Promise<Answer> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        method: options.method ?? 'GET',
        headers: options.headers,
        agent: false,
        timeout: LIMIT_MS,
        ...(options.caPem === undefined ? {} : { ca: options.caPem }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer in time`)));
    request.once('error', reject);
    request.end(options.body);
  });
}

/** True once a server answers at all with one of the expected statuses. */
export const answers = async (
  url: string,
  caPem: string | undefined,
  statuses: readonly number[],
): Promise<boolean> => {
  try {
    return statuses.includes((await get(url, { caPem })).status);
  } catch {
    return false;
  }
};
