/**
 * Signs with a key in a token: PIN, touch, a token that is unplugged in the middle and comes back. Privileged process.
 * Whatever happens, the one who waits for the signature gets it or a coded outcome; nothing is half done.
 */
import { createHash, randomUUID } from 'node:crypto';
import { AppError, hasCode } from '../../shared/errors.ts';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { SignatureMethod } from '../tuf/model.ts';
import type { RoleSigner } from '../tuf/ports.ts';
import type { PinEntry } from './pin-entry.ts';
import type { TokenDevice, TokenFinder } from './token-finder.ts';
import { untilPluggedIn } from './missing-token.ts';
import { isTokenKey, type TokenKey } from './token-keys.ts';
import type { TokenPrompts, TouchQuestion } from './token-prompts.ts';
import { TouchTally } from './touch-tally.ts';

/** What the person consents to with PIN and touch. */
export interface TokenConsent {
  /** Whole lines. */
  readonly purpose: readonly string[];
  readonly gun: string | undefined;
  readonly roles: readonly string[];
  readonly tags: readonly string[];
  /** How many signatures this key is going to make. */
  readonly signatures: number;
  /** Shared by all keys of one piece of work; absent where this key is all of it. */
  readonly tally?: TouchTally | undefined;
}

export interface SignerParts {
  readonly finder: TokenFinder;
  readonly pins: PinEntry;
  readonly prompts: TokenPrompts;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Told whether a token stays unlocked after its signatures. */
  readonly onUnlocked: (serial: string, keep: boolean) => void;
}

/** The login of a larger piece of work, which ends it itself. */
export interface LentLogin {
  readonly holder: string;
  /** The PIN was entered for it already. */
  readonly isMade: boolean;
}

/** Logins in a row that did not help. */
const maxStale = 3;
/** A signature that takes longer waits for a touch. */
const touchShowsAfterMs = 300;
/** YubiKey: how long it blinks. */
const touchSeconds = 15;

interface Signed {
  readonly method: SignatureMethod;
  readonly signature: Uint8Array;
}

