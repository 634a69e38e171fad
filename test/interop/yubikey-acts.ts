/** What people do with a token, as acts that can be interrupted anywhere and done again. For the failure tests. */
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { isAppError } from '../../shared/errors.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { generateKey } from '../../electron/keystore/generate-key.ts';
import type { PrivateKey } from '../../electron/keystore/private-key.ts';
import type { TokenConsent } from '../../electron/yubikey/token-signer.ts';
import type { TokenSlot } from '../../electron/yubikey/token-keys.ts';
import { factory } from '../simulator/yubikey/piv-state.ts';
import type { DeskLab } from '../lab/yubikey-desk.ts';
import type { SoftwareYubikey } from '../lab/yubikey-stack.ts';

export const SERIAL = 7_654_321;
export const gun = 'registry.example.test/acme/app';
export const consent: TokenConsent = {
  ...{ purpose: ['Publishes acme/app'], gun, roles: ['targets/ops'], tags: ['1.0'], signatures: 1 },
};

/** A desk with one key plugged in, as all acts begin. */
export interface Bench extends DeskLab {
  readonly key: SoftwareYubikey;
}

export const deviceOf = (bench: Bench, serial = SERIAL) => bench.desk.choose(String(serial));

export async function slotsOf(bench: Bench, serial = SERIAL): Promise<readonly TokenSlot[]> {
  return bench.desk.slots(await deviceOf(bench, serial));
}

/** Puts a key into a slot, a new one unless one is given; answers its ID. */
export async function put(
  bench: Bench,
  slot: string,
  options: { readonly serial?: number; readonly key?: PrivateKey } = {},
): Promise<CanonicalKeyId> {
  const key = options.key?.copy() ?? (await generateKey());
  try {
    const device = await deviceOf(bench, options.serial);
    return (await bench.desk.importKey({ device, slot, role: 'ops' }, key)).keyId;
  } finally {
    key.wipe();
  }
}

/** Signs something with a key of the token, and looks whether it is right. */
export async function sign(bench: Bench, keyId: CanonicalKeyId, serial = SERIAL): Promise<boolean> {
  const signer = await bench.desk.openSigner(keyId, String(serial), consent);
  try {
    const message = new TextEncoder().encode('a release');
    const { method, signature } = await signer.sign(message);
    return nodeCrypto.verify(signer.key, method, message, signature);
  } finally {
    signer.wipe();
  }
}

export interface Act {
  readonly name: string;
  /** What must be there before; done once. */
  readonly prepare: (bench: Bench) => Promise<void>;
  /** Brings the token back to where `prepare` left it, so that the act can begin anew. */
  readonly undo: (bench: Bench) => Promise<void>;
  /** Does it, and throws unless it was really done. */
  readonly run: (bench: Bench) => Promise<void>;
  /** What a person does after a failure, where that is something else. */
  readonly again?: (bench: Bench) => Promise<void>;
}

const nothing = () => Promise.resolve();
const toFactory = async ({ key, person }: Bench): Promise<void> => {
  await key.restore();
  person.fresh = '246802';
  person.pins.PIN = [factory.pin];
  person.pins.PUK = [factory.puk];
};

function mustBe(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what);
}

async function make(bench: Bench, replace: boolean): Promise<CanonicalKeyId> {
  const device = await deviceOf(bench);
  const made = await bench.desk.generateKey({ device, slot: '9d', role: 'ops', replace }, 'ECDSA P-256');
  return made.keyId;
}

/** One key for all of them: whoever tries again has the same file. */
const own = await generateKey();
const putOwn =
  (slot: string) =>
  async (bench: Bench): Promise<void> => {
    await put(bench, slot, { key: own });
  };
const signWithOwn = async (bench: Bench) => mustBe(await sign(bench, own.id), 'the signature is wrong');

export const acts: readonly Act[] = [
  {
    name: 'looking at its slots',
    prepare: putOwn('9a'),
    undo: nothing,
    run: async (bench) =>
      mustBe(
        (await slotsOf(bench)).some(({ keyId }) => keyId === own.id),
        'the key is not listed',
      ),
  },
  {
    name: 'putting a key on it',
    prepare: nothing,
    undo: toFactory,
    // It makes a test signature itself, and throws unless that is right.
    run: putOwn('9a'),
    again: async (bench) => {
      await putOwn('9a')(bench);
      await signWithOwn(bench);
    },
  },
  {
    name: 'making a key on it',
    prepare: nothing,
    undo: toFactory,
    run: async (bench) => {
      await make(bench, false);
    },
    // A key without its certificate may have stayed: it is replaced only when that is said.
    again: async (bench) => {
      const isTaken = (await slotsOf(bench)).some(({ slot }) => slot === '9d');
      mustBe(await sign(bench, await make(bench, isTaken)), 'the key does not sign');
    },
  },
  { name: 'signing with it', prepare: putOwn('9a'), undo: nothing, run: signWithOwn },
  {
    name: 'signing with a slot that wants the PIN each time',
    prepare: putOwn('9c'),
    undo: nothing,
    run: signWithOwn,
  },
  {
    name: 'changing its PIN',
    prepare: nothing,
    undo: toFactory,
    run: async (bench) => bench.desk.changePin(await deviceOf(bench)),
    // Whether the PIN was changed before it failed, the person has to find out.
    again: async (bench) => {
      bench.person.pins.PIN = [factory.pin, '246802'];
      await bench.desk.changePin(await deviceOf(bench));
    },
  },
  {
    name: 'unblocking its PIN',
    prepare: nothing,
    undo: toFactory,
    run: async (bench) => bench.desk.unblockPin(await deviceOf(bench)),
  },
];

/** What came out: nothing, or a coded outcome. Anything else is a fault of ours and is thrown on. */
export async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}
