/**
 * The tokens that are plugged in, and one session with each. Token process.
 * Sessions are opened when first needed and dropped when their token leaves: the library's cache of objects is only as
 * good as the session, and after a token came back the slot list must be asked for before anything else.
 */
import { AppError } from '../../shared/errors.ts';
import { type Handle, Pkcs11Failure, type Pkcs11Library, type TokenFacts } from './pkcs11-port.ts';
import { isFailure, isLost, refused, triesOf } from './token-failures.ts';
import type { DeviceFacts } from './token-messages.ts';

export interface Attached {
  readonly slot: Handle;
  readonly facts: TokenFacts;
  /** Yubico's library: object IDs are PIV slots, and writing needs the management key. */
  readonly isPiv: boolean;
  session: Handle | undefined;
  isLoggedIn: boolean;
}

/** A reader notices within 400 ms that its card left. */
const absenceChecks = 5;
const absenceCheckMs = 200;

export type Wait = (ms: number) => Promise<void>;

export class AttachedTokens {
  readonly #library: Pkcs11Library;
  readonly #wait: Wait;
  #attached = new Map<string, Attached>();

  constructor(library: Pkcs11Library, wait: Wait) {
    this.#library = library;
    this.#wait = wait;
  }

  /** Asks the readers; forgets what left. @throws `yubikey/no-service` */
  refresh(): readonly Attached[] {
    const before = this.#attached;
    this.#attached = new Map();
    for (const slot of this.#slots()) {
      const facts = this.#factsOf(slot);
      if (facts === undefined) continue;
      const serial = facts.serial === '' ? facts.label : facts.serial;
      const known = before.get(serial);
      const same = known !== undefined && sameBytes(known.slot, slot) ? known : undefined;
      if (same !== undefined) before.delete(serial);
      const isPiv = /^Yubico/i.test(facts.manufacturer);
      const { session, isLoggedIn } = same ?? { session: undefined, isLoggedIn: false };
      this.#attached.set(serial, { slot, facts: { ...facts, serial }, isPiv, session, isLoggedIn });
    }
    for (const gone of before.values()) this.#close(gone);
    return [...this.#attached.values()];
  }

  /** One token, asked for anew. @throws `yubikey/not-plugged-in` */
  get(serial: string): Attached {
    this.refresh();
    const found = this.#attached.get(serial);
    if (found === undefined) throw new AppError('yubikey/not-plugged-in', { serial });
    return found;
  }

  session(token: Attached): Handle {
    token.session ??= this.#library.openSession(token.slot);
    return token.session;
  }

  /** Ends the session, and with it the login. What the library says to that is of no interest. */
  drop(token: Attached): void {
    this.#close(token);
    token.session = undefined;
    token.isLoggedIn = false;
  }

  /** What the token counts now; asked of the token, not remembered. */
  tries(token: Attached, which: 'pin' | 'puk') {
    return triesOf(this.#library.tokenFacts(token.slot), which);
  }

  /**
   * Runs `work`; when the token seems lost, finds out whether it left or refused.
   * @throws `yubikey/removed` when it left, `yubikey/refused` for every other refusal that `work` did not explain
   */
  async during<T>(token: Attached, work: () => T | Promise<T>): Promise<T> {
    const { serial } = token.facts;
    try {
      return await work();
    } catch (error) {
      if (isLost(error)) {
        // Whatever it was: this session is not used again.
        this.drop(token);
        if (await this.#leaves(serial)) throw new AppError('yubikey/removed', { serial }, { cause: error });
      }
      throw refused(error, serial);
    }
  }

  /** What is needed to read a token's slots. */
  place(token: Attached) {
    const { isPiv, isLoggedIn, facts } = token;
    const { major, minor } = facts.firmware;
    const tellsOfKeys = isPiv && (major > 5 || (major === 5 && minor >= 30));
    return { library: this.#library, session: this.session(token), isPiv, isLoggedIn, tellsOfKeys };
  }

  logout(token: Attached): void {
    token.isLoggedIn = false;
    if (token.session === undefined) return;
    try {
      this.#library.logout(token.session);
    } catch (error) {
      if (isFailure(error, 'CKR_USER_NOT_LOGGED_IN')) return;
      // A login that cannot be ended ends with the session.
      if (error instanceof Pkcs11Failure) this.drop(token);
      else throw error;
    }
  }

  toDevice({ facts, isPiv, isLoggedIn }: Attached): DeviceFacts {
    const { serial, label, model, manufacturer, firmware } = facts;
    // Yubico's library has no place for the third number and writes 5.4.3 as 5.43.
    const { major, minor } = firmware;
    const rest = isPiv ? [Math.floor(minor / 10), minor % 10] : [minor];
    const version = [major, ...rest].join('.');
    const tries = { pin: triesOf(facts, 'pin'), puk: isPiv ? ('unknown' as const) : triesOf(facts, 'puk') };
    const choosesTouch = isPiv && choosesPolicies(this.#library.facts().version);
    return {
      serial,
      label,
      model,
      manufacturer,
      firmware: version,
      isPiv,
      isLoggedIn,
      choosesTouch,
      ...tries,
    };
  }

  #slots(): readonly Handle[] {
    try {
      return this.#library.slotsWithToken();
    } catch (error) {
      if (!(error instanceof Pkcs11Failure)) throw error;
      for (const token of this.#attached.values()) this.drop(token);
      this.#attached.clear();
      throw new AppError('yubikey/no-service', {}, { cause: error });
    }
  }

  /** Undefined for a slot whose token left at this very moment, or was never set up. */
  #factsOf(slot: Handle): TokenFacts | undefined {
    try {
      const facts = this.#library.tokenFacts(slot);
      return facts.serial === '' && facts.label === '' ? undefined : facts;
    } catch (error) {
      if (error instanceof Pkcs11Failure) return undefined;
      throw error;
    }
  }

  async #leaves(serial: string): Promise<boolean> {
    for (let check = 0; check < absenceChecks; check++) {
      if (!this.refresh().some(({ facts }) => facts.serial === serial)) return true;
      await this.#wait(absenceCheckMs);
    }
    return false;
  }

  #close({ session }: Attached): void {
    if (session === undefined) return;
    try {
      this.#library.closeSession(session);
    } catch (error) {
      // The token is gone, and its session with it.
      if (!(error instanceof Pkcs11Failure)) throw error;
    }
  }
}

/** Yubico's library takes touch and PIN policies from 2.3.0 on, which it counts as 2.30. */
export function choosesPolicies({
  major,
  minor,
}: {
  readonly major: number;
  readonly minor: number;
}): boolean {
  return major > 2 || (major === 2 && minor >= 30);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
