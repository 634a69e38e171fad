/**
 * Finds tokens: library, token process, and what is plugged in. Privileged process.
 * Nothing is started on a computer that certainly has no token, so that listing keys stays quick everywhere.
 */
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import { findLibrary, maybeServesCards, requireSafeLibrary, usualLibraries } from './libraries.ts';
import type { TokenClient } from './token-client.ts';
import { isTokenKey, toTokenSlot, type TokenKey, type TokenSlot } from './token-keys.ts';
import type { DeviceFacts, TokenAnswer, TokenRequest } from './token-messages.ts';
import type { TokenName } from './token-prompts.ts';
import { provenName, type TokenSettingsFile } from './token-settings.ts';

export interface TokenDevice extends DeviceFacts {
  /** Given by the person. */
  readonly name: string | undefined;
}

/** What can be said about tokens on this computer: four different reasons for "none", or the devices. */
export type TokenState =
  | { readonly kind: 'not-built' }
  | { readonly kind: 'no-library'; readonly looked: readonly string[] }
  | { readonly kind: 'no-service' }
  | { readonly kind: 'no-token'; readonly library: string }
  | { readonly kind: 'ready'; readonly library: string; readonly devices: readonly TokenDevice[] }
  /** The library is refused, broken, or its process keeps ending. */
  | { readonly kind: 'failed'; readonly error: AppError };

export interface FinderParts {
  readonly client: TokenClient;
  readonly settings: TokenSettingsFile;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
}

/** How long locking waits for its turn. */
const patienceMs = 2_000;

