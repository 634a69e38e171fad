/**
 * What the app and the token process say to each other, as shapes that both sides check. Pure.
 * SECURITY: PINs, PUKs, management keys and private keys travel only towards the token process, as bytes that both ends
 * zero; what comes back is public.
 */
import * as z from 'zod/mini';

const bytes = (most: number) =>
  z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length <= most);
const secret = bytes(64);
const serial = z.string().check(z.minLength(1), z.maxLength(64));
/** Who a login is for: one piece of work of one requester. Everybody else has to enter the PIN. */
const holder = z.string().check(z.minLength(1), z.maxLength(64));
/** CKA_ID in hex. */
const objectId = z.string().check(z.regex(/^(?:[0-9a-f]{2}){1,32}$/));
const integer = bytes(1024);

export const keyMaterial = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ec'),
    curve: z.enum(['P-256', 'P-384']),
    scalar: bytes(48),
  }),
  z.strictObject({
    kind: z.literal('rsa'),
    modulus: integer,
    publicExponent: integer,
    privateExponent: integer,
    prime1: integer,
    prime2: integer,
    exponent1: integer,
    exponent2: integer,
    coefficient: integer,
  }),
]);
export type KeyMaterial = z.infer<typeof keyMaterial>;

export const tokenAlgorithm = z.enum(['ECDSA P-256', 'ECDSA P-384', 'RSA 2048']);
export type TokenAlgorithm = z.infer<typeof tokenAlgorithm>;
export const touchPolicy = z.enum(['never', 'always', 'cached']);
export type TouchPolicy = z.infer<typeof touchPolicy>;
const pinPolicy = z.enum(['never', 'once', 'always']);

export const tokenRequest = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('open'), library: z.string().check(z.maxLength(4096)) }),
  z.strictObject({ op: z.literal('devices') }),
  z.strictObject({ op: z.literal('contents'), serial, fresh: z.boolean() }),
  /**
   * Verifies the PIN; `holder` may sign until its `logout`, or until the token leaves. `keep`: everybody may, until a
   * `logout` that names no holder.
   */
  z.strictObject({ op: z.literal('login'), serial, pin: secret, holder, keep: z.boolean() }),
  /** All tokens when none is named; for everybody when no holder is. */
  z.strictObject({ op: z.literal('logout'), serial: z.optional(serial), holder: z.optional(holder) }),
  /** Locks everything; the process is ended next. */
  z.strictObject({ op: z.literal('close') }),
  /** `pin` for keys that want it at every signature. */
  z.strictObject({
    op: z.literal('sign'),
    serial,
    holder,
    id: objectId,
    digest: bytes(32),
    pin: z.optional(secret),
  }),
  /** `management`: the administrator's key; the factory's when absent. Refused when the slot holds anything. */
  z.strictObject({
    op: z.literal('put'),
    serial,
    holder,
    id: objectId,
    label: z.string().check(z.maxLength(64)),
    key: keyMaterial,
    touch: z.optional(touchPolicy),
    replace: z.boolean(),
    management: z.optional(secret),
  }),
  z.strictObject({
    op: z.literal('generate'),
    serial,
    holder,
    id: objectId,
    label: z.string().check(z.maxLength(64)),
    algorithm: tokenAlgorithm,
    touch: z.optional(touchPolicy),
    replace: z.boolean(),
    management: z.optional(secret),
  }),
  z.strictObject({
    op: z.literal('certify'),
    serial,
    holder,
    id: objectId,
    label: z.string().check(z.maxLength(64)),
    certificate: bytes(3072),
    management: z.optional(secret),
  }),
  z.strictObject({
    op: z.literal('set-pin'),
    serial,
    what: z.enum(['pin', 'puk', 'unblock']),
    old: secret,
    fresh: secret,
  }),
]);
export type TokenRequest = z.infer<typeof tokenRequest>;

/** PKCS#11 tells no number: all tries left, fewer, one, none; nothing at all of a PUK. */
export const triesLeft = z.enum(['all', 'fewer', 'last', 'none', 'unknown']);
export type TriesLeft = z.infer<typeof triesLeft>;

export const deviceFacts = z.strictObject({
  serial,
  label: z.string(),
  model: z.string(),
  manufacturer: z.string(),
  firmware: z.string(),
  /** A YubiKey behind Yubico's own library: slots are PIV slots. */
  isPiv: z.boolean(),
  pin: triesLeft,
  puk: triesLeft,
  /** For somebody's work, or for everybody's. */
  isLoggedIn: z.boolean(),
  /** For everybody's: the person wanted it to stay unlocked. */
  isKept: z.boolean(),
  /** The library can make a touch a condition of a key that is put on the token. */
  choosesTouch: z.boolean(),
});
export type DeviceFacts = z.infer<typeof deviceFacts>;

export const slotFacts = z.strictObject({
  id: objectId,
  label: z.string(),
  /** DER. */
  certificate: z.optional(bytes(16_384)),
  /** SubjectPublicKeyInfo, DER; absent where the token does not tell and there is no certificate. */
  spki: z.optional(bytes(4096)),
  /** `hidden`: the token shows private keys only after a login, so a certificate alone looks the same. */
  privateKey: z.enum(['there', 'absent', 'hidden']),
  /** What the device itself says of the key; `unknown` shows with the first signature. */
  keyIs: z.enum(['there', 'missing', 'unknown']),
  /** The key was made on the device, as the device's own attestation says. */
  madeOnDevice: z.optional(z.boolean()),
  pinPolicy: z.optional(pinPolicy),
  touchPolicy: z.optional(touchPolicy),
});
export type SlotFacts = z.infer<typeof slotFacts>;

export const tokenAnswers = {
  open: z.strictObject({ manufacturer: z.string(), description: z.string(), version: z.string() }),
  devices: z.array(deviceFacts),
  contents: z.array(slotFacts),
  login: z.strictObject({}),
  logout: z.strictObject({}),
  close: z.strictObject({}),
  sign: z.strictObject({ signature: bytes(1024) }),
  put: z.strictObject({}),
  generate: z.strictObject({ spki: bytes(4096) }),
  certify: z.strictObject({}),
  'set-pin': z.strictObject({}),
} as const satisfies Readonly<Record<TokenRequest['op'], z.ZodMiniType>>;
export type TokenAnswer<Op extends TokenRequest['op']> = z.output<(typeof tokenAnswers)[Op]>;

/** A numbered request, and its reply. */
export const numberedRequest = z.strictObject({ number: z.int(), request: tokenRequest });
export const numberedReply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), number: z.int(), answer: z.unknown() }),
  z.strictObject({
    ok: z.literal(false),
    number: z.int(),
    error: z.strictObject({
      code: z.string().check(z.maxLength(40)),
      details: z.record(
        z.string(),
        z.union([z.string().check(z.maxLength(1000)), z.number(), z.array(z.string())]),
      ),
    }),
  }),
]);
export type NumberedReply = z.infer<typeof numberedReply>;
