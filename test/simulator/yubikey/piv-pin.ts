/** Commands around PIN and PUK: verify, change, unblock, number of tries, reset. Part of the software YubiKey; pure. */
import { done, refuse, sw, triesLeft, type Answer, type Command } from './apdu.ts';
import { REFERENCE_SIZE, type PinReference } from './pin-reference.ts';
import { mustManage, restoreFactory, type PivState } from './piv-state.ts';

const PIN = 0x80;
const PUK = 0x81;

function halves(data: Buffer): readonly [Buffer, Buffer] {
  if (data.length !== 2 * REFERENCE_SIZE) refuse(sw.wrongLength);
  return [data.subarray(0, REFERENCE_SIZE), data.subarray(REFERENCE_SIZE)];
}

/** Without data it is a question that uses up nothing. P1 FF forgets that the PIN was given. */
export function verifyPin(state: PivState, { p1, p2, data }: Command): Answer {
  if (p2 !== PIN || (p1 !== 0 && p1 !== 0xff)) refuse(sw.wrongParameters);
  const { pin, session } = state;
  if (p1 === 0xff) {
    session.pinVerified = false;
    session.pinFresh = false;
    return done();
  }
  if (data.length === 0) {
    if (session.pinVerified) return done();
    return refuse(pin.isBlocked ? sw.blocked : triesLeft(pin.triesLeft));
  }
  if (data.length !== REFERENCE_SIZE) refuse(sw.wrongLength);
  session.pinVerified = false;
  session.pinFresh = false;
  pin.check(data);
  session.pinVerified = true;
  session.pinFresh = true;
  return done();
}

function changed(reference: PinReference, old: Buffer, fresh: Buffer): Answer {
  reference.check(old);
  reference.set(fresh);
  return done();
}

export function changeReference(state: PivState, { p1, p2, data }: Command): Answer {
  if (p1 !== 0 || (p2 !== PIN && p2 !== PUK)) refuse(sw.wrongParameters);
  const [old, fresh] = halves(data);
  if (p2 === PIN) state.session.pinVerified = false;
  return changed(p2 === PIN ? state.pin : state.puk, old, fresh);
}

/** The PUK sets a new PIN, blocked or not. */
export function resetRetryCounter(state: PivState, { p1, p2, data }: Command): Answer {
  if (p1 !== 0 || p2 !== PIN) refuse(sw.wrongParameters);
  const [puk, fresh] = halves(data);
  state.puk.check(puk);
  state.pin.set(fresh);
  return done();
}

/** P1 tries for the PIN, P2 for the PUK; both are the factory's again afterwards. */
export function setRetries(state: PivState, { p1, p2 }: Command): Answer {
  mustManage(state);
  if (!state.session.pinVerified) refuse(sw.securityStatus);
  if (p1 === 0 || p2 === 0) refuse(sw.wrongParameters);
  state.pin.restore(p1);
  state.puk.restore(p2);
  return done();
}

/** Only for who can no longer do anything else with it. */
export function resetApplet(state: PivState, { p1, p2 }: Command): Answer {
  if (p1 !== 0 || p2 !== 0) refuse(sw.wrongParameters);
  if (!state.pin.isBlocked || !state.puk.isBlocked) refuse(sw.conditions);
  restoreFactory(state);
  return done();
}
