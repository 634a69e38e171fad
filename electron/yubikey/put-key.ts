/**
 * Puts a key on a token: brought in from a key file, or made on the device. Privileged process.
 *
 * Key first, then certificate, then a test signature: the other way round a refused key leaves a certificate that looks
 * like one. The file that a key came from is never touched here; it goes when backups of it are proven.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { AppError, hasCode } from '../../shared/errors.ts';
import { makeSelfSigned } from '../crypto/certificate.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import { tufKeyId } from '../tuf/key-id.ts';
import type { PublicKey } from '../tuf/model.ts';
import type { RoleSigner } from '../tuf/ports.ts';
import { toKeyMaterial } from './key-material.ts';
import { preferredSlots, slotId } from './slot-names.ts';
import type { SecretName } from './token-failures.ts';
import type { TokenDevice } from './token-finder.ts';
import { toPublicKey, type TokenKey, type TokenSlot } from './token-keys.ts';
import type { TokenAlgorithm, TouchPolicy } from './token-messages.ts';
import { type LentLogin, type SignerParts, TokenSigner } from './token-signer.ts';

/** What a key is for, as its certificate will say. */
interface KeyPurpose {
  /** `root`, `targets`, or a signer's name. */
  readonly role: string;
  readonly gun?: string | undefined;
}

export interface PutWish extends KeyPurpose {
  readonly device: TokenDevice;
  /** `9a`; the first free one when absent. */
  readonly slot?: string | undefined;
  readonly touch?: TouchPolicy | undefined;
  /** What is in the slot may be lost. Only after the person said so. */
  readonly replace?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PutParts extends SignerParts {
  readonly now: () => Date;
  readonly onFactory: (serial: string, what: SecretName) => void;
}

export interface PutResult {
  readonly serial: string;
  readonly slot: string;
  readonly keyId: CanonicalKeyId;
  readonly key: PublicKey;
  readonly algorithm: TokenAlgorithm;
}

/** Where a key would go. @throws `yubikey/slot-occupied`, `yubikey/slots-full`, `yubikey/unknown-slot`, `prompt/cancelled` */
async function chooseSlot(
  wish: PutWish,
  keyId: CanonicalKeyId | undefined,
  parts: PutParts,
): Promise<{ readonly slot: string; readonly id: string; readonly replace: boolean }> {
  const { device, replace = false } = wish;
  const { serial, isPiv } = device;
  const slots = await parts.finder.slots(device, true);
  // Into the slot that notary left a certificate of this key in: notary would go on choosing that slot.
  const hollow = slots.find((one) => one.keyId === keyId && one.state === 'phantom');
  const slot = wish.slot ?? hollow?.slot ?? firstFree(device, slots);
  const id = slotId(slot, isPiv);
  const there = slots.find((one) => one.id === id);
  // The same key once more loses nothing: an earlier try was interrupted before its certificate was written.
  const isSame = there !== undefined && keyId !== undefined && there.keyId === keyId;
  if (there !== undefined && !replace && !isSame)
    throw new AppError('yubikey/slot-occupied', { serial, slot });
  // A certificate of this key does not say that the key below it is this one: on such firmware nothing does.
  const isUnseen = there === undefined || (isSame && !replace && !there.isCertain);
  if (isUnseen && !showsBareKeys(device)) await confirmUnseen(device, slot, wish, parts);
  return { slot, id, replace: replace || isSame };
}

function firstFree({ serial, isPiv }: TokenDevice, slots: readonly TokenSlot[]): string {
  const taken = new Set(slots.map(({ slot }) => slot));
  // Tokens without PIV slots take any ID.
  const free = isPiv ? preferredSlots.find((slot) => !taken.has(slot)) : randomBytes(8).toString('hex');
  if (free === undefined) throw new AppError('yubikey/slots-full', { serial });
  return free;
}

/** From firmware 5.3 on a YubiKey tells of keys that have no certificate. */
function showsBareKeys({ isPiv, firmware }: TokenDevice): boolean {
  if (!isPiv) return true;
  const [major = 0, minor = 0] = firmware.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 3);
}

async function confirmUnseen(
  { serial, firmware }: TokenDevice,
  slot: string,
  { signal }: PutWish,
  { prompts }: PutParts,
): Promise<void> {
  const text = `Slot ${slot} of token ${serial} looks empty, but its firmware ${firmware} does not show keys that have no certificate. If such a key is in the slot, it is replaced and lost.`;
  await prompts.confirm(
    { title: `Use slot ${slot}`, text, confirmLabel: `Use slot ${slot}`, destructive: true },
    signal,
  );
}

/** Copies a key onto a token. The caller wipes `key`. @throws `yubikey/*`, `prompt/cancelled` */
export function importKey(wish: PutWish, key: PrivateKey, parts: PutParts): Promise<PutResult> {
  return withLogin(wish, parts, async (login) => {
    const { device, touch, signal } = wish;
    const { serial } = device;
    toKeyMaterial(key, serial);
    const { slot, id, replace } = await chooseSlot(wish, key.id, parts);
    const lent = await loginWhereNeeded(wish, slot, login, parts);
    const label = labelOf(wish);
    // The key file's own signature over its certificate: the token is not needed for that.
    const certificate = await makeSelfSigned(subjectOf(wish), key, parts.now());
    const wanted = {
      ...{ serial, holder: login, id, label, replace },
      ...(touch === undefined ? {} : { touch }),
    };
    await asAdministrator(wish, slot, parts, (management) =>
      parts.finder.ask({ op: 'put', ...wanted, key: toKeyMaterial(key, serial), ...management }, signal),
    );
    await certify(wish, { id, slot, label, certificate, holder: login }, parts);
    const signer = await openOwn(wish, { slot, keyId: key.id }, lent, parts);
    await signNonce(signer);
    return { serial, slot, keyId: key.id, key: key.key, algorithm: key.algorithm as TokenAlgorithm };
  });
}

