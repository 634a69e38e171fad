/**
 * The token process without its process: requests in, answers out, one after the other, over the PKCS#11 port.
 * SECURITY: secrets in a request are zeroed when it is over, however it ends.
 */
import { AppError } from '../../shared/errors.ts';
import type { Attached } from './attached-token.ts';
import { AttachedTokens, type Wait } from './attached-tokens.ts';
import { type Pkcs11Library, Pkcs11Failure } from './pkcs11-port.ts';
import { generateKey, putCertificate, putKey, type Writing } from './put-objects.ts';
import { signDigest } from './sign-digest.ts';
import { readContents } from './slot-contents.ts';
import { refused, secretFailure } from './token-failures.ts';
import type { TokenAnswer, TokenRequest } from './token-messages.ts';

export interface EngineParts {
  /** @throws `yubikey/not-built`, `yubikey/library-failed` */
  readonly open: (library: string) => Promise<Pkcs11Library>;
  readonly wait: Wait;
  /** Milliseconds of a clock that only runs forward. */
  readonly now: () => number;
}

interface Opened {
  readonly path: string;
  readonly library: Pkcs11Library;
  readonly tokens: AttachedTokens;
}

type Request<Op extends TokenRequest['op']> = Extract<TokenRequest, { op: Op }>;

export class TokenEngine {
  readonly #parts: EngineParts;
  #opened: Opened | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Carries a request out when all before it are over. @throws `yubikey/*` */
  handle(request: TokenRequest): Promise<unknown> {
    const result = this.#last.then(() => this.#carryOut(request));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Ends the library; the process ends next. */
  close(): void {
    try {
      this.#opened?.library.finalize();
    } catch (error) {
      if (!(error instanceof Pkcs11Failure)) throw error;
    }
    this.#opened = undefined;
  }

  async #carryOut(request: TokenRequest): Promise<unknown> {
    try {
      return await this.#answer(request);
    } catch (error) {
      // Refused outside of any token's own work: while looking what is there.
      throw refused(error, 'serial' in request ? (request.serial ?? '') : '');
    } finally {
      wipeSecrets(request);
    }
  }

