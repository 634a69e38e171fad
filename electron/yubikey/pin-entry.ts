/**
 * Asks for PINs, PUKs and management keys, and hands them to the token process. Privileged process.
 *
 * SECURITY: nothing is ever tried without keystrokes: no factory value, no environment variable, nothing remembered. What
 * cannot be right is refused before it costs a try, and the last try needs a second confirmation.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import { toTokenName, type TokenDevice, type TokenFinder } from './token-finder.ts';
import type { SecretName } from './token-failures.ts';
import type { TriesLeft } from './token-messages.ts';
import type { PinAnswer, PinQuestion, TokenPrompts } from './token-prompts.ts';

const factory: Readonly<Record<SecretName, string>> = {
  PIN: '123456',
  PUK: '12345678',
  'management key': '010203040506070801020304050607080102030405060708',
};

export interface Asking {
  readonly device: TokenDevice;
  readonly what: SecretName;
  readonly purpose: readonly string[];
  readonly slot?: string | undefined;
  readonly canKeep?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export class PinEntry {
  readonly #finder: TokenFinder;
  readonly #prompts: TokenPrompts;
  readonly #onFactory: (serial: string, what: SecretName) => void;
  /** Tokens do not tell how many tries their PUK has left: wrong ones are counted here. */
  readonly #wrongPuks = new Map<string, number>();

  constructor(
    finder: TokenFinder,
    prompts: TokenPrompts,
    onFactory: (serial: string, what: SecretName) => void,
  ) {
    this.#finder = finder;
    this.#prompts = prompts;
    this.#onFactory = onFactory;
  }

  /**
   * Asks until `use` takes what was typed. `use` gets bytes of its own, which the token process's client zeroes.
   * @throws `yubikey/pin-locked`, `prompt/cancelled`, and what `use` throws
   */
  async until<T>(asking: Asking, use: (secret: () => Uint8Array, keep: boolean) => Promise<T>): Promise<T> {
    let problem: PinQuestion['problem'];
    for (;;) {
      const { pin, keep } = await this.#ask(asking, problem);
      try {
        if (!isPlausible(asking, pin)) {
          problem = 'malformed';
          continue;
        }
        const result = await use(() => bytesOf(pin), keep);
        if (asking.what === 'PUK') this.#wrongPuks.delete(asking.device.serial);
        if (isFactory(asking.what, pin)) this.#onFactory(asking.device.serial, asking.what);
        return result;
      } catch (error) {
        if (hasCode(error, 'yubikey/wrong-pin')) {
          problem = 'wrong';
          this.#count(asking);
        } else if (hasCode(error, 'yubikey/pin-malformed')) problem = 'malformed';
        else throw error;
      } finally {
        pin.wipe();
      }
    }
  }

  /** A new PIN or PUK, typed twice; the factory's is not taken. The caller wipes it. */
  async choose(asking: Asking): Promise<SecretBytes> {
    let problem: PinQuestion['problem'];
    for (;;) {
      const question = { ...toQuestion(asking, asking.device, problem, 'all'), isNew: true };
      const { pin } = await this.#prompts.askPin(question, asking.signal);
      if (!isPlausible(asking, pin)) problem = 'malformed';
      else if (isFactory(asking.what, pin)) problem = 'factory';
      else return pin;
      pin.wipe();
    }
  }

  async #ask(asking: Asking, problem: PinQuestion['problem']): Promise<PinAnswer> {
    // Asked of the token each time: another program may have used up tries meanwhile.
    const device = await this.#finder.device(asking.device.serial);
    const { serial } = device;
    const left = this.#triesOf(device, asking.what);
    if (left === 'none') throw new AppError('yubikey/pin-locked', { serial, what: asking.what });
    if (left === 'last') await this.#confirmLastTry(device, asking);
    return this.#prompts.askPin(toQuestion(asking, device, problem, left), asking.signal);
  }

  #count({ device: { serial }, what }: Asking): void {
    if (what === 'PUK') this.#wrongPuks.set(serial, (this.#wrongPuks.get(serial) ?? 0) + 1);
  }

  #triesOf(device: TokenDevice, what: SecretName): TriesLeft {
    if (what === 'management key') return 'all';
    if (what === 'PIN') return device.pin;
    const wrong = this.#wrongPuks.get(device.serial) ?? 0;
    if (device.puk !== 'unknown' || wrong === 0) return device.puk;
    // Three tries are what a token comes with.
    return wrong >= 2 ? 'last' : 'fewer';
  }

  async #confirmLastTry({ serial, name }: TokenDevice, { what, signal }: Asking): Promise<void> {
    const token = name === undefined ? `token ${serial}` : `${name} (${serial})`;
    const blocked =
      what === 'PIN' ? 'It can then be unblocked with the PUK only.' : 'It can then never be used again.';
    await this.#prompts.confirm(
      {
        title: `Last try for the ${what}`,
        text: `One try is left for the ${what} of ${token}. If it is wrong, the ${what} is blocked. ${blocked}`,
        confirmLabel: 'Use the last try',
        destructive: true,
      },
      signal,
    );
  }
}

function toQuestion(
  asking: Asking,
  device: TokenDevice,
  problem: PinQuestion['problem'],
  left: TriesLeft,
): PinQuestion {
  const { what, slot, purpose, canKeep = false } = asking;
  return { token: toTokenName(device), slot, what, isNew: false, purpose, problem, left, canKeep };
}

/** PIV: 6 to 8 bytes; a management key is 24 or 32 bytes in hex. Other tokens have their own rules. */
function isPlausible({ device, what }: Asking, pin: SecretBytes): boolean {
  if (what === 'management key') {
    return pin.use((bytes) =>
      /^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(Buffer.from(bytes).toString('latin1')),
    );
  }
  if (!device.isPiv) return pin.length >= 1 && pin.length <= 64;
  return pin.length >= 6 && pin.length <= 8;
}

function isFactory(what: SecretName, pin: SecretBytes): boolean {
  const known = Buffer.from(factory[what]);
  return pin.use((bytes) => known.equals(bytes));
}

export function bytesOf(secret: SecretBytes): Uint8Array {
  return secret.use((bytes) => Uint8Array.from(bytes));
}
