/**
 * Backups as the window sees them: what is known of copies and of keys that are kept elsewhere, where one may be
 * written, what a drill found, what a restore would do. IDs, dates and places; never a key, a passphrase or a share.
 */
import * as z from 'zod/mini';
import { gun, instant, sha256, shortText, wireError } from './app.ts';

const keyName = z.strictObject({
  id: sha256,
  /** The role header: `root`, `targets`, a signer's name, or ''. */
  role: z.string(),
  gun: z.optional(z.string()),
});
export type KeyName = z.infer<typeof keyName>;

const seal = z.enum(['passphrase', 'recipients', 'plain']);
const placeKind = z.enum(['drive', 'folder']);
const medium = z.enum(['memory', 'layer', 'own-disk']);

export const copy = z.strictObject({
  id: z.string(),
  name: z.string(),
  created: instant,
  size: z.int(),
  seal,
  /** The drive's label, or the folder. */
  place: z.strictObject({ kind: placeKind, label: z.string(), medium: z.optional(medium) }),
  keys: z.array(keyName),
  /** See `shared/copy-standing.ts`. */
  standing: z.strictObject({
    kind: z.enum(['unproven', 'partly', 'proven', 'lapsed', 'damaged']),
    at: z.optional(instant),
  }),
});
export type CopyView = z.infer<typeof copy>;

/** A private key on this computer, and how well it is backed up. */
export const keyState = z.strictObject({
  id: sha256,
  role: z.string(),
  gun: z.optional(z.string()),
  /** Repositories read here that name it. */
  usedBy: z.array(z.string()),
  copies: z.int(),
  /** On different disks, proven within a year. */
  provenCopies: z.int(),
  provenAt: z.optional(instant),
  /** It has copies, and none of them was proven within a year. */
  drillDue: z.boolean(),
  /** Every proven copy lies on the disk of the keys. */
  besideKeys: z.optional(z.literal(true)),
  /** Whether it may go offline: `on-your-word` needs the person to say that folders on the keys' disk are kept elsewhere. */
  leave: z.enum(['ready', 'on-your-word', 'not-yet']),
});
export type KeyBackupView = z.infer<typeof keyState>;

export const offlineKey = z.strictObject({
  id: sha256,
  role: z.string(),
  gun: z.optional(z.string()),
  since: instant,
  /**
   * `away`: kept offline; `visiting`: brought back for one operation; `leaving`: its removal was cut off;
   * `arriving`: its return was cut off; `returned`: restored although it is kept offline.
   */
  state: z.enum(['away', 'visiting', 'leaving', 'arriving', 'returned']),
  /** Of a visit: until the next publish that it signs, or until it is sent away. */
  until: z.optional(z.enum(['publish', 'sent-away'])),
  /** What it came for was published, and it could not be sent away. */
  isDone: z.optional(z.boolean()),
  /** When a publish that it signed began to be uploaded. */
  usedAt: z.optional(instant),
  /** Where proven copies of it are, by label. */
  on: z.array(z.string()),
});
export type OfflineKeyView = z.infer<typeof offlineKey>;

export const overview = z.strictObject({
  copies: z.array(copy),
  keys: z.array(keyState),
  /** Files in the key store that no backup can take. */
  unreadable: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
  offline: z.array(offlineKey),
  /** Keys here or offline with a proven copy, and when the newest proof was: see `drillReminder`. */
  proven: z.array(z.strictObject({ id: sha256, role: z.string(), provenAt: instant })),
  /** Copies whose writing was cut off. */
  interrupted: z.array(z.strictObject({ id: z.string(), label: z.string(), since: instant })),
  /** Repositories with trust metadata on this computer. */
  repositories: z.array(z.string()),
});
export type Overview = z.infer<typeof overview>;

/** A drive that was plugged in, or a folder that was chosen. */
export const destination = z.strictObject({
  id: z.string(),
  kind: placeKind,
  /** The drive's label, or the folder. */
  label: z.string(),
  /** Where it is mounted, or the folder. */
  where: z.string(),
  freeBytes: z.number(),
  fileSystem: z.optional(z.string()),
  readOnly: z.boolean(),
  /** False where everybody who holds the drive can read its files. */
  keepsPermissions: z.boolean(),
  largestBytes: z.optional(z.number()),
  /** What speaks against it: see `shared/place-words.ts`. */
  medium: z.optional(medium),
});
export type DestinationView = z.infer<typeof destination>;

const keyIds = z.array(sha256).check(z.maxLength(1000));

export const writeOrder = z.strictObject({
  keys: keyIds,
  /** Whose trust metadata goes along. */
  repositories: z.array(gun).check(z.maxLength(1000)),
  settings: z.boolean(),
  /** IDs of destinations. */
  to: z.array(shortText).check(z.minLength(1), z.maxLength(8)),
  seal: z.discriminatedUnion('kind', [
    /** Main asks for it. */
    z.strictObject({ kind: z.literal('passphrase') }),
    /** Public keys of age. */
    z.strictObject({
      kind: z.literal('recipients'),
      recipients: z.array(shortText).check(z.minLength(1), z.maxLength(20)),
    }),
    /** docker's `private_keys_backup.tar.gz`. */
    z.strictObject({ kind: z.literal('plain') }),
  ]),
});
export type WriteOrder = z.infer<typeof writeOrder>;

