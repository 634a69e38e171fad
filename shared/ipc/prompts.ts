/**
 * Questions that the privileged side asks. Each has a one-time ID; main owns time-outs, attempts and cancelling.
 * SECURITY: `answer` is the only inward path for a secret.
 */
import * as z from 'zod/mini';
import { shortText, wireError } from './app.ts';

/** Which token, so that the person takes the right one. */
const device = z.strictObject({ serial: z.string(), model: z.string(), name: z.optional(z.string()) });

export const prompt = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('confirm'),
    id: z.string(),
    title: z.string(),
    text: z.string(),
    /** Names the act and its object, e.g. `Remove signer jeff`. */
    confirmLabel: z.string(),
    destructive: z.boolean(),
    /** What has to be typed first, exactly; main compares it. */
    typed: z.optional(z.string()),
  }),
  /** SECURITY: says what the passphrase will sign; the answer goes to this question's one-time ID and nowhere else. */
  z.strictObject({
    kind: z.literal('passphrase'),
    id: z.string(),
    /** What it opens or protects, where that is not just a key of this computer: a file, a backup. */
    subject: z.optional(z.string()),
    /** A passphrase for a key that is about to be made: typed twice, at least 8 characters. */
    isNew: z.boolean(),
    keyId: z.string(),
    /** `root`, `repository`, or a signer's name. */
    owner: z.string(),
    gun: z.optional(z.string()),
    /** What the key is about to do, in whole lines. */
    purpose: z.array(z.string()),
    /** 0 for the first time. */
    attempt: z.int(),
    problem: z.optional(z.enum(['wrong', 'too-short', 'key-chain-wrong', 'key-chain-unavailable'])),
    canRemember: z.array(z.enum(['no', 'session', 'key-chain'])),
    /** What was chosen with the passphrase that was wrong. */
    remember: z.optional(z.enum(['no', 'session', 'key-chain'])),
  }),
  /** Something that was printed: a share of a passphrase, or the codes of a recovery sheet. */
  z.strictObject({
    kind: z.literal('printed-text'),
    id: z.string(),
    what: z.enum(['share', 'sheet-code']),
    /** What happens with it, in whole lines. */
    purpose: z.array(z.string()),
    /** How many were taken so far, and how many are needed once that is known. */
    have: z.int(),
    need: z.optional(z.int()),
    /** Why the last one was not taken. */
    problem: z.optional(wireError),
  }),
  /** SECURITY: a PIN is only ever typed by the person who reads what it will do. */
  z.strictObject({
    kind: z.literal('pin'),
    id: z.string(),
    device,
    slot: z.optional(z.string()),
    what: z.enum(['PIN', 'PUK', 'management key']),
    /** To be chosen: typed twice. */
    isNew: z.boolean(),
    purpose: z.array(z.string()),
    problem: z.optional(z.enum(['wrong', 'malformed', 'factory'])),
    /** Tokens tell no number. */
    left: z.enum(['all', 'fewer', 'last', 'none', 'unknown']),
    /** The token can stay unlocked until it is unplugged or the session is locked. */
    canKeep: z.boolean(),
  }),
  /** Shown until the token was touched; the only answer is to give up. */
  z.strictObject({
    kind: z.literal('touch'),
    id: z.string(),
    device,
    slot: z.string(),
    purpose: z.array(z.string()),
    gun: z.optional(z.string()),
    roles: z.array(z.string()),
    tags: z.array(z.string()),
    /** Touches of this token that come after this one. */
    following: z.int(),
    /** How long the token waits. */
    seconds: z.int(),
  }),
  /** Shown until the token is plugged in; the only answer is to give up. */
  z.strictObject({ kind: z.literal('plug-in'), id: z.string(), device, purpose: z.array(z.string()) }),
  /** File choice where there is no native dialog (browser mode): entries by opaque ID. */
  z.strictObject({
    kind: z.literal('choose-file'),
    id: z.string(),
    title: z.string(),
    want: z.enum(['file', 'directory', 'files', 'save']),
    place: z.string(),
    entries: z.array(z.strictObject({ id: z.string(), name: z.string(), directory: z.boolean() })),
    suggestedName: z.optional(z.string()),
  }),
]);
export type Prompt = z.infer<typeof prompt>;

export const answer = z.strictObject({
  id: shortText,
  value: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('cancel') }),
    z.strictObject({ kind: z.literal('confirm'), typed: z.optional(shortText) }),
    z.strictObject({
      kind: z.literal('passphrase'),
      passphrase: z.string().check(z.maxLength(1024)),
      remember: z.enum(['no', 'session', 'key-chain']),
    }),
    /** SECURITY: shares are secrets too. */
    z.strictObject({ kind: z.literal('text'), text: z.string().check(z.maxLength(32_768)) }),
    z.strictObject({
      kind: z.literal('pin'),
      pin: z.string().check(z.maxLength(64)),
      /** Leave the token unlocked until it is unplugged or the session is locked. */
      keep: z.boolean(),
    }),
    /** Go into a directory (or `..`) and be asked again. */
    z.strictObject({ kind: z.literal('enter'), entry: shortText }),
    /** Make a folder in the place that is shown, go into it and be asked again. Only for `directory` and `save`. */
    z.strictObject({ kind: z.literal('make-folder'), name: shortText }),
    /** For a directory no entry means the place itself; `name` is for `save` and stands alone. */
    z.strictObject({
      kind: z.literal('choose'),
      entries: z.array(shortText).check(z.maxLength(1000)),
      name: z.optional(shortText),
    }),
  ]),
});
