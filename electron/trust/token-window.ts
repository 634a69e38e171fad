/**
 * The calls of the window about tokens: keys onto them, PINs, names, the library. Privileged process.
 * SECURITY: the window names keys, slots and tokens; every PIN is asked for here, and so is a yes before anything that a
 * slot holds is lost, before a library is loaded, and before a key is made that cannot be backed up.
 */
import { stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import type { GenerateWish, PutResult, PutWish } from '../../shared/ipc/yubikey.ts';
import { encodePublicKey, writeExport } from '../keystore/export-key.ts';
import type { Prompts } from '../prompts/prompts.ts';
import type { PutResult as Put } from '../yubikey/put-key.ts';
import type { TokenDesk } from '../yubikey/token-desk.ts';
import type { TokenDevice } from '../yubikey/token-finder.ts';
import type { TokenSlot } from '../yubikey/token-keys.ts';
import { toSlotsView } from '../yubikey/token-views.ts';
import type { TokenWatch } from '../yubikey/token-watch.ts';
import { type KeyDesk, keyTitle, parseKeyName } from './key-desk.ts';

type Answer<Name extends string> = Promise<CallOutput<Name>>;

export interface WindowTokens {
  readonly state: () => Answer<'yubikey.state'>;
  readonly slots: (serial: string) => Answer<'yubikey.slots'>;
  readonly put: (wish: PutWish) => Promise<PutResult>;
  readonly generate: (wish: GenerateWish) => Promise<PutResult>;
  readonly exportPublic: (serial: string, key: string) => Answer<'yubikey.exportPublic'>;
  readonly changePin: (serial: string) => Promise<void>;
  readonly changePuk: (serial: string) => Promise<void>;
  readonly unblock: (serial: string) => Promise<void>;
  readonly name: (serial: string, name: string) => Promise<void>;
  readonly lock: () => Promise<void>;
  readonly chooseLibrary: () => Promise<void>;
  readonly useUsualLibrary: () => Promise<void>;
}

export interface WindowTokensSetup {
  readonly desk: TokenDesk;
  readonly watch: TokenWatch;
  readonly keys: KeyDesk;
  readonly prompts: Prompts;
}

export function windowTokens(setup: WindowTokensSetup): WindowTokens {
  const { desk, watch } = setup;
  const thenTell = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      // Tries may be used up, or a slot written, also where it failed. What is there now is told apart from that.
      void watch.announce().catch(() => undefined);
    }
  };
  const withDevice = (serial: string, work: (device: TokenDevice) => Promise<void>): Promise<void> =>
    thenTell(desk.choose(serial).then(work));
  return {
    state: () => watch.state(),
    slots: async (serial) => {
      const device = await desk.choose(serial);
      return toSlotsView(device, await desk.slots(device));
    },
    put: (wish) => thenTell(putKey(setup, wish)),
    generate: (wish) => thenTell(generateKey(setup, wish)),
    exportPublic: (serial, key) => exportPublic(setup, serial, key),
    changePin: (serial) => withDevice(serial, (device) => desk.changePin(device)),
    changePuk: (serial) => withDevice(serial, (device) => desk.changePuk(device)),
    unblock: (serial) => withDevice(serial, (device) => desk.unblockPin(device)),
    name: (serial, name) => thenTell(desk.name(serial, name)),
    lock: async () => {
      await desk.lock();
      await watch.announce();
    },
    chooseLibrary: () => thenTell(chooseLibrary(setup)),
    useUsualLibrary: () => thenTell(desk.useLibrary(undefined)),
  };
}

/** @throws `keystore/*`, `yubikey/*`, `prompt/cancelled` */
async function putKey(setup: WindowTokensSetup, wish: PutWish): Promise<PutResult> {
  const { desk, keys } = setup;
  const { slot, touch } = wish;
  const [{ key: stored }, device] = await Promise.all([
    keys.find({ id: wish.key, sandbox: false }),
    desk.choose(wish.serial),
  ]);
  const { role, gun } = stored;
  const replace = await mayReplace(setup, device, slot, stored.id);
  const purpose = [`Puts ${keyTitle(stored)} on token ${device.serial}.`];
  const key = await keys.setup.unlocker.open(stored, purpose);
  try {
    const put = await desk.importKey({ device, slot, touch, role, gun, replace }, key);
    const title = `Put ${keyTitle(stored)} on token ${put.serial}`;
    await keys.setup.record('key-put-on-token', { title, ...facts(put), role });
    return { ...facts(put), id: put.keyId, role, algorithm: put.algorithm };
  } finally {
    key.wipe();
  }
}

