/**
 * What the window sees of tokens: devices, what is in their slots, and what was put there. Public facts only.
 * SECURITY: no PIN, PUK or management key is in any call; main asks for them through prompts.
 */
import * as z from 'zod/mini';
import { instant, sha256, shortText, wireError } from './app.ts';

export const serial = z.string().check(z.minLength(1), z.maxLength(64));
/** `9a`, `9c`, `82`, or the ID in hex where a token has no PIV slots. */
export const slotName = z.string().check(z.minLength(1), z.maxLength(64));
export const tokenAlgorithm = z.enum(['ECDSA P-256', 'ECDSA P-384', 'RSA 2048']);
export type TokenAlgorithm = z.infer<typeof tokenAlgorithm>;
/** `cached`: one touch holds for 15 seconds. */
export const touchPolicy = z.enum(['never', 'always', 'cached']);
export type TouchPolicy = z.infer<typeof touchPolicy>;

/** Tokens tell no number: all tries left, fewer, one, none; nothing at all of a PUK. */
const triesLeft = z.enum(['all', 'fewer', 'last', 'none', 'unknown']);
export type TriesLeft = z.infer<typeof triesLeft>;

export const device = z.strictObject({
  serial: z.string(),
  /** Given by the person. */
  name: z.optional(z.string()),
  /** `YubiKey YK5`, or what another token calls itself. */
  model: z.string(),
  firmware: z.string(),
  /** A YubiKey: slots are PIV slots, and there are PUK and management key. */
  isPiv: z.boolean(),
  tries: triesLeft,
  unblockTries: triesLeft,
  /** The PIN was entered, and holds until the token is unplugged or locked. */
  isUnlocked: z.boolean(),
  /** A touch can be made a condition when a key is put on it. */
  choosesTouch: z.boolean(),
  /** Values that every such token comes with, and that this one still has as far as that showed. */
  factory: z.array(z.enum(['PIN', 'PUK', 'management key'])),
});
export type TokenDeviceView = z.infer<typeof device>;

/** Four different reasons for "no token", a library that fails, or the devices. */
export const state = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('not-built') }),
  z.strictObject({ kind: z.literal('no-library'), looked: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('no-service') }),
  z.strictObject({ kind: z.literal('no-token'), library: z.string() }),
  z.strictObject({ kind: z.literal('ready'), library: z.string(), devices: z.array(device) }),
  z.strictObject({ kind: z.literal('failed'), error: wireError }),
]);
export type YubikeyState = z.infer<typeof state>;

export const slot = z.strictObject({
  slot: z.string(),
  /** `phantom`: a certificate whose key is not there. `key-only`: no certificate. `other`: signs nothing here. */
  state: z.enum(['key', 'key-only', 'phantom', 'other']),
  id: z.optional(z.string()),
  algorithm: z.optional(tokenAlgorithm),
  /** `root`, `targets`, a signer's name; '' when the certificate says something else. */
  role: z.string(),
  gun: z.optional(z.string()),
  /** What the certificate says, whatever it is. */
  commonName: z.optional(z.string()),
  certificateUntil: z.optional(instant),
  madeOnDevice: z.optional(z.boolean()),
  /** When the PIN is asked for. */
  asks: z.optional(z.enum(['never', 'once', 'always'])),
  touch: z.optional(touchPolicy),
  /** The device vouches for the key, or it signed already. */
  isCertain: z.boolean(),
  /** notary lists it, as a root key. */
  notaryUses: z.boolean(),
});
export type TokenSlotView = z.infer<typeof slot>;

export const slots = z.strictObject({
  slots: z.array(slot),
  /** Empty ones that a key can be put into, the first choice first. Empty where the token numbers its slots itself. */
  free: z.array(z.string()),
});
export type TokenSlots = z.infer<typeof slots>;

/** `slot`: the first free one when absent. What is in it is replaced only after a question by main. */
const place = { serial, slot: z.optional(slotName), touch: z.optional(touchPolicy) };

/** A key of this computer; its file stays. */
export const putWish = z.strictObject({ key: sha256, ...place });
export type PutWish = z.infer<typeof putWish>;

/** A root key, or a signer's by the signer's name. */
export const generateWish = z.strictObject({
  ...place,
  role: z.string().check(z.minLength(1), z.maxLength(255)),
  algorithm: tokenAlgorithm,
});
export type GenerateWish = z.infer<typeof generateWish>;

export const putResult = z.strictObject({
  serial: z.string(),
  slot: z.string(),
  id: sha256,
  role: z.string(),
  algorithm: tokenAlgorithm,
});
export type PutResult = z.infer<typeof putResult>;

export const named = z.strictObject({ serial, name: shortText });
export const publicHalf = z.strictObject({ serial, key: sha256 });
