/** Commands with private keys: generate, import, use, attest, describe. Part of the software YubiKey; pure. */
import { done, refuse, sw, type Answer, type Command, type Outcome } from './apdu.ts';
import { generateMaterial, importMaterial } from './key-material.ts';
import { factory, isAtLeast, mustManage, type PivState, type SlotKey } from './piv-state.ts';
import {
  algorithmOf,
  algorithms,
  attestationSlot,
  keySlots,
  managementSlot,
  pinPolicies,
  pinPolicyOf,
  touchPolicies,
  touchPolicyOf,
  type AlgorithmName,
} from './slots.ts';
import { byteTlv, parseTlvMap, tlv, unwrap } from './tlv.ts';

const TOUCH_CACHE_MS = 15_000;
const tags = { template: 0x7c, challenge: 0x81, response: 0x82, exponent: 0x85 } as const;

function mustBeWritable(slot: number): void {
  if (!keySlots.includes(slot)) refuse(sw.wrongParameters);
  // The one limit against a real key: its attestation key stays what it was made with.
  if (slot === attestationSlot) refuse(sw.notSupported);
}

function knownAlgorithm(code: number | undefined): AlgorithmName {
  return algorithmOf(code) ?? refuse(sw.wrongData);
}

function policies(slot: number, fields: ReadonlyMap<number, Buffer>) {
  const pinPolicy = pinPolicyOf(fields.get(0xaa)?.[0] ?? 0, slot);
  const touchPolicy = touchPolicyOf(fields.get(0xab)?.[0] ?? 0);
  if (pinPolicy === undefined || touchPolicy === undefined) return refuse(sw.wrongData);
  return { pinPolicy, touchPolicy };
}

/** Whatever was in the slot is gone: the card asks nobody. */
export function generateKey(state: PivState, { p1, p2, data }: Command): Answer {
  mustManage(state);
  if (p1 !== 0) refuse(sw.wrongParameters);
  mustBeWritable(p2);
  const fields = parseTlvMap(unwrap(data, 0xac));
  const material = generateMaterial(knownAlgorithm(fields.get(0x80)?.[0]));
  state.keys.set(p2, { material, origin: 'generated', ...policies(p2, fields) });
  return done(tlv(0x7f49, material.publicTlv));
}

export function importKey(state: PivState, { p1, p2, data }: Command): Answer {
  mustManage(state);
  mustBeWritable(p2);
  const fields = parseTlvMap(data);
  const material = importMaterial(knownAlgorithm(p1), fields);
  state.keys.set(p2, { material, origin: 'imported', ...policies(p2, fields) });
  return done();
}

function keyIn(state: PivState, slot: number): SlotKey {
  return state.keys.get(slot) ?? refuse(sw.wrongData);
}

function mustHavePin(state: PivState, { pinPolicy }: SlotKey): void {
  const { pinVerified, pinFresh } = state.session;
  const isGiven = { never: true, once: pinVerified, always: pinVerified && pinFresh }[pinPolicy];
  if (!isGiven) refuse(sw.securityStatus);
}

function needsTouch(state: PivState, { touchPolicy, touchedAt }: SlotKey): boolean {
  if (touchPolicy !== 'cached') return touchPolicy === 'always';
  return touchedAt === undefined || state.now() - touchedAt > TOUCH_CACHE_MS;
}

/** GENERAL AUTHENTICATE on a slot: a signature over `81`, or ECDH with the point in `85`. */
export function usePrivateKey(state: PivState, { p1, p2, data }: Command): Outcome {
  const key = keyIn(state, p2);
  if (p1 !== algorithms[key.material.algorithm]) refuse(sw.wrongData);
  mustHavePin(state, key);
  const fields = parseTlvMap(unwrap(data, tags.template));
  const [challenge, point] = [fields.get(tags.challenge), fields.get(tags.exponent)];
  if (!fields.has(tags.response) || (challenge === undefined) === (point === undefined)) refuse(sw.wrongData);
  const compute = () => (challenge === undefined ? key.material.agree(point!) : key.material.sign(challenge));
  const finish = (touched: boolean): Answer => {
    if (!touched) refuse(sw.securityStatus);
    key.touchedAt = state.now();
    return done(tlv(tags.template, tlv(tags.response, compute())));
  };
  return needsTouch(state, key) ? { finish } : done(tlv(tags.template, tlv(tags.response, compute())));
}

/** P1 the slot. Imported keys have no story to tell. */
export function attestKey(state: PivState, { p1, p2 }: Command): Answer {
  if (p2 !== 0) refuse(sw.wrongParameters);
  const key = keyIn(state, p1);
  if (key.origin !== 'generated') refuse(sw.wrongData);
  const { version, serial, attester } = state;
  const policy = {
    pinPolicy: pinPolicies[key.pinPolicy],
    touchPolicy: touchPolicies[key.touchPolicy],
  };
  return done(attester.attest(p1, key.material.publicKey, { version, serial, ...policy }));
}

const referenceMetadata = (state: PivState, name: 'pin' | 'puk'): Buffer => {
  const { isFactory, mostTries, triesLeft } = state[name];
  return Buffer.concat([
    byteTlv(0x01, 0xff),
    byteTlv(0x05, isFactory ? 1 : 0),
    byteTlv(0x06, mostTries, triesLeft),
  ]);
};

function managementMetadata({ managementKey }: PivState): Buffer {
  const { value, needsTouch: touch } = managementKey;
  const isFactory = value.toString('hex') === factory.managementKey;
  return Buffer.concat([
    byteTlv(0x01, 0x03),
    byteTlv(0x02, 0, touch ? touchPolicies.always : touchPolicies.never),
    byteTlv(0x05, isFactory ? 1 : 0),
  ]);
}

/** From firmware 5.3 on: what is in a slot, or how many tries are left. */
export function describeSlot(state: PivState, { p1, p2 }: Command): Answer {
  if (!isAtLeast(state, 5, 3)) refuse(sw.instruction);
  if (p1 !== 0) refuse(sw.wrongParameters);
  if (p2 === 0x80) return done(referenceMetadata(state, 'pin'));
  if (p2 === 0x81) return done(referenceMetadata(state, 'puk'));
  if (p2 === managementSlot) return done(managementMetadata(state));
  const key = state.keys.get(p2) ?? refuse(sw.referenceNotFound);
  const { material, pinPolicy, touchPolicy, origin } = key;
  return done(
    Buffer.concat([
      byteTlv(0x01, algorithms[material.algorithm]),
      byteTlv(0x02, pinPolicies[pinPolicy], touchPolicies[touchPolicy]),
      byteTlv(0x03, origin === 'generated' ? 1 : 2),
      tlv(0x04, material.publicTlv),
    ]),
  );
}
