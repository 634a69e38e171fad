/**
 * Tokens over time: what is plugged in now, told whenever it changes, and the keys that can sign, as they were when last
 * looked at. Privileged process. What is shown never waits for a token; only an act does.
 */
import type { YubikeyState } from '../../shared/ipc/yubikey.ts';
import { isAppError } from '../../shared/errors.ts';
import type { TokenDesk } from './token-desk.ts';
import type { TokenState } from './token-finder.ts';
import type { TokenKey } from './token-keys.ts';
import { toStateView } from './token-views.ts';

export interface TokenWatchSetup {
  readonly desk: TokenDesk;
  readonly onChanged: (state: YubikeyState) => void;
  /** Other keys are at hand than before. */
  readonly onKeys: () => void;
  /** Watching ended, or keys could not be listed. */
  readonly onProblem: (error: unknown) => void;
}

export class TokenWatch {
  readonly #setup: TokenWatchSetup;
  #keys: readonly TokenKey[] = [];
  #isWatching = false;

  constructor(setup: TokenWatchSetup) {
    this.#setup = setup;
  }

  /** Keys that can sign, on the tokens that were plugged in when last looked. Never waits. */
  get keys(): readonly TokenKey[] {
    return this.#keys;
  }

  /** What is plugged in now. From the first time on, changes are told. @throws `config/*` */
  async state(): Promise<YubikeyState> {
    const state = this.#view(await this.#setup.desk.look());
    this.#watch();
    return state;
  }

  /** After something was done to a token from here. */
  async announce(): Promise<void> {
    await this.#changed(await this.#setup.desk.look());
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    const { desk, onProblem } = this.#setup;
    const onChanged = (state: TokenState): void => void this.#changed(state).catch(onProblem);
    desk.watch(onChanged, (error) => {
      this.#isWatching = false;
      onProblem(error);
    });
  }

  async #changed(state: TokenState): Promise<void> {
    this.#setup.onChanged(this.#view(state));
    const keys = state.kind === 'ready' ? await this.#listKeys() : [];
    const isSame = markOf(keys) === markOf(this.#keys);
    this.#keys = keys;
    if (isSame) return;
    this.#setup.onKeys();
    // Told at once above, and again now that its keys are known.
    this.#setup.onChanged(this.#view(state));
  }

  /** A token that cannot be read has no keys to offer; that is said, and its own page says why. */
  async #listKeys(): Promise<readonly TokenKey[]> {
    try {
      return await this.#setup.desk.keys();
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#setup.onProblem(error);
      return [];
    }
  }

  #view(state: TokenState): YubikeyState {
    return toStateView(state, (serial) => this.#setup.desk.factoryValues(serial));
  }
}

const markOf = (keys: readonly TokenKey[]): string =>
  keys.map(({ serial, slot, keyId, isCertain }) => [serial, slot, keyId, isCertain].join(' ')).join('\n');