/** @throws `keystore/invalid-name`, `signer/reserved-name`, `yubikey/*`, `prompt/cancelled` */
async function generateKey(setup: WindowTokensSetup, wish: GenerateWish): Promise<PutResult> {
  const { desk, keys } = setup;
  const { slot, touch, algorithm } = wish;
  const role = wish.role === 'root' ? 'root' : parseKeyName(wish.role);
  const device = await desk.choose(wish.serial);
  const replace = await mayReplace(setup, device, slot, undefined);
  const put = await desk.generateKey({ device, slot, touch, role, replace }, algorithm);
  const title = `Made ${keyTitle({ role, id: put.keyId })} on token ${put.serial}`;
  await keys.setup.record('key-made-on-token', { title, ...facts(put), role });
  return { ...facts(put), id: put.keyId, role, algorithm: put.algorithm };
}

const facts = ({ serial, slot }: Put): { readonly serial: string; readonly slot: string } => ({
  serial,
  slot,
});

/**
 * True when something of the slot may be lost, because the person said so; false when nothing is in it but what is put
 * there. @throws `prompt/cancelled`
 */
async function mayReplace(
  { desk, prompts }: WindowTokensSetup,
  device: TokenDevice,
  slot: string | undefined,
  keyId: string | undefined,
): Promise<boolean> {
  if (slot === undefined) return false;
  const there = (await desk.slots(device)).find((one) => one.slot === slot.toLowerCase());
  if (there === undefined || (keyId !== undefined && there.keyId === keyId)) return false;
  await prompts.confirm({
    title: `Replace what is in slot ${there.slot}`,
    text: `${holdingText(there)} It is overwritten and cannot be brought back from the token.`,
    confirmLabel: `Replace slot ${there.slot}`,
    destructive: true,
    typed: there.slot,
  });
  return true;
}

function holdingText({ serial, slot, state, role, keyId, commonName }: TokenSlot): string {
  const where = `Slot ${slot} of token ${serial}`;
  if (state === 'phantom') return `${where} holds a certificate without its key.`;
  const what =
    keyId === undefined
      ? `something of ${commonName ?? 'another program'}`
      : keyTitle({ role: role === '' ? (commonName ?? '') : role, id: keyId });
  return `${where} holds ${what}.`;
}

/** The public half of a key on a token, for the owner of a repository. @throws `files/exists`, `yubikey/slot-empty` */
async function exportPublic(
  { desk, prompts, keys }: WindowTokensSetup,
  serial: string,
  keyId: string,
): Answer<'yubikey.exportPublic'> {
  const found = (await desk.slots(await desk.choose(serial))).find((one) => one.keyId === keyId);
  if (found?.key === undefined) throw new AppError('keystore/key-not-found', { keyId });
  const signer = found.role === 'root' || found.role === 'targets' ? '' : found.role;
  const suggestedName = `${signer === '' ? keyId.slice(0, 12) : signer}.pub`;
  const [place] = await prompts.chooseFile({ title: 'Export the public key', want: 'save', suggestedName });
  if (place === undefined) throw new AppError('prompt/cancelled', {});
  if ((await stat(place).catch(() => undefined)) !== undefined)
    throw new AppError('files/exists', { path: place });
  await writeExport(place, encodePublicKey(found.key, signer));
  const title = `Exported ${keyTitle({ role: found.role, id: keyId })}`;
  await keys.setup.record('keys-exported', { title, keyIds: [keyId], format: 'public' });
  return { place };
}

/** SECURITY: a library runs with the person's rights and sees PINs: it is loaded after their yes only. */
async function chooseLibrary({ desk, prompts }: WindowTokensSetup): Promise<void> {
  const [file] = await prompts.chooseFile({ title: 'Choose a PKCS#11 library', want: 'file' });
  if (file === undefined) throw new AppError('prompt/cancelled', {});
  await prompts.confirm({
    title: 'Use this library for tokens?',
    text: `${file} is a program: it sees your PIN and runs as you. Use it only if it came with your token or from your system.`,
    confirmLabel: 'Use this library',
    destructive: false,
  });
  await desk.useLibrary(file);
}