/**
 * Makes a key that never leaves the device. Its certificate is the test signature: it verifies before it is written.
 * @throws `yubikey/*`, `prompt/cancelled`
 */
export function generateOnDevice(
  wish: PutWish,
  algorithm: TokenAlgorithm,
  parts: PutParts,
): Promise<PutResult> {
  return withLogin(wish, parts, async (login) => {
    const { device, touch, signal } = wish;
    const { serial } = device;
    const { slot, id, replace } = await chooseSlot(wish, undefined, parts);
    const lent = await loginWhereNeeded(wish, slot, login, parts);
    const label = labelOf(wish);
    const wanted = {
      ...{ serial, holder: login, id, label, replace },
      ...(touch === undefined ? {} : { touch }),
    };
    const { spki } = await asAdministrator(wish, slot, parts, (management) =>
      parts.finder.ask({ op: 'generate', ...wanted, algorithm, ...management }, signal),
    );
    const key = toPublicKey(spki, algorithm);
    const keyId = tufKeyId(key, nodeCrypto) as string as CanonicalKeyId;
    const signer = await openOwn(wish, { slot, keyId }, lent, parts);
    const certificate = await makeSelfSigned(subjectOf(wish), signer, parts.now());
    await certify(wish, { id, slot, label, certificate, holder: login }, parts);
    await requireThere(wish, { slot, keyId }, parts);
    return { serial, slot, keyId, key, algorithm };
  });
}

/** A login for one piece of work, which ends with it however it ends. */
async function withLogin<T>(
  { device }: PutWish,
  { finder }: PutParts,
  work: (login: string) => Promise<T>,
): Promise<T> {
  const login = randomUUID();
  try {
    return await work(login);
  } finally {
    await finder.release(device.serial, login);
  }
}

interface Certificate {
  readonly id: string;
  readonly slot: string;
  readonly label: string;
  readonly certificate: Uint8Array;
  readonly holder: string;
}

async function certify(wish: PutWish, { slot, ...given }: Certificate, parts: PutParts): Promise<void> {
  const { serial } = wish.device;
  await asAdministrator(wish, slot, parts, (management) =>
    parts.finder.ask({ op: 'certify', serial, ...given, ...management }, wish.signal),
  );
}

/** The factory's management key counts no tries and is known to everybody; another one is asked for. */
async function asAdministrator<T>(
  { device, signal }: PutWish,
  slot: string,
  parts: PutParts,
  work: (management: { readonly management?: Uint8Array }) => Promise<T>,
): Promise<T> {
  const { serial } = device;
  try {
    const result = await work({});
    if (device.isPiv) parts.onFactory(serial, 'management key');
    return result;
  } catch (error) {
    if (!hasCode(error, 'yubikey/wrong-pin') || error.details.what !== 'management key') throw error;
  }
  const purpose = [`Writes to slot ${slot} of token ${serial}`];
  return parts.pins.until({ device, what: 'management key', purpose, slot, signal }, (secret) =>
    work({ management: secret() }),
  );
}

/** A token that is no YubiKey takes keys from its logged-in user. */
async function loginWhereNeeded(
  { device, signal }: PutWish,
  slot: string,
  holder: string,
  { pins, finder, onUnlocked }: PutParts,
): Promise<LentLogin> {
  if (device.isPiv || device.isKept) return { holder, isMade: false };
  const { serial } = device;
  const purpose = [`Writes a key to token ${serial}`];
  await pins.until({ device, what: 'PIN', purpose, slot, canKeep: true, signal }, async (pin, keep) => {
    await finder.ask({ op: 'login', serial, pin: pin(), holder, keep });
    onUnlocked(serial, keep);
  });
  return { holder, isMade: true };
}

/** Throws unless the signature verifies: `TokenSigner` looks at every one. */
async function signNonce(signer: RoleSigner): Promise<void> {
  await signer.sign(new Uint8Array(Buffer.concat([Buffer.from('trustdesk self-test\0'), randomBytes(32)])));
}

type Put = Pick<TokenKey, 'slot' | 'keyId'>;

async function openOwn(wish: PutWish, put: Put, lent: LentLogin, parts: PutParts): Promise<TokenSigner> {
  const { device, role, gun, signal } = wish;
  const found = await requireThere(wish, put, parts);
  const purpose = [`Proves that the key in slot ${put.slot} of token ${device.serial} works`];
  const consent = { purpose, gun, roles: [role], tags: [], signatures: 1 };
  return TokenSigner.open(parts, found, consent, signal, lent);
}

/** What was just put there, as the token shows it. @throws `yubikey/slot-empty` */
async function requireThere({ device }: PutWish, { slot, keyId }: Put, parts: PutParts): Promise<TokenKey> {
  const found = (await parts.finder.slots(device, false)).find((one) => one.keyId === keyId);
  const { key, algorithm } = found ?? {};
  if (found === undefined || key === undefined || algorithm === undefined)
    throw new AppError('yubikey/slot-empty', { serial: device.serial, slot });
  return { ...found, keyId, key, algorithm };
}

function subjectOf({ role, gun }: KeyPurpose) {
  return { commonName: role, unit: gun };
}

function labelOf({ role }: KeyPurpose): string {
  return `trustdesk ${role}`.slice(0, 64);
}
