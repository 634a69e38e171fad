/**
 * The sandbox's trust server as the tests' simulator: the very same service, with a clock that can be moved and with
 * faults per role. In memory for most tests; over HTTPS where a client's own network code is under test.
 */
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { issueServerCertificate, makeAuthority } from '../../electron/sandbox/authority.ts';
import { answer, bytesOf, toRequest } from '../../electron/sandbox/exchange.ts';
import type { SandboxRequest, SandboxResponse } from '../../electron/sandbox/exchange.ts';
import { openEndpoint } from '../../electron/sandbox/https-endpoint.ts';
import type { Endpoint } from '../../electron/sandbox/https-endpoint.ts';
import { matchNotaryRoute } from '../../electron/sandbox/notary/notary-routes.ts';
import { NotaryService } from '../../electron/sandbox/notary/notary-service.ts';
import type { NotaryServiceOptions } from '../../electron/sandbox/notary/notary-service.ts';
import { MemoryNotaryStore } from '../../electron/sandbox/notary/notary-store.ts';
import { ServerKeys } from '../../electron/sandbox/notary/server-keys.ts';
import type { ServerKeyAlgorithm } from '../../electron/sandbox/notary/server-keys.ts';
import type { TrustTransport } from './notary-simulator-publisher.ts';

/** What goes wrong with an answer. */
export type Fault =
  /** Another status, with a body of no meaning. */
  | { readonly kind: 'status'; readonly status: number }
  /** The connection ends after so many bytes of the right answer. */
  | { readonly kind: 'truncated'; readonly bytes: number }
  /** So many bytes of white space instead. */
  | { readonly kind: 'oversized'; readonly bytes: number }
  /** Nothing more comes until `simulator.release()`. */
  | { readonly kind: 'slow' }
  | { readonly kind: 'invalid-json' }
  /** Exactly these bytes with status 200. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

export interface SimulatorOptions {
  readonly now?: Date;
  readonly keyAlgorithm?: ServerKeyAlgorithm;
  readonly access?: NotaryServiceOptions['access'];
  readonly gunPrefixes?: readonly string[];
}

/** Ends a body early: the HTTPS layer drops the connection, a client in this process sees the error itself. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

const OVERSIZE_CHUNK = 64 * 1024;

export class NotarySimulator {
  readonly service: NotaryService;
  readonly store = new MemoryNotaryStore();
  /** Every request in its order, as `GET /v2/...`. */
  readonly requests: string[] = [];
  now: Date;
  readonly #faults = new Map<string, Fault>();
  /** Slow answers wait for the gate; it is closed by `break` and opened by `release`. */
  #gate: ReturnType<typeof closedGate> = { opened: Promise.resolve(), open: () => undefined };

  constructor(options: SimulatorOptions = {}) {
    const { now = new Date('2026-06-01T12:00:00Z'), keyAlgorithm, access, gunPrefixes } = options;
    this.now = now;
    this.service = new NotaryService({
      store: this.store,
      keys: ServerKeys.inMemory(keyAlgorithm),
      crypto: nodeCrypto,
      clock: () => this.now,
      ...(access && { access }),
      ...(gunPrefixes && { gunPrefixes }),
    });
  }

  /** Moves the server's clock, forwards or back. */
  travel(milliseconds: number): void {
    this.now = new Date(this.now.getTime() + milliseconds);
  }

  /** From now on answers about `role` go wrong: a role's name whatever the file is called, or `ping` or `update`. */
  break(role: string, fault: Fault): void {
    this.#faults.set(role, fault);
    if (fault.kind === 'slow') this.#gate = closedGate();
  }

  /** Everything works again. */
  repair(): void {
    this.#faults.clear();
    this.release();
  }

  /** Lets slow answers go on. */
  release(): void {
    this.#gate.open();
  }

  async handle(request: SandboxRequest): Promise<SandboxResponse> {
    this.requests.push(`${request.method} ${request.path}`);
    const fault = this.#faults.get(subjectOf(request));
    const response = await this.service.handle(request);
    return fault === undefined ? response : this.#spoil(response, fault);
  }

  /** The server as a function, without a network. */
  readonly send: TrustTransport = async (method, path, options = {}) => {
    const response = await this.handle(toRequest(method, `https://localhost:4443${path}`, options));
    const headers = [...response.headers].map(([name, value]) => [name.toLowerCase(), value] as const);
    return {
      status: response.status,
      headers: new Map(headers),
      body: Buffer.from(await bytesOf(response)),
    };
  };

  /** The server on a loopback port, with a certificate authority of its own. */
  async listen(): Promise<{ readonly endpoint: Endpoint; readonly caPem: string }> {
    const authority = await makeAuthority(new Date());
    const certificate = await issueServerCertificate(authority, new Date());
    const endpoint = await openEndpoint({ certificate, handler: (request) => this.handle(request) });
    return { endpoint, caPem: authority.certificatePem };
  }

  async #spoil(response: SandboxResponse, fault: Fault): Promise<SandboxResponse> {
    switch (fault.kind) {
      case 'status':
        return answer(fault.status, {}, 'spoiled on purpose');
      case 'invalid-json':
        return { ...response, body: { kind: 'bytes', bytes: new TextEncoder().encode('{"signed":') } };
      case 'bytes':
        return answer(200, { 'Content-Type': 'text/plain; charset=utf-8' }, fault.bytes);
      case 'oversized':
        return streamed(response, fault.bytes, whiteSpace(fault.bytes));
      case 'truncated': {
        const bytes = await bytesOf(response);
        return streamed(response, bytes.length, cutOff(bytes.subarray(0, fault.bytes)));
      }
      case 'slow': {
        const bytes = await bytesOf(response);
        return streamed(response, bytes.length, late(bytes, this.#gate.opened));
      }
    }
  }
}

function subjectOf(request: SandboxRequest): string {
  const route = matchNotaryRoute(request.method, request.path);
  return 'role' in route ? route.role : route.kind;
}

const streamed = (
  response: SandboxResponse,
  length: number,
  chunks: AsyncIterable<Uint8Array>,
): SandboxResponse => ({ ...response, body: { kind: 'stream', length, chunks } });

function closedGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function* whiteSpace(bytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(OVERSIZE_CHUNK).fill(32);
  for (let left = bytes; left > 0; left -= chunk.length) {
    yield await Promise.resolve(chunk.subarray(0, Math.min(left, chunk.length)));
  }
}

async function* cutOff(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
  throw new ConnectionLost('the simulator hung up');
}

async function* late(bytes: Uint8Array, released: Promise<void>): AsyncGenerator<Uint8Array> {
  await released;
  yield bytes;
}
