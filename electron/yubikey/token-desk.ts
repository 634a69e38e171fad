/**
 * Everything that can be done with tokens, for the window and the command line alike. Privileged process.
 * Knows which tokens are plugged in, opens signers, puts keys on tokens, changes PINs, and tells when anything changed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import { requireSafeLibrary } from './libraries.ts';
import { bytesOf, PinEntry } from './pin-entry.ts';
import { untilPluggedIn } from './missing-token.ts';
import { generateOnDevice, importKey, type PutParts, type PutResult, type PutWish } from './put-key.ts';
import { TokenClient } from './token-client.ts';
import type { SecretName } from './token-failures.ts';
import { type TokenDevice, TokenFinder, type TokenState } from './token-finder.ts';
import type { TokenKey, TokenSlot } from './token-keys.ts';
import type { StartTokenProcess } from './token-link.ts';
import type { TokenAlgorithm } from './token-messages.ts';
import type { TokenPrompts } from './token-prompts.ts';
import { TokenSettingsFile } from './token-settings.ts';
import { type TokenConsent, TokenSigner } from './token-signer.ts';

export interface TokenDeskSetup {
  readonly start: StartTokenProcess;
  readonly prompts: TokenPrompts;
  readonly dataDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly now: () => Date;
  /** A value that everybody knows was typed and worked: it should be changed. */
  readonly onFactory?: (serial: string, what: SecretName) => void;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A token is noticed within a second. */
const lookEveryMs = 700;
/** Windows ends its smart card service with the last reader: a token is plugged in there while the service is away. */
const comesAtAnyTime: ReadonlySet<TokenState['kind']> = new Set(['ready', 'no-token', 'no-service']);
/** What fails or is not installed is looked for less often. */
const lookSeldomMs = 5_000;
/** A token that the person let stay unlocked is locked after this long, used or not. */
const AUTO_LOCK_MS = 15 * 60 * 1000;

const realWait = async (ms: number, signal?: AbortSignal): Promise<void> => {
  await wait(ms, undefined, signal === undefined ? {} : { signal });
};

export class TokenDesk {
  readonly #setup: TokenDeskSetup;
  readonly #settings: TokenSettingsFile;
  readonly #finder: TokenFinder;
  readonly #parts: PutParts;
  /** When tokens that stay unlocked are locked. */
  readonly #lockTimers = new Map<string, NodeJS.Timeout>();
  readonly #factory = new Map<string, Set<SecretName>>();
  #watching: AbortController | undefined;
  #state: TokenState | undefined;

  constructor(setup: TokenDeskSetup) {
    this.#setup = setup;
    const { prompts, env, platform, now } = setup;
    this.#settings = new TokenSettingsFile(setup.dataDirectory);
    const client = new TokenClient(setup.start);
    this.#finder = new TokenFinder({ client, settings: this.#settings, env, platform });
    const onFactory = (serial: string, what: SecretName): void => this.#noteFactory(serial, what);
    const pins = new PinEntry(this.#finder, prompts, onFactory);
    this.#parts = {
      finder: this.#finder,
      pins,
      prompts,
      now,
      onFactory,
      wait: setup.wait ?? realWait,
      onUnlocked: (serial, keep) => this.#unlocked(serial, keep),
    };
  }

  /** What is plugged in now. @throws `config/*` */
  async look(): Promise<TokenState> {
    this.#state = await this.#finder.look();
    return this.#state;
  }

