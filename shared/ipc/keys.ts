/** What the window sees of private keys, and what it can ask to be done with them: never their bytes. */
import * as z from 'zod/mini';
import { gun, sha256, shortText, wireError } from './app.ts';
import { keyPlace } from './repositories.ts';

/** One key of this computer. The sandbox has a trust directory, and so keys, of its own. */
export const keyRef = z.strictObject({ id: sha256, sandbox: z.boolean() });
export type KeyRef = z.infer<typeof keyRef>;

/** How well a key is backed up, from the records of backups that were written or checked here. */
export const backupState = z.strictObject({
  /** Copies at different places. */
  copies: z.int(),
  /** Those from which the key was decrypted and made to sign. */
  provenCopies: z.int(),
  /** RFC 3339. */
  lastProof: z.optional(z.string()),
  /** The last proof is a year ago, or there was none. */
  drillDue: z.boolean(),
  /** Every proven copy lies on the disk of the keys. */
  besideKeys: z.optional(z.literal(true)),
});
export type BackupState = z.infer<typeof backupState>;

export const keyRow = z.strictObject({
  id: sha256,
  /** The role header as stored: `root`, `targets`, `snapshot`, or a signer's name. */
  role: z.string(),
  /** Only for repository keys. */
  gun: z.optional(z.string()),
  algorithm: z.string(),
  place: keyPlace,
  /** Kept in the sandbox's trust directory. */
  sandbox: z.boolean(),
  /** Directory or device as `notary key list` prints it. */
  location: z.string(),
  encrypted: z.boolean(),
  /** Repositories known here that name this key, with the roles it can sign. */
  usedBy: z.array(z.strictObject({ gun: z.string(), roles: z.array(z.string()) })),
  created: z.optional(z.number()),
  /** undefined when the records of backups cannot be read. */
  backup: z.optional(backupState),
});
export type KeyRow = z.infer<typeof keyRow>;

/** Files in the key store that are not usable keys are listed, never hidden. */
export const list = z.strictObject({
  keys: z.array(keyRow),
  unreadable: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
  /** Why nothing is known of backups. */
  backupsUnknown: z.optional(wireError),
});

/** docker and notary make P-256 only; their signers can use all of these once a delegation names them. */
export const keyAlgorithm = z.enum([
  'ECDSA P-256',
  'ECDSA P-384',
  'RSA 2048',
  'RSA 3072',
  'RSA 4096',
  'Ed25519',
]);

/** A signer's key by the signer's name, or a root key, which is P-256 as in notary. */
export const newKey = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('signer'), name: shortText, algorithm: keyAlgorithm }),
  z.strictObject({ kind: z.literal('root') }),
]);
export type NewKey = z.infer<typeof newKey>;

/** A key that was made or brought in. */
export const storedKey = z.strictObject({
  id: sha256,
  role: z.string(),
  gun: z.optional(z.string()),
  algorithm: z.string(),
});
export type StoredKeyView = z.infer<typeof storedKey>;

/** One result per key in each chosen file; `label` is the name of the file. */
export const importResults = z.array(
  z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), label: z.string(), key: storedKey }),
    z.strictObject({ ok: z.literal(false), label: z.string(), error: wireError }),
  ]),
);
export type ImportResult = z.infer<typeof importResults>[number];

/**
 * `bundle`: what `notary key export` writes. `stored`: the `.key` file as it is. `pkcs8`: encrypted as other tools do it
 * today. `public`: the public half.
 */
export const exportFormat = z.enum(['bundle', 'stored', 'pkcs8', 'public']);
export type ExportFormat = z.infer<typeof exportFormat>;

/** Where main put what was asked for. */
export const written = z.strictObject({ place: z.string() });

/** What became of each key whose passphrase was to change. */
export const changeResults = z.array(
  z.strictObject({
    id: sha256,
    role: z.string(),
    gun: z.optional(z.string()),
    /** `other`: the old passphrase does not open it, so it keeps its own. */
    outcome: z.enum(['changed', 'other', 'failed']),
    error: z.optional(wireError),
  }),
);
export type ChangeResult = z.infer<typeof changeResults>[number];

export const certificateSubject = z.strictObject({
  commonName: shortText,
  organization: z.optional(shortText),
  organizationalUnit: z.optional(shortText),
});

/** What can no longer be done without a key, role by role, worst first. */
export const removal = z.strictObject({
  /** What has to be typed before the key is removed. */
  typed: z.string(),
  impacts: z.array(
    z.strictObject({
      gun: z.string(),
      role: z.string(),
      effect: z.enum(['still-signable-here', 'others-must-sign', 'nobody-can-sign']),
      othersHere: z.array(z.string()),
      othersElsewhere: z.array(z.string()),
      /** Of `targets` where there is no signer. */
      signsTags: z.boolean(),
      /** Who can put another key in its place: see `shared/way-out.ts`. */
      wayOut: z.optional(
        z.strictObject({
          with: z.enum(['root', 'targets']),
          where: z.enum(['here', 'offline', 'elsewhere']),
        }),
      ),
    }),
  ),
  /** Repositories that could not be read: whether they need the key is not known. */
  unread: z.array(z.string()),
  /** undefined when the records of backups cannot be read. */
  backup: z.optional(backupState),
});
export type Removal = z.infer<typeof removal>;

/** Where the passphrase would come from without asking anybody. */
export const rememberedWhere = z.enum(['not-needed', 'session', 'environment', 'key-chain', 'nowhere']);
export type RememberedWhere = z.infer<typeof rememberedWhere>;

/** Where the private half of a key of a repository is, as far as this computer knows. */
export const keyWhereabouts = z.strictObject({
  id: z.string(),
  /** `server`: the trust server signs with it. `elsewhere`: nothing here says where it is. */
  place: z.enum(['here', 'server', 'backup', 'elsewhere']),
  /** Proven ones first, the newest of each before the others. */
  copies: z.array(
    z.strictObject({ label: z.string(), file: z.string(), created: z.string(), proven: z.boolean() }),
  ),
  /** Taken off this computer on purpose, RFC 3339. */
  offlineSince: z.optional(z.string()),
});
export type KeyWhereabouts = z.infer<typeof keyWhereabouts>;

/** A role with its keys, for finding out what is lost. */
export const roleHolding = z.strictObject({
  role: z.string(),
  threshold: z.int(),
  /** undefined when the role has no file. */
  expiresAt: z.optional(z.number()),
  keys: z.array(keyWhereabouts),
});
export type RoleHolding = z.infer<typeof roleHolding>;

/** What is missing for one repository, and what the commands that help need to name. */
export const holdings = z.strictObject({
  gun,
  server: z.string(),
  trustDirectory: z.string(),
  sandbox: z.boolean(),
  /** Empty when the repository could not be read; `problem` says why. */
  roles: z.array(roleHolding),
  problem: z.optional(wireError),
});
export type Holdings = z.infer<typeof holdings>;