export class TokenSigner implements RoleSigner {
  readonly #parts: SignerParts;
  readonly #consent: TokenConsent;
  readonly #signal: AbortSignal | undefined;
  /** SECURITY: the login is this signer's own; no other may use it. */
  readonly #holder: string;
  readonly #isLent: boolean;
  readonly #tally: TouchTally;
  #hasLogin: boolean;
  #key: TokenKey;
  #made = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    parts: SignerParts,
    key: TokenKey,
    consent: TokenConsent,
    signal: AbortSignal | undefined,
    lent: LentLogin | undefined,
  ) {
    this.#parts = parts;
    this.#key = key;
    this.#consent = consent;
    this.#signal = signal;
    this.#holder = lent?.holder ?? randomUUID();
    this.#isLent = lent !== undefined;
    this.#tally = consent.tally ?? new TouchTally();
    this.#hasLogin = lent?.isMade === true;
  }

  /**
   * Waits for the token, finds the key on it and has the PIN entered, before anything is signed.
   * @throws `yubikey/*`, `prompt/cancelled`
   */
  static async open(
    parts: SignerParts,
    key: TokenKey,
    consent: TokenConsent,
    signal?: AbortSignal,
    lent?: LentLogin,
  ): Promise<TokenSigner> {
    const signer = new TokenSigner(parts, key, consent, signal, lent);
    try {
      await signer.#again(() => signer.#unlock());
      signer.#count();
      return signer;
    } catch (error) {
      signer.wipe();
      throw error;
    }
  }

  get key() {
    return this.#key.key;
  }

  get id(): CanonicalKeyId {
    return this.#key.keyId;
  }

  /** @throws `yubikey/*`, `prompt/cancelled`, `yubikey/test-signature` for a signature that does not verify */
  sign(message: Uint8Array): Promise<Signed> {
    // One after the other: a person has one finger, and reads one question at a time.
    const signed = this.#last.then(() => this.#signNext(message));
    this.#last = signed.catch(() => undefined);
    return signed;
  }

  async #signNext(message: Uint8Array): Promise<Signed> {
    const digest = new Uint8Array(createHash('sha256').update(message).digest());
    const signature = await this.#again(() => this.#signOnce(digest));
    const method = this.#key.key.keytype === 'rsa' ? 'rsapss' : 'ecdsa';
    const { serial, slot } = this.#key;
    // SECURITY: tokens have returned signatures over the wrong thing.
    if (!nodeCrypto.verify(this.#key.key, method, message, signature)) {
      throw new AppError('yubikey/test-signature', { serial, slot });
    }
    this.#made += 1;
    this.#tally.signed(this.#key.keyId);
    if (!this.#key.isCertain && this.#made === 1) await this.#parts.finder.prove(this.#key);
    return { method, signature };
  }

  /** Locks the token again unless the person wanted it to stay unlocked. Never throws: it is the end of something. */
  wipe(): void {
    if (!this.#isLent) void this.#parts.finder.release(this.#key.serial, this.#holder);
  }

  /** Runs `work` until it is done, through unplugging, stale logins and touches that did not come. */
  async #again<T>(work: () => Promise<T>): Promise<T> {
    let recover: () => Promise<void> = () => Promise.resolve();
    for (let stale = 0; ;) {
      try {
        // What helps may itself be interrupted.
        await recover();
        return await work();
      } catch (error) {
        if (this.#signal?.aborted === true) throw new AppError('prompt/cancelled', {}, { cause: error });
        if (hasCode(error, 'yubikey/login-needed')) stale += 1;
        const remedy = stale > maxStale ? undefined : this.#remedyFor(error);
        if (remedy === undefined) throw this.#explained(error);
        recover = remedy;
      }
    }
  }

  #remedyFor(error: unknown): (() => Promise<void>) | undefined {
    if (hasCode(error, 'yubikey/removed') || hasCode(error, 'yubikey/not-plugged-in')) {
      return () => this.#comeBack();
    }
    if (hasCode(error, 'yubikey/login-needed')) {
      return async () => this.#login(await this.#parts.finder.device(this.#key.serial));
    }
    return hasCode(error, 'yubikey/touch-timeout') ? () => this.#offerAnotherTouch() : undefined;
  }

  async #comeBack(): Promise<void> {
    const { serial } = this.#key;
    this.#hasLogin = false;
    await untilPluggedIn(this.#parts, serial, this.#consent.purpose, this.#signal);
    await this.#unlock();
  }

  async #unlock(): Promise<void> {
    const device = await this.#parts.finder.device(this.#key.serial);
    await this.#findKey(device);
    // A key that wants its PIN every time is asked for it at each signature, and gains nothing from a login before.
    if (this.#hasLogin || device.isKept || this.#key.pinPolicy === 'always') return;
    await this.#login(device);
    // Only now the token tells how its key wants to be used.
    await this.#findKey(device);
  }

  #count(): void {
    const { keyId, touchPolicy } = this.#key;
    this.#tally.expect(keyId, touchPolicy === 'never' ? 0 : this.#consent.signatures);
  }

  /** It may have come back with other contents. */
  async #findKey(device: TokenDevice): Promise<void> {
    const { keyId, slot, serial } = this.#key;
    const slots = await this.#parts.finder.slots(device, false);
    const found = slots.find((one) => one.keyId === keyId && isTokenKey(one));
    if (found !== undefined && isTokenKey(found)) this.#key = found;
    else if (slots.some((one) => one.keyId === keyId))
      throw new AppError('yubikey/phantom', { serial, slot });
    else throw new AppError('yubikey/slot-empty', { serial, slot });
  }

  async #login(device: TokenDevice): Promise<void> {
    const { finder, pins, onUnlocked } = this.#parts;
    const { serial, slot } = this.#key;
    const { purpose } = this.#consent;
    const asking = { device, what: 'PIN', purpose, slot, canKeep: true, signal: this.#signal } as const;
    await pins.until(asking, async (pin, keep) => {
      await finder.ask({ op: 'login', serial, pin: pin(), holder: this.#holder, keep });
      this.#hasLogin = true;
      onUnlocked(serial, keep);
    });
  }

  async #signOnce(digest: Uint8Array): Promise<Uint8Array> {
    if (this.#key.pinPolicy !== 'always') return this.#request(digest, undefined);
    const { finder, pins } = this.#parts;
    const { serial, slot } = this.#key;
    const device = await finder.device(serial);
    const asking = {
      device,
      what: 'PIN',
      purpose: this.#consent.purpose,
      slot,
      signal: this.#signal,
    } as const;
    return pins.until(asking, async (pin) => {
      // Also where somebody is logged in: a wrong PIN must show before a touch is asked for.
      await finder.ask({ op: 'login', serial, pin: pin(), holder: this.#holder, keep: false });
      return this.#request(digest, pin());
    });
  }

  async #request(digest: Uint8Array, pin: Uint8Array | undefined): Promise<Uint8Array> {
    const { finder } = this.#parts;
    const { serial, id } = this.#key;
    const over = new AbortController();
    const cancel = new AbortController();
    const stop = (): void => cancel.abort();
    this.#signal?.addEventListener('abort', stop, { once: true });
    void this.#showTouch(over.signal).catch(stop);
    try {
      const head = { op: 'sign', serial, holder: this.#holder, id, digest } as const;
      const request = { ...head, ...(pin === undefined ? {} : { pin }) };
      return (await finder.ask(request, cancel.signal)).signature;
    } finally {
      over.abort();
      this.#signal?.removeEventListener('abort', stop);
    }
  }

  /** Rejects when the person gives up; ends quietly when the signature is there. */
  async #showTouch(over: AbortSignal): Promise<void> {
    const { prompts, wait, finder } = this.#parts;
    if (this.#key.touchPolicy === undefined || this.#key.touchPolicy === 'never') {
      await wait(touchShowsAfterMs, over).catch(() => undefined);
    }
    if (isOver(over)) return;
    try {
      await prompts.showTouch(this.#touchQuestion(finder.remembered(this.#key.serial)), over);
    } catch (error) {
      if (!isOver(over)) throw error;
    }
  }

  #touchQuestion(token: TouchQuestion['token']): TouchQuestion {
    const { purpose, gun, roles, tags } = this.#consent;
    const { slot, keyId } = this.#key;
    const following = this.#tally.following(keyId);
    return { token, slot, purpose, gun, roles, tags, following, seconds: touchSeconds };
  }

  async #offerAnotherTouch(): Promise<void> {
    await this.#parts.prompts.confirm(
      {
        title: 'The token was not touched',
        text: `Token ${this.#key.serial} blinked for ${String(touchSeconds)} seconds and nobody touched it. Nothing was signed yet. It can be tried again.`,
        confirmLabel: 'Try again',
        destructive: false,
      },
      this.#signal,
    );
  }

  /** A certificate without its key looks like a key until it is to sign. */
  #explained(error: unknown): unknown {
    const { serial, slot } = this.#key;
    const isRefused = hasCode(error, 'yubikey/refused') && error.details.call === 'C_Sign';
    if (!isRefused || this.#made > 0 || this.#key.isCertain) return error;
    return new AppError('yubikey/phantom', { serial, slot }, { cause: error });
  }
}

/** It changes while it is waited for, which the compiler does not see. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