export class TokenFinder {
  readonly #parts: FinderParts;
  #library: string | undefined;
  #seen = new Map<string, TokenDevice>();

  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#parts.client.isBusy;
  }

  /** What is there now. Never throws for what is one of the states. @throws `config/*` */
  async look(): Promise<TokenState> {
    try {
      const devices = await this.devices();
      const library = this.#library ?? '';
      return devices.length === 0 ? { kind: 'no-token', library } : { kind: 'ready', library, devices };
    } catch (error) {
      return toState(error);
    }
  }

  /** @throws `yubikey/*` where nothing can be plugged in at all */
  async devices(): Promise<readonly TokenDevice[]> {
    const found = await this.ask({ op: 'devices' });
    const { names } = await this.#parts.settings.load();
    const devices = found.map((device) => ({ ...device, name: names.get(device.serial) }));
    for (const device of devices) this.#seen.set(device.serial, device);
    return devices;
  }

  /** As it was when last seen: for questions that are asked while the token is busy, or gone. */
  remembered(serial: string): TokenName {
    const device = this.#seen.get(serial);
    return device === undefined ? { serial, name: undefined, model: 'token' } : toTokenName(device);
  }

  /** One device. @throws `yubikey/not-plugged-in` */
  async device(serial: string): Promise<TokenDevice> {
    const found = (await this.devices()).find((device) => device.serial === serial);
    if (found === undefined) throw new AppError('yubikey/not-plugged-in', { serial });
    return found;
  }

  /** The only device, or the one that is named by serial or by its own name. @throws `yubikey/choose`, `yubikey/no-token` */
  async choose(wanted: string | undefined): Promise<TokenDevice> {
    const devices = await this.devices();
    const fitting = devices.filter(
      ({ serial, name }) => wanted === undefined || serial === wanted || name === wanted,
    );
    const [first, second] = fitting;
    if (first !== undefined && second === undefined) return first;
    if (first !== undefined) throw new AppError('yubikey/choose', { serials: fitting.map((d) => d.serial) });
    if (wanted !== undefined) throw new AppError('yubikey/not-plugged-in', { serial: wanted });
    throw new AppError('yubikey/no-token', {});
  }

  /** `fresh`: another program may have written to the token since. @throws `yubikey/*` */
  async slots(device: DeviceFacts, fresh: boolean): Promise<readonly TokenSlot[]> {
    const { serial, isPiv } = device;
    const contents = await this.ask({ op: 'contents', serial, fresh });
    const { proven } = await this.#parts.settings.load();
    return contents.map((facts) => {
      const slot = toTokenSlot(serial, isPiv, facts);
      return proven.has(provenName(serial, slot.keyId ?? '')) ? { ...slot, isCertain: true } : slot;
    });
  }

  /**
   * The keys of every token that is plugged in; none where there is no token. `fresh`: read from the tokens anew.
   * @throws what is no ordinary absence
   */
  async keys({ fresh = false } = {}): Promise<readonly TokenKey[]> {
    const state = await this.look();
    if (state.kind === 'failed') throw state.error;
    if (state.kind !== 'ready') return [];
    const found: TokenKey[] = [];
    for (const device of state.devices) {
      try {
        found.push(...(await this.slots(device, fresh)).filter(isTokenKey));
      } catch (error) {
        // It left while it was looked at.
        if (!hasCode(error, 'yubikey/removed') && !hasCode(error, 'yubikey/not-plugged-in')) throw error;
      }
    }
    return found;
  }

  /** @throws `yubikey/*` */
  async ask<O extends Exclude<TokenRequest['op'], 'open' | 'close'>>(
    request: Extract<TokenRequest, { op: O }>,
    signal?: AbortSignal,
  ): Promise<TokenAnswer<O>> {
    return this.#parts.client.request(await this.#findLibrary(), request, signal);
  }

  /** The key signed: from now on it is known to be there. */
  async prove({ serial, keyId }: TokenKey): Promise<void> {
    await this.#parts.settings.prove(serial, keyId);
  }

  /** After another library was chosen. */
  forgetLibrary(): void {
    this.#library = undefined;
    this.#parts.client.end();
  }

  /**
   * Ends what `holder` unlocked; the token is locked when nobody else uses it. Never throws: it is the end of something,
   * and a process that cannot do it is ended itself.
   */
  async release(serial: string, holder: string): Promise<void> {
    await this.#lock({ op: 'logout', serial, holder });
  }

  /** Locks a token, or every token, whoever uses it. Never throws. */
  async lock(serial?: string): Promise<void> {
    if (!this.#parts.client.isRunning) return;
    // A process that is busy with something else must not stay unlocked for so long.
    const busy = setTimeout(() => this.#parts.client.kill(), patienceMs);
    await this.#lock({ op: 'logout', ...(serial === undefined ? {} : { serial }) });
    clearTimeout(busy);
  }

  /** For good. */
  close(): void {
    this.#parts.client.close();
  }

  async #lock(request: Extract<TokenRequest, { op: 'logout' }>): Promise<void> {
    // Once more when the process ended over it: the card may still be unlocked, and the next one resets it.
    await this.ask({ ...request }).catch(() => this.ask({ ...request }).catch(() => undefined));
  }

  async #findLibrary(): Promise<string> {
    if (this.#library !== undefined) return this.#library;
    const { env, platform, settings } = this.#parts;
    const { library: chosen } = await settings.load();
    const library = await findLibrary(chosen, usualLibraries(platform, env));
    if (chosen === undefined && !(await maybeServesCards(platform, env))) {
      throw new AppError('yubikey/no-service', {});
    }
    this.#library = await requireSafeLibrary(library);
    return library;
  }
}

function toState(error: unknown): TokenState {
  if (!isAppError(error)) throw error;
  if (hasCode(error, 'yubikey/not-built')) return { kind: 'not-built' };
  if (hasCode(error, 'yubikey/no-library')) return { kind: 'no-library', looked: error.details.looked };
  if (hasCode(error, 'yubikey/no-service')) return { kind: 'no-service' };
  if (error.code.startsWith('yubikey/')) return { kind: 'failed', error };
  throw error;
}

export function toTokenName({ serial, name, model, label }: TokenDevice): TokenName {
  return { serial, name, model: model === '' ? label : model };
}