export const written = z.array(
  z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), to: z.string(), copy }),
    z.strictObject({ ok: z.literal(false), to: z.string(), label: z.string(), error: wireError }),
  ]),
);
export type Written = z.infer<typeof written>[number];

export const drill = z.strictObject({
  /** The record of the copy that was proven; none for a recovery sheet, which is no copy that a key may leave for. */
  copy: z.optional(z.string()),
  name: z.string(),
  label: z.string(),
  size: z.int(),
  seal,
  created: z.optional(instant),
  at: instant,
  complete: z.boolean(),
  keys: z.array(
    z.strictObject({
      ...keyName.shape,
      outcome: z.enum(['proven', 'not-tried', 'wrong-passphrase', 'other-key', 'damaged']),
    }),
  ),
  /** What is not as announced, as sentences. */
  problems: z.array(z.string()),
});
export type DrillView = z.infer<typeof drill>;

/** While something is written or proven. */
export const progress = z.strictObject({
  step: z.enum([
    'collecting',
    'asking',
    'sealing',
    'writing',
    'unplug',
    'plug-in',
    'reading',
    'opening',
    'trying-keys',
  ]),
  /** The place. */
  label: z.optional(z.string()),
  done: z.optional(z.int()),
  total: z.optional(z.int()),
  key: z.optional(keyName),
});
export type Progress = z.infer<typeof progress>;

export const sheetOrder = z.strictObject({
  /** The opened copy that holds the keys (`SheetCopy`); without it they are this computer's. */
  of: z.optional(shortText),
  keys: keyIds.check(z.minLength(1)),
  /** Those of them that get their QR code. */
  withCode: keyIds,
  /** A line to write the passphrase on by hand. */
  writeInLine: z.boolean(),
});
export type SheetOrder = z.infer<typeof sheetOrder>;

/** A copy that was opened for a sheet of its keys. */
export const sheetCopy = z.strictObject({
  id: z.string(),
  name: z.string(),
  keys: z.array(keyName),
  /** Some drill proved a file of the very same bytes whole. */
  isProven: z.boolean(),
});
export type SheetCopy = z.infer<typeof sheetCopy>;

/** What no longer works on this computer without the key, and what still does. */
export const impact = z.strictObject({
  key: keyName,
  roles: z.array(
    z.strictObject({
      gun: z.string(),
      role: z.string(),
      effect: z.enum(['still-signable-here', 'others-must-sign', 'nobody-can-sign']),
    }),
  ),
});
export type ImpactView = z.infer<typeof impact>;

export const restorePlan = z.strictObject({
  id: z.string(),
  /** The file, or `Recovery sheet`. */
  name: z.string(),
  seal: z.optional(seal),
  created: z.optional(instant),
  items: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['key', 'metadata', 'settings']),
      /** The repository for metadata, of which all files are one item; else the file. */
      name: z.string(),
      /** Where it goes. */
      target: z.string(),
      count: z.int(),
      key: z.optional(keyName),
      state: z.enum(['new', 'identical', 'different', 'blocked']),
    }),
  ),
  problems: z.array(z.string()),
});
export type RestorePlan = z.infer<typeof restorePlan>;
export type RestoreItemView = RestorePlan['items'][number];

const chosen = z.strictObject({ from: z.literal('chosen') });
const onDrive = z.strictObject({ from: z.literal('found'), id: shortText });
const known = z.strictObject({ from: z.literal('copy'), id: shortText });

/** What to open: a file that main asks for, one that was found on a drive, or a known copy. */
export const source = z.discriminatedUnion('from', [chosen, onDrive, known]);
/** What may be restored from and tried: those, or the codes of a recovery sheet, which main asks for. */
export const restoreSource = z.discriminatedUnion('from', [
  chosen,
  onDrive,
  known,
  z.strictObject({ from: z.literal('sheet') }),
  /** Pictures of it, which main asks for. */
  z.strictObject({ from: z.literal('picture') }),
]);
export type RestoreSource = z.infer<typeof restoreSource>;
export type Source = z.infer<typeof source>;

/** With the passphrase itself, or with shares of it; main asks for either. */
export const opener = z.enum(['typed', 'shares']);
export type Opener = z.infer<typeof opener>;

/** How long a key that is brought back is meant to stay. */
export const visitEnd = z.enum(['publish', 'sent-away']);
export type VisitEnd = z.infer<typeof visitEnd>;

/** Backup files at the top of the drives that are plugged in. */
export const found = z.array(z.strictObject({ id: z.string(), name: z.string(), label: z.string() }));
export type Found = z.infer<typeof found>[number];

const itemIds = z.array(shortText).check(z.maxLength(1000));

export const restoreOrder = z.strictObject({ id: shortText, items: itemIds, replace: itemIds });

export const restored = z.array(
  z.strictObject({
    id: z.string(),
    outcome: z.enum(['restored', 'identical', 'kept', 'failed']),
    /** Of a key of a recovery sheet that was restored: whether its passphrase opened it. */
    checked: z.optional(z.boolean()),
    error: z.optional(wireError),
  }),
);
export type Restored = z.infer<typeof restored>[number];
