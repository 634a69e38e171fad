/**
 * The tokens that are plugged in, and one session with each. Token process.
 * Sessions are opened when first needed and dropped when their token leaves: the library's cache of objects is only as
 * good as the session, and after a token came back the slot list must be asked for before anything else.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import { isAtLeast, toDeviceFacts } from './device-facts.ts';
import { Logins } from './logins.ts';
import { cka, cko, type Handle, Pkcs11Failure, type Pkcs11Library, type TokenFacts } from './pkcs11-port.ts';
import { type Attached, isUnreadPiv, isYubicos, sameBytes } from './attached-token.ts';
import { attestationId } from './slot-names.ts';
import { isFailure, isLost, refused, triesOf } from './token-failures.ts';
import type { DeviceFacts } from './token-messages.ts';

/** A reader notices within 400 ms that its card left. */
const absenceChecks = 5;
const absenceCheckMs = 200;

export type Wait = (ms: number) => Promise<void>;

/** A session of which Yubico's library has not read everything: nothing was done with it yet. */
class HalfRead extends Pkcs11Failure {
  constructor() {
    super('C_OpenSession', 'CKR_DEVICE_ERROR');
  }
}

export class AttachedTokens {
  readonly #library: Pkcs11Library;
  readonly #wait: Wait;
  readonly #onBroken: () => void;
  #attached = new Map<string, Attached>();
  #hasSeenPiv = false;
  #isBroken = false;
  /** Tokens that stayed and were still not read whole: their attestation certificate was deleted. */
  readonly #bare = new Set<string>();

  /** `onBroken`: the library did not start again, and is not to be asked for anything. */
  constructor(library: Pkcs11Library, wait: Wait, onBroken: () => void) {
    this.#library = library;
    this.#wait = wait;
    this.#onBroken = onBroken;
  }

  /** Asks the readers; forgets what left. @param isAnew the library has just begun @throws `yubikey/no-service` */
  refresh(isAnew = false): readonly Attached[] {
    // First of all: when it fails, what was known is closed.
    const slots = this.#slots();
    const before = this.#attached;
    this.#attached = new Map();
    let isUnread = false;
    for (const slot of slots) {
      const facts = this.#factsOf(slot);
      if (facts === undefined) continue;
      if (isUnreadPiv(facts)) {
        isUnread = true;
        continue;
      }
      const serial = facts.serial === '' ? facts.label : facts.serial;
      const known = before.get(serial);
      const same = known !== undefined && sameBytes(known.slot, slot) ? known : undefined;
      if (same !== undefined) before.delete(serial);
      const isPiv = isYubicos(facts);
      this.#hasSeenPiv ||= isPiv;
      const token = same ?? { slot, facts, isPiv, session: undefined, logins: new Logins() };
      token.facts = { ...facts, serial };
      this.#believe(token);
      this.#attached.set(serial, token);
    }
    for (const [serial, gone] of before) {
      this.#bare.delete(serial);
      this.drop(gone);
    }
    // What was reached while it left or came stays unread for as long as the library keeps its connection.
    if (isUnread && !isAnew && !this.#isInUse()) {
      this.#restart();
      return this.refresh(true);
    }
    return [...this.#attached.values()];
  }

  /**
   * SECURITY: who pulls a token out and puts it back between two looks has locked it, and may have changed what is on it.
   */
  #believe(token: Attached): void {
    if (token.session === undefined || token.logins.isEmpty) return;
    if (!this.#isLoggedIn(token.session)) this.drop(token);
  }

  #isLoggedIn(session: Handle): boolean {
    try {
      return this.#library.isUserLoggedIn(session);
    } catch (error) {
      if (error instanceof Pkcs11Failure) return false;
      throw error;
    }
  }

  /** One token, asked for anew. @throws `yubikey/not-plugged-in` */
  get(serial: string): Attached {
    this.refresh();
    const found = this.#attached.get(serial);
    if (found === undefined) throw new AppError('yubikey/not-plugged-in', { serial });
    return found;
  }

