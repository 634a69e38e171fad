/** The shape of a saved plan, checked strictly: the file may come from anywhere. Pure. */
import * as z from 'zod/mini';
import { isKeyType } from '../../../tuf/key-id.ts';
import { isBaseRole, isDelegation } from '../../../tuf/names.ts';

const MAX_TEXT = 4096;
const MAX_LIST = 200_000;

const text = z.string().check(z.maxLength(MAX_TEXT));
const hex = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]*={0,2}$/));
const role = text.check(z.refine((name) => isBaseRole(name) || isDelegation(name)));
const baseRole = text.check(z.refine(isBaseRole));
const delegation = text.check(z.refine(isDelegation));
const instant = z.string().check(z.regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/));
const natural = z.int().check(z.nonnegative());
const list = <T extends z.ZodMiniType>(item: T) => z.array(item).check(z.maxLength(MAX_LIST));

const publicKey = z.strictObject({
  keytype: text.check(z.refine(isKeyType)),
  publicBase64: base64.check(z.maxLength(65_536)),
});

const target = z.strictObject({
  name: text,
  length: natural,
  sha256: z.optional(base64.check(z.length(44))),
  sha512: z.optional(base64.check(z.length(88))),
  custom: z.optional(z.unknown()),
});

const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('add-target'), role, target }),
  z.strictObject({ kind: z.literal('remove-target'), role, name: text }),
  z.strictObject({
    kind: z.literal('add-delegation'),
    role: delegation,
    keys: list(publicKey),
    paths: list(text),
    threshold: natural,
  }),
  z.strictObject({ kind: z.literal('remove-delegation-keys'), role: delegation, keyIds: list(hex) }),
  z.strictObject({
    kind: z.literal('remove-delegation-paths'),
    role: delegation,
    paths: z.union([list(text), z.literal('all')]),
  }),
  z.strictObject({ kind: z.literal('remove-delegation'), role: delegation }),
  z.strictObject({
    kind: z.literal('purge-keys'),
    role,
    keyIds: list(hex),
    except: z.optional(list(role)),
  }),
  z.strictObject({ kind: z.literal('witness'), role }),
  z.strictObject({ kind: z.literal('replace-base-keys'), role: baseRole, keys: list(publicKey) }),
]);

const place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file') }),
  z.strictObject({ kind: z.literal('yubikey'), serial: text }),
  z.strictObject({ kind: z.literal('elsewhere') }),
]);

const plannedRole = z.strictObject({
  role,
  fromVersion: natural,
  toVersion: natural,
  expires: instant,
  threshold: natural,
  signatures: list(z.strictObject({ keyId: hex, tufId: hex, owner: text, place })),
});

const plan = z.strictObject({
  format: z.literal('trustdesk-plan/1'),
  /** It names files here, so nothing but an ID may pass. */
  id: z.string().check(z.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)),
  createdAt: instant,
  kind: text,
  title: text,
  gun: text,
  server: text,
  basis: list(z.strictObject({ role, version: natural, sha256: hex })),
  changes: list(change),
  staged: list(text),
  roles: list(plannedRole),
  signsSnapshot: z.boolean(),
  // What they say is computed from the changes again, and has to be the same.
  lines: list(z.unknown()),
  consequences: list(z.looseObject({ kind: text })),
});

/** `metadata`: the files that the plan starts from, base64 by role. `signatures`: what was signed so far. */
export const planFile = z.strictObject({
  format: z.literal('trustdesk-plan-file/1'),
  plan,
  metadata: z.record(role, base64),
  signatures: list(z.strictObject({ role, keyid: hex, method: text, sig: base64 })),
});