  #answer(request: TokenRequest): unknown {
    switch (request.op) {
      case 'open':
        return this.#open(request);
      case 'devices':
        return this.#devices();
      case 'logout':
        return this.#logout(request);
      case 'close':
        this.close();
        return {};
      case 'contents':
        return this.#with(request.serial, (opened, token) => this.#contents(opened, token, request));
      case 'login':
        return this.#with(request.serial, (opened, token) => this.#login(opened, token, request));
      case 'sign':
        return this.#with(request.serial, (opened, token) => this.#sign(opened, token, request));
      case 'put':
        return this.#with(request.serial, (opened, token) => {
          requireUser(token, request.holder);
          putKey(toWriting(opened, token, request), request.key, request.touch, request.replace);
          return {};
        });
      case 'generate':
        return this.#with(request.serial, (opened, token) => {
          requireUser(token, request.holder);
          const writing = toWriting(opened, token, request);
          return { spki: generateKey(writing, request.algorithm, request.touch, request.replace) };
        });
      case 'certify':
        return this.#with(request.serial, (opened, token) => {
          requireUser(token, request.holder);
          putCertificate(toWriting(opened, token, request), request.certificate);
          return {};
        });
      case 'set-pin':
        return this.#with(request.serial, (opened, token) => this.#setPin(opened, token, request));
    }
  }

  async #open({ library: path }: Request<'open'>): Promise<TokenAnswer<'open'>> {
    if (this.#opened?.path !== path) {
      this.close();
      const library = await this.#parts.open(path);
      this.#opened = {
        path,
        library,
        tokens: new AttachedTokens(library, this.#parts.wait, () => this.close()),
      };
    }
    const { manufacturer, description, version } = this.#required().library.facts();
    return { manufacturer, description, version: `${String(version.major)}.${String(version.minor)}` };
  }

  #devices(): TokenAnswer<'devices'> {
    const { tokens } = this.#required();
    return tokens.refresh().map((token) => tokens.toDevice(token));
  }

  async #contents({ tokens }: Opened, token: Attached, { fresh }: Request<'contents'>) {
    // Another program may have changed what is on the token; a login must not be lost by looking, though.
    if (fresh && token.logins.isEmpty) tokens.drop(token);
    return readContents(tokens.place(await tokens.open(token)));
  }

  #login(
    { library, tokens }: Opened,
    token: Attached,
    request: Pick<Request<'login'>, 'pin' | 'holder' | 'keep'>,
  ) {
    const { pin, holder, keep } = request;
    const others = token.logins.snapshot();
    // Always anew, so that the PIN is really tried: the library may believe an older login.
    tokens.logout(token);
    try {
      library.login(tokens.session(token), 'user', pin);
    } catch (error) {
      const outcome = secretFailure(error, token.facts.serial, 'PIN', () => tokens.tries(token, 'pin'));
      // It may have been logged in, and said to have failed.
      tokens.logout(token);
      throw outcome;
    }
    others();
    token.logins.add(holder, keep);
    return {};
  }

  async #sign(
    { library, tokens }: Opened,
    token: Attached,
    request: Request<'sign'>,
  ): Promise<TokenAnswer<'sign'>> {
    const { serial, holder, id, digest, pin } = request;
    // SECURITY: a login is for whoever made it; another one signs after the PIN was entered for that.
    if (!token.logins.allows(holder)) throw new AppError('yubikey/login-needed', { serial });
    const signing = { library, tokens, token, id, now: this.#parts.now };
    return { signature: await signDigest(signing, digest, pin) };
  }

  #logout({ serial, holder }: Request<'logout'>) {
    const { tokens } = this.#required();
    for (const token of tokens.refresh()) {
      if (serial !== undefined && token.facts.serial !== serial) continue;
      token.logins.remove(holder);
      if (token.logins.isEmpty) tokens.logout(token);
    }
    tokens.lockCards();
    return {};
  }

  #setPin({ library, tokens }: Opened, token: Attached, { what, old, fresh }: Request<'set-pin'>) {
    if (what !== 'pin' && !token.isPiv) {
      throw new AppError('yubikey/unsupported', {
        serial: token.facts.serial,
        what: 'its PUK is managed by its own tool',
      });
    }
    tokens.logout(token);
    const [from, to] =
      what === 'pin'
        ? [old, fresh]
        : [prefixed('puk:', old), prefixed(what === 'puk' ? 'puk:' : 'pin:', fresh)];
    const name = what === 'pin' ? 'PIN' : 'PUK';
    try {
      // Yubico's library counts tries where it is logged in with a PIN, not where one is changed.
      if (token.isPiv && what === 'pin') {
        library.login(tokens.session(token), 'user', old);
        tokens.logout(token);
      }
      library.setPin(tokens.session(token), from, to);
      // Yubico's library goes on saying "blocked" until a PIN was right. This one was just typed.
      if (token.isPiv && what === 'unblock') library.login(tokens.session(token), 'user', fresh);
    } catch (error) {
      throw secretFailure(error, token.facts.serial, name, () =>
        tokens.tries(token, what === 'pin' ? 'pin' : 'puk'),
      );
    } finally {
      tokens.logout(token);
      from.fill(0);
      to.fill(0);
    }
    return {};
  }

  #with<T>(serial: string, work: (opened: Opened, token: Attached) => T | Promise<T>): Promise<T> {
    const opened = this.#required();
    return opened.tokens.during(serial, (token) => work(opened, token));
  }

  #required(): Opened {
    if (this.#opened === undefined)
      throw new AppError('yubikey/process-ended', { reason: 'its library ended' });
    return this.#opened;
  }
}

/** A token that is no YubiKey is written to by its logged-in user. */
function requireUser({ isPiv, logins, facts: { serial } }: Attached, holder: string): void {
  if (!isPiv && !logins.allows(holder)) throw new AppError('yubikey/login-needed', { serial });
}

function toWriting(
  { library, tokens }: Opened,
  token: Attached,
  { id, label, management }: Request<'put' | 'generate' | 'certify'>,
): Writing {
  return { library, tokens, token, id, label, management };
}

/** Yubico's library: whether PIN or PUK is meant is said in front of it. */
function prefixed(prefix: string, secret: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix.length + secret.length);
  bytes.set(Buffer.from(prefix));
  bytes.set(secret, prefix.length);
  return bytes;
}

function wipeSecrets(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(wipeSecrets);
}
