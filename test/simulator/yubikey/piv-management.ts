/** The management key: 3DES, proven by witness and challenge. Part of the software YubiKey; pure apart from randomness. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { done, refuse, sw, type Answer, type Command, type Outcome } from './apdu.ts';
import { mustManage, type PivState } from './piv-state.ts';
import { managementSlot } from './slots.ts';
import { parseTlvMap, tlv, unwrap } from './tlv.ts';

const TRIPLE_DES = 0x03;
const BLOCK = 8;
const KEY_SIZE = 24;
const TEMPLATE = 0x7c;
const WITNESS = 0x80;
const CHALLENGE = 0x81;
const RESPONSE = 0x82;

function encrypt(key: Buffer, block: Buffer): Buffer {
  const cipher = createCipheriv('des-ede3-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

function decrypt(key: Buffer, block: Buffer): Buffer {
  const decipher = createDecipheriv('des-ede3-ecb', key, null).setAutoPadding(false);
  return Buffer.concat([decipher.update(block), decipher.final()]);
}

/** With a management key that wants a touch, the last step waits for it. */
function verified(state: PivState, answer: Answer): Outcome {
  const finish = (touched: boolean): Answer => {
    if (!touched) refuse(sw.securityStatus);
    state.session.managementVerified = true;
    return answer;
  };
  return state.managementKey.needsTouch ? { finish } : finish(true);
}

/** GENERAL AUTHENTICATE on 9B: the host asks for a witness or a challenge, and proves itself in the next command. */
export function authenticateManagement(state: PivState, { p1, data }: Command): Outcome {
  if (p1 !== TRIPLE_DES && p1 !== 0) refuse(sw.wrongParameters);
  const fields = parseTlvMap(unwrap(data, TEMPLATE));
  const { value: key } = state.managementKey;
  const { session } = state;
  const [witness, challenge, response] = [fields.get(WITNESS), fields.get(CHALLENGE), fields.get(RESPONSE)];
  const { expected } = session;
  session.expected = undefined;
  if (witness?.length === 0) {
    session.expected = randomBytes(BLOCK);
    return done(tlv(TEMPLATE, tlv(WITNESS, encrypt(key, session.expected))));
  }
  if (challenge?.length === 0) {
    const asked = randomBytes(BLOCK);
    session.expected = encrypt(key, asked);
    return done(tlv(TEMPLATE, tlv(CHALLENGE, asked)));
  }
  const proof = witness ?? response;
  if (expected === undefined || proof === undefined) return refuse(sw.conditions);
  if (!proof.equals(expected)) return refuse(sw.securityStatus);
  if (witness === undefined) return verified(state, done());
  if (challenge?.length !== BLOCK) return refuse(sw.wrongData);
  return verified(state, done(tlv(TEMPLATE, tlv(RESPONSE, encrypt(key, challenge)))));
}

/** P2 FF without, FE with touch; data `03 9B 18 key`. */
export function setManagementKey(state: PivState, { p1, p2, data }: Command): Answer {
  mustManage(state);
  if (p1 !== 0xff || (p2 !== 0xff && p2 !== 0xfe)) refuse(sw.wrongParameters);
  const [algorithm, slot, length] = data;
  const value = Buffer.from(data.subarray(3));
  if (algorithm !== TRIPLE_DES || slot !== managementSlot) refuse(sw.wrongData);
  if (length !== KEY_SIZE || value.length !== KEY_SIZE) refuse(sw.wrongLength);
  state.managementKey = { value, needsTouch: p2 === 0xfe };
  return done();
}

/** What a host does with the key; the applet's own tests need it. */
export const hostSide = { encrypt, decrypt };