  /** Looks about once a second and tells when something is different. Ends with `close`. */
  watch(onChanged: (state: TokenState) => void, onError: (error: unknown) => void): void {
    this.#watching ??= new AbortController();
    const { signal } = this.#watching;
    void this.#watchUntil(signal, onChanged).catch((error: unknown) => {
      if (!signal.aborted) onError(error);
    });
  }

  /** The only device, or the one named by serial or own name. @throws `yubikey/choose`, `yubikey/no-token`, ... */
  choose(wanted: string | undefined): Promise<TokenDevice> {
    return this.#finder.choose(wanted);
  }

  /** What is in a device's slots now. @throws `yubikey/*` */
  slots(device: TokenDevice): Promise<readonly TokenSlot[]> {
    return this.#finder.slots(device, true);
  }

  /** Keys that can sign, on every token that is plugged in; none where there is no token. @throws `yubikey/*` of a fault */
  keys(): Promise<readonly TokenKey[]> {
    return this.#finder.keys();
  }

  /** Values known to everybody that a token still has, as far as they showed. */
  factoryValues(serial: string): readonly SecretName[] {
    return [...(this.#factory.get(serial) ?? [])];
  }

  /**
   * A signer for a key on a token, unlocked; waits for the token when it is not plugged in. The caller ends it with `wipe`.
   * @throws `yubikey/*`, `keystore/key-not-found`, `prompt/cancelled`
   */
  async openSigner(
    keyId: CanonicalKeyId,
    serial: string,
    consent: TokenConsent,
    signal?: AbortSignal,
  ): Promise<TokenSigner> {
    for (let wasThere = false; ;) {
      const keys = await this.#finder.keys({ fresh: wasThere });
      const key = keys.find((one) => one.keyId === keyId && one.serial === serial);
      if (key !== undefined) return TokenSigner.open(this.#parts, key, consent, signal);
      // Once is not enough: it may have come, or the readers may have failed, just then. What was read of a token that
      // came at that moment may lack slots, so the second look reads it anew.
      if (wasThere) throw new AppError('keystore/key-not-found', { keyId });
      wasThere = await this.#isPluggedIn(serial);
      if (!wasThere) await this.#untilPluggedIn(serial, consent, signal);
    }
  }

  /** The caller wipes `key`; its file stays. @throws `yubikey/*`, `prompt/cancelled` */
  importKey(wish: PutWish, key: PrivateKey): Promise<PutResult> {
    return importKey(wish, key, this.#parts);
  }

  /** After the person accepted that such a key cannot be backed up. @throws `yubikey/*`, `prompt/cancelled` */
  async generateKey(wish: PutWish, algorithm: TokenAlgorithm): Promise<PutResult> {
    await this.#setup.prompts.confirm(
      {
        title: 'A key that cannot be backed up',
        text: `The key is made inside token ${wish.device.serial} and can never leave it. When the token is lost or breaks, the key is lost with it. For a root key this means that the repositories cannot be administered any more.`,
        confirmLabel: 'Make the key',
        destructive: true,
      },
      wish.signal,
    );
    return generateOnDevice(wish, algorithm, this.#parts);
  }

  /** @throws `yubikey/pin-locked`, `prompt/cancelled`, ... */
  changePin(device: TokenDevice, signal?: AbortSignal): Promise<void> {
    return this.#change(device, 'pin', 'PIN', 'PIN', signal);
  }

  /** @throws `yubikey/pin-locked`, `prompt/cancelled`, ... */
  changePuk(device: TokenDevice, signal?: AbortSignal): Promise<void> {
    return this.#change(device, 'puk', 'PUK', 'PUK', signal);
  }

  /** A new PIN by means of the PUK. @throws `yubikey/pin-locked` of the PUK, `prompt/cancelled`, ... */
  unblockPin(device: TokenDevice, signal?: AbortSignal): Promise<void> {
    return this.#change(device, 'unblock', 'PUK', 'PIN', signal);
  }

  /** An empty name takes the old one away. @throws `yubikey/invalid-name` */
  name(serial: string, name: string): Promise<void> {
    return this.#settings.name(serial, name);
  }

  /** Another library than the usual ones, which the person confirmed; undefined: the usual ones. */
  async useLibrary(library: string | undefined): Promise<void> {
    if (library !== undefined) await requireSafeLibrary(library);
    await this.#settings.useLibrary(library);
    this.#finder.forgetLibrary();
  }

  /** Locks every token, also one that signs at this moment: the lock button, the lock screen. */
  lock(): Promise<void> {
    this.#stopTimers();
    return this.#finder.lock();
  }

  /** Ends watching and the token process, for good. */
  close(): void {
    this.#watching?.abort();
    this.#stopTimers();
    this.#finder.close();
  }

  #stopTimers(): void {
    for (const timer of this.#lockTimers.values()) clearTimeout(timer);
    this.#lockTimers.clear();
  }

  async #watchUntil(stop: AbortSignal, onChanged: (state: TokenState) => void): Promise<void> {
    let before = '';
    while (!stop.aborted) {
      if (!this.#finder.isBusy) {
        const state = await this.look();
        const now = JSON.stringify(state);
        if (now !== before) onChanged(state);
        before = now;
      }
      const isUsual = this.#state !== undefined && comesAtAnyTime.has(this.#state.kind);
      await this.#parts.wait(isUsual ? lookEveryMs : lookSeldomMs, stop).catch(() => undefined);
    }
  }

  async #change(
    device: TokenDevice,
    op: 'pin' | 'puk' | 'unblock',
    asked: 'PIN' | 'PUK',
    chosen: 'PIN' | 'PUK',
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { finder, pins } = this.#parts;
    const { serial } = device;
    const purpose = [
      `${op === 'unblock' ? 'Sets a new PIN for' : `Changes the ${chosen} of`} token ${serial}`,
    ];
    const fresh = await pins.choose({ device, what: chosen, purpose, signal });
    const holder = randomUUID();
    try {
      await pins.until({ device, what: asked, purpose, signal }, (old) =>
        finder.ask({ op: 'set-pin', serial, what: op, old: old(), fresh: bytesOf(fresh) }),
      );
    } finally {
      fresh.wipe();
      await finder.release(serial, holder);
    }
    this.#factory.get(serial)?.delete(chosen);
  }

  async #isPluggedIn(serial: string): Promise<boolean> {
    const state = await this.look();
    return state.kind === 'ready' && state.devices.some((device) => device.serial === serial);
  }

  async #untilPluggedIn(serial: string, { purpose }: TokenConsent, signal?: AbortSignal): Promise<void> {
    await untilPluggedIn(this.#parts, serial, purpose, signal);
  }

  #unlocked(serial: string, keep: boolean): void {
    if (!keep) return;
    clearTimeout(this.#lockTimers.get(serial));
    const timer = setTimeout(() => {
      this.#lockTimers.delete(serial);
      void this.#finder.lock(serial);
    }, AUTO_LOCK_MS);
    timer.unref();
    this.#lockTimers.set(serial, timer);
  }

  #noteFactory(serial: string, what: SecretName): void {
    const known = this.#factory.get(serial) ?? new Set();
    if (!known.has(what)) this.#setup.onFactory?.(serial, what);
    this.#factory.set(serial, known.add(what));
  }
}
