/** The other side of the card in the applet's own tests: sends commands as bytes, puts answers together. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { makeAttester } from '../../simulator/yubikey/attestation.ts';
import { Card } from '../../simulator/yubikey/card.ts';
import { padReference } from '../../simulator/yubikey/pin-reference.ts';
import { factory, makePivState, type PivOptions } from '../../simulator/yubikey/piv-state.ts';
import { tlv, unwrap, parseTlvMap } from '../../simulator/yubikey/tlv.ts';

export interface Received {
  /** As hex, for example `9000`. */
  readonly sw: string;
  readonly data: Buffer;
}

/** Making one takes a moment, and no test changes it. */
const attester = makeAttester();
const LONGEST_PART = 255;
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

export class Terminal {
  readonly card: Card;
  /** What happens when a touch is wanted. */
  isTouched = true;
  touches = 0;

  constructor(options: PivOptions = {}) {
    this.card = new Card(makePivState({ attester, ...options }));
  }

  /** One APDU exactly as given. */
  raw(bytes: Buffer): Received {
    const reply = this.card.transmit(bytes);
    const answer = Buffer.isBuffer(reply) ? reply : this.#finish(reply.finish);
    return { sw: answer.subarray(-2).toString('hex'), data: answer.subarray(0, -2) };
  }

  #finish(finish: (touched: boolean) => Buffer): Buffer {
    this.touches += 1;
    return finish(this.isTouched);
  }

  /** A command of any length: chained where needed, its whole answer fetched. */
  send(ins: number, p1: number, p2: number, data: Buffer = Buffer.alloc(0)): Received {
    let rest = data;
    while (rest.length > LONGEST_PART) {
      const part = rest.subarray(0, LONGEST_PART);
      const { sw } = this.raw(Buffer.concat([Buffer.from([0x10, ins, p1, p2, LONGEST_PART]), part]));
      if (sw !== '9000') return { sw, data: Buffer.alloc(0) };
      rest = rest.subarray(LONGEST_PART);
    }
    let received = this.raw(Buffer.concat([Buffer.from([0, ins, p1, p2, rest.length]), rest]));
    const parts = [received.data];
    while (received.sw.startsWith('61')) {
      received = this.raw(hex('00c0000000'));
      parts.push(received.data);
    }
    return { sw: received.sw, data: Buffer.concat(parts) };
  }

  select(aid = 'a000000308'): Received {
    return this.send(0xa4, 4, 0, hex(aid));
  }

  verify(pin: string): string {
    return this.send(0x20, 0, 0x80, padReference(pin)).sw;
  }

  /** The status of a question that uses up no try. */
  triesLeft(): string {
    return this.send(0x20, 0, 0x80).sw;
  }

  change(reference: 'pin' | 'puk', old: string, fresh: string): string {
    const data = Buffer.concat([padReference(old), padReference(fresh)]);
    return this.send(0x24, 0, reference === 'pin' ? 0x80 : 0x81, data).sw;
  }

  unblock(puk: string, pin: string): string {
    return this.send(0x2c, 0, 0x80, Buffer.concat([padReference(puk), padReference(pin)])).sw;
  }

  /** The mutual authentication that `yubico-piv-tool` does; the card proves that it knows the key as well. */
  manage(key: string = factory.managementKey): string {
    const secret = hex(key);
    const witness = this.send(0x87, 3, 0x9b, hex('7c028000'));
    if (witness.sw !== '9000') return witness.sw;
    const decipher = createDecipheriv('des-ede3-ecb', secret, null).setAutoPadding(false);
    const proof = decipher.update(parseTlvMap(unwrap(witness.data, 0x7c)).get(0x80)!);
    const challenge = randomBytes(8);
    const answer = this.send(0x87, 3, 0x9b, tlv(0x7c, tlv(0x80, proof), tlv(0x81, challenge)));
    if (answer.sw !== '9000') return answer.sw;
    const cipher = createCipheriv('des-ede3-ecb', secret, null).setAutoPadding(false);
    const isKnown = parseTlvMap(unwrap(answer.data, 0x7c)).get(0x82)!.equals(cipher.update(challenge));
    return isKnown ? '9000' : 'card failed';
  }

  getData(id: string): Received {
    return this.send(0xcb, 0x3f, 0xff, tlv(0x5c, hex(id)));
  }

  putData(id: string, content: Buffer): string {
    return this.send(0xdb, 0x3f, 0xff, Buffer.concat([tlv(0x5c, hex(id)), tlv(0x53, content)])).sw;
  }

  /** `policies` are the bytes of AA and AB as TLV. */
  generate(slot: number, algorithm: number, policies = ''): Received {
    return this.send(0x47, 0, slot, tlv(0xac, hex('8001'), Buffer.from([algorithm]), hex(policies)));
  }

  importKey(slot: number, algorithm: number, fields: Buffer, policies = ''): string {
    return this.send(0xfe, algorithm, slot, Buffer.concat([fields, hex(policies)])).sw;
  }

  sign(slot: number, algorithm: number, digest: Buffer): Received {
    const { sw, data } = this.send(0x87, algorithm, slot, tlv(0x7c, tlv(0x82), tlv(0x81, digest)));
    return { sw, data: sw === '9000' ? parseTlvMap(unwrap(data, 0x7c)).get(0x82)! : data };
  }

  agree(slot: number, algorithm: number, point: Buffer): Received {
    const { sw, data } = this.send(0x87, algorithm, slot, tlv(0x7c, tlv(0x82), tlv(0x85, point)));
    return { sw, data: sw === '9000' ? parseTlvMap(unwrap(data, 0x7c)).get(0x82)! : data };
  }
}

/** A terminal with the PIV applet selected, and the management key proven where wanted. */
export function openTerminal(options: PivOptions & { readonly manages?: boolean } = {}): Terminal {
  const { manages = false, ...rest } = options;
  const terminal = new Terminal(rest);
  terminal.select();
  if (manages) terminal.manage();
  return terminal;
}
