/**
 * Requests to the token process, one after the other, each with a time limit. Privileged process.
 * A process that blocks is killed, one that crashed is started anew with the next request; what was asked fails with a
 * coded outcome, and nothing else does.
 */
import { AppError, type ErrorCode, hasCode } from '../../shared/errors.ts';
import type { StartTokenProcess, TokenLink } from './token-link.ts';
import { numberedReply, type TokenAnswer, tokenAnswers, type TokenRequest } from './token-messages.ts';

type Op = TokenRequest['op'];

/** A token waits fifteen seconds for a touch; an RSA key takes it up to half a minute. */
const limitSeconds: Readonly<Record<Op, number>> = {
  open: 15,
  devices: 10,
  contents: 30,
  login: 15,
  logout: 10,
  close: 2,
  sign: 40,
  put: 60,
  generate: 120,
  certify: 60,
  'set-pin': 15,
};

/** Calls `work` after `ms`; the answer cancels. */
export type StartTimer = (ms: number, work: () => void) => () => void;

const realTimer: StartTimer = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

interface Running {
  readonly link: TokenLink;
  readonly library: string;
  readonly replies: Map<number, (reply: unknown) => void>;
  /** Resolves with the reason when the process is gone. */
  readonly ended: Promise<string>;
}

export class TokenClient {
  readonly #start: StartTokenProcess;
  readonly #startTimer: StartTimer;
  #running: Running | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #number = 0;
  #isClosed = false;

  constructor(start: StartTokenProcess, startTimer: StartTimer = realTimer) {
    this.#start = start;
    this.#startTimer = startTimer;
  }

  /** True while a request is under way or waits for its turn. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** A process is there, which may have tokens unlocked. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Asks the process that has `library` open, starting it when there is none. `signal` kills the process: a library that
   * waits for a touch cannot be called back.
   * SECURITY: PINs and keys in the request are zeroed when it is over.
   * @throws `yubikey/*`; `prompt/cancelled` after `signal`
   */
  request<O extends Exclude<Op, 'open' | 'close'>>(
    library: string,
    request: Extract<TokenRequest, { op: O }>,
    signal?: AbortSignal,
  ): Promise<TokenAnswer<O>> {
    this.#waiting += 1;
    const result = this.#queue.then(async () => {
      const running = await this.#ready(library);
      if (signal?.aborted === true) throw new AppError('prompt/cancelled', {});
      return this.#ask(running, request, signal);
    });
    this.#queue = result
      .catch(() => undefined)
      .then(() => {
        this.#waiting -= 1;
        wipeSecrets(request);
      });
    return result as Promise<TokenAnswer<O>>;
  }

  /** Ends the process, which locks its tokens first; the next request starts another. What is under way fails. */
  end(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const { link } = running;
    // SECURITY: killed at once, it would leave the card with its PIN verified.
    void this.#ask(running, { op: 'close' }, undefined).then(link.kill, link.kill);
  }

  /** For good. */
  close(): void {
    this.#isClosed = true;
    this.end();
  }

  /** What is under way fails at once; the next request starts another process. */
  kill(): void {
    this.#running?.link.kill();
    this.#running = undefined;
  }

  async #ready(library: string): Promise<Running> {
    if (this.#isClosed) throw new AppError('yubikey/process-ended', { reason: 'Trustdesk is ending' });
    if (this.#running?.library === library) return this.#running;
    this.end();
    const running = (this.#running = this.#launch(library));
    await this.#ask(running, { op: 'open', library }, undefined);
    return running;
  }

  #launch(library: string): Running {
    const link = this.#start(library);
    const replies: Running['replies'] = new Map();
    link.onMessage((value) => {
      const parsed = numberedReply.safeParse(value);
      // SECURITY: a process that speaks otherwise is not trusted with anything more.
      if (parsed.success) replies.get(parsed.data.number)?.(parsed.data);
      else link.kill();
    });
    const ended = new Promise<string>((resolve) => {
      link.onEnd((reason) => {
        if (this.#running?.link === link) this.#running = undefined;
        resolve(reason);
      });
    });
    return { link, library, replies, ended };
  }

  async #ask(running: Running, request: TokenRequest, signal: AbortSignal | undefined): Promise<unknown> {
    const number = (this.#number += 1);
    const seconds = limitSeconds[request.op];
    const stop = new AbortController();
    const failures = [
      running.ended.then((reason) => new AppError('yubikey/process-ended', { reason })),
      this.#after(seconds, stop.signal).then(() => new AppError('yubikey/not-responding', { seconds })),
      aborted(signal, stop.signal).then(() => new AppError('prompt/cancelled', {})),
    ];
    try {
      const reply = new Promise<unknown>((resolve) => running.replies.set(number, resolve));
      running.link.send({ number, request });
      return toAnswer(request.op, await Promise.race([reply, ...failures.map(thrown)]));
    } catch (error) {
      if (mustEnd(request, error)) {
        running.link.kill();
        if (this.#running === running) this.#running = undefined;
      }
      throw error;
    } finally {
      stop.abort();
      running.replies.delete(number);
    }
  }

  #after(seconds: number, stopped: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#startTimer(seconds * 1000, resolve);
      stopped.addEventListener('abort', cancel, { once: true });
    });
  }
}

/**
 * Whatever the process does now, nobody waits for it any more.
 * SECURITY: one that could not lock its tokens is not left alone with them.
 */
function mustEnd({ op }: TokenRequest, error: unknown): boolean {
  if (op === 'open' || op === 'logout') return true;
  return hasCode(error, 'yubikey/not-responding') || hasCode(error, 'prompt/cancelled');
}

/** Resolves when `signal` aborts; never after `stopped`. */
function aborted(signal: AbortSignal | undefined, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const tell = (): void => resolve();
    signal?.addEventListener('abort', tell, { once: true });
    stopped.addEventListener('abort', () => signal?.removeEventListener('abort', tell), { once: true });
  });
}

async function thrown(failure: Promise<AppError>): Promise<never> {
  throw await failure;
}

function toAnswer(op: Op, reply: unknown): unknown {
  const { success, data } = numberedReply.safeParse(reply);
  if (!success) throw new AppError('yubikey/process-ended', { reason: 'it answered nonsense' });
  if (data.ok) return tokenAnswers[op].parse(data.answer);
  const { code, details } = data.error;
  if (!code.startsWith('yubikey/')) throw new Error(`in the token process: ${String(details['id'])}`);
  throw new AppError(code as ErrorCode, details as never);
}

/** A digest and a certificate are public and their owner's; all other bytes are secrets that were made for this. */
function wipeSecrets(request: TokenRequest): void {
  for (const [name, value] of Object.entries(request)) {
    if (name === 'digest' || name === 'certificate') continue;
    const inner =
      typeof value === 'object' && !(value instanceof Uint8Array) ? Object.values(value) : [value];
    for (const bytes of inner as readonly unknown[]) if (bytes instanceof Uint8Array) bytes.fill(0);
  }
}