  /**
   * SECURITY: Yubico's library opens a session with a token that leaves meanwhile, and shows the slots that it could not
   * read as empty; what is in them would be overwritten. The attestation certificate is read last of all keys.
   */
  session(token: Attached): Handle {
    if (token.session !== undefined) return token.session;
    token.session = this.#library.openSession(token.slot);
    const { serial } = token.facts;
    if (this.#isWhole(token, token.session)) this.#bare.delete(serial);
    else if (!this.#bare.has(serial)) throw new HalfRead();
    return token.session;
  }

  #isWhole({ isPiv, facts }: Attached, session: Handle): boolean {
    // Before 4.3 there was no attestation.
    if (!isPiv || !isAtLeast(facts.firmware, [4, 30])) return true;
    const template = [
      { type: cka.class, value: cko.certificate },
      { type: cka.id, value: Buffer.from(attestationId, 'hex') },
    ];
    return this.#library.find(session, template).length > 0;
  }

  /** Ends the session, and with it the login. What the library says to that is of no interest. */
  drop(token: Attached): void {
    this.#close(token);
    token.session = undefined;
    token.logins.clear();
  }

  /**
   * Ends the library, and with it every session and login; nothing is known of any token afterwards.
   * SECURITY: a login that Yubico's library has ended lives on in the card, for every program that reaches it: what resets
   * the card is the end of the library. While another token is in use, that has to wait for its logout.
   */
  lockCards(): void {
    // Also for a token that does not answer at this moment: it may still be there.
    if (this.#hasSeenPiv && !this.#isInUse()) this.#restart();
  }

  #isInUse(): boolean {
    return [...this.#attached.values()].some(({ logins }) => !logins.isEmpty);
  }

  #restart(): void {
    this.#attached.clear();
    try {
      this.#library.restart();
    } catch (error) {
      // What half of a library would do is unknown.
      this.#isBroken = true;
      this.#onBroken();
      throw error;
    }
  }

  /** What the token counts now; asked of the token, not remembered. */
  tries(token: Attached, which: 'pin' | 'puk') {
    return triesOf(this.#library.tokenFacts(token.slot), which);
  }

  /**
   * Runs `work` on a token; when the token seems lost, finds out whether it left or refused.
   * @throws `yubikey/removed` when it left, `yubikey/refused` for every other refusal that `work` did not explain
   */
  async during<T>(serial: string, work: (token: Attached) => T | Promise<T>): Promise<T> {
    let token = this.get(serial);
    try {
      token = await this.open(token);
      return await work(token);
    } catch (error) {
      if (!this.#isBroken && (isLost(error) || isDoubtful(error))) await this.#mustStay(token, error);
      throw refused(error, serial);
    }
  }

  /**
   * Makes sure of a session in which everything was read; the token is another object where the library began anew.
   * @throws `yubikey/removed` when the token left over it
   */
  async open(token: Attached): Promise<Attached> {
    try {
      this.session(token);
      return token;
    } catch (error) {
      if (!(error instanceof HalfRead)) throw error;
      await this.#mustStay(token, error);
      // A token that left and came between two looks of its reader answers nothing to a library that was there before,
      // and seems to be plugged in for ever: only the end of the library ends that. Where another token is in use, it waits.
      if (this.#isInUse()) throw error;
      this.#restart();
      const { serial } = token.facts;
      const again = this.get(serial);
      // It is read once more, and then believed.
      this.#bare.add(serial);
      this.session(again);
      return again;
    }
  }

  /** Whatever it was that failed: this session is not used again. */
  async #mustStay(token: Attached, cause: unknown): Promise<void> {
    const { serial } = token.facts;
    this.drop(token);
    if (await this.#leaves(serial)) throw new AppError('yubikey/removed', { serial }, { cause });
  }

  /** What is needed to read a token's slots. */
  place(token: Attached) {
    const { isPiv, logins, facts } = token;
    const isLoggedIn = !logins.isEmpty;
    const tellsOfKeys = isPiv && isAtLeast(facts.firmware, [5, 30]);
    return { library: this.#library, session: this.session(token), isPiv, isLoggedIn, tellsOfKeys };
  }

  /** For everybody. */
  logout(token: Attached): void {
    token.logins.clear();
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

  toDevice(token: Attached): DeviceFacts {
    return toDeviceFacts(token, this.#library.facts().version);
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

  /** A session that stays open keeps the library's old view of the token: it is tried twice. */
  #close({ session }: Attached): void {
    if (session === undefined) return;
    if (!this.#closes(session)) this.#closes(session);
  }

  #closes(session: Handle): boolean {
    try {
      this.#library.closeSession(session);
      return true;
    } catch (error) {
      // The token is gone, and its session with it.
      if (error instanceof Pkcs11Failure) return false;
      throw error;
    }
  }
}

/** Yubico's library says "wrong" of every management key that it could not check. */
function isDoubtful(error: unknown): boolean {
  return hasCode(error, 'yubikey/wrong-pin') && error.details.what === 'management key';
}
