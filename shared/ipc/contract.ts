/**
 * The one doorway between the privileged side and the window: every call and event, with its shapes.
 * A call is `noun.verb`; the channel name is derived. Nobody types a channel string elsewhere.
 *
 * SECURITY: no schema here may carry key bytes, passphrases or tokens outwards, and none may carry a path,
 * a library name or shell text inwards. The only inward secrets are answers to a prompt with a one-time ID.
 */
import * as z from 'zod/mini';
import * as activity from './activity.ts';
import * as app from './app.ts';
import * as backups from './backups.ts';
import * as delegations from './delegations.ts';
import * as doctor from './doctor.ts';
import * as keys from './keys.ts';
import * as lock from './lock.ts';
import * as plans from './plans.ts';
import * as prompts from './prompts.ts';
import * as repositories from './repositories.ts';
import * as sandbox from './sandbox.ts';
import * as settings from './settings.ts';
import * as verify from './verify.ts';
import * as yubikey from './yubikey.ts';

export interface Call<I extends z.ZodMiniType = z.ZodMiniType, O extends z.ZodMiniType = z.ZodMiniType> {
  readonly kind: 'call';
  readonly input: I;
  readonly output: O;
}
export interface Event<P extends z.ZodMiniType = z.ZodMiniType> {
  readonly kind: 'event';
  readonly payload: P;
}
const call = <I extends z.ZodMiniType, O extends z.ZodMiniType>(input: I, output: O): Call<I, O> => ({
  kind: 'call',
  input,
  output,
});
const event = <P extends z.ZodMiniType>(payload: P): Event<P> => ({ kind: 'event', payload });
const nothing = z.undefined();

export const contract = {
  app: {
    info: call(nothing, app.info),
    openLink: call(z.strictObject({ link: app.linkId }), nothing),
    copyText: call(z.strictObject({ text: z.string().check(z.maxLength(app.copiedAtOnce)) }), nothing),
  },
  repositories: {
    list: call(nothing, z.array(repositories.row)),
    /** Accepts image references, one per entry; answers one result per entry. */
    add: call(
      z.strictObject({ references: z.array(app.shortText).check(z.maxLength(app.namesAtOnce)) }),
      repositories.addResults,
    ),
    /** Forgets the row only; never deletes trust data. */
    hide: call(z.strictObject({ gun: app.gun }), nothing),
    /** All when no GUN is named. Progress arrives as `repositories.refreshed`. */
    refresh: call(
      z.strictObject({ guns: z.optional(z.array(app.gun).check(z.maxLength(app.namesAtOnce))) }),
      nothing,
    ),
    detail: call(z.strictObject({ gun: app.gun }), repositories.detail),
    tags: call(z.strictObject({ gun: app.gun }), repositories.tagTable),
    registryDigests: call(
      z.strictObject({ gun: app.gun, tags: z.array(app.shortText).check(z.maxLength(500)) }),
      repositories.registryDigests,
    ),
    /** The tags that the registry has and nobody signed, and those that are signed but not released. */
    unsignedTags: call(z.strictObject({ gun: app.gun }), repositories.unsignedTags),
    rawMetadata: call(
      z.strictObject({ gun: app.gun, role: app.shortText, version: z.optional(z.int().check(z.positive())) }),
      z.strictObject({ text: z.string(), bytes: z.int() }),
    ),
    refreshed: event(repositories.refreshProgress),
    changed: event(z.array(repositories.row)),
  },
  /** Passphrases are asked for by main, through prompts; so are the files that are read and written. */
  keys: {
    list: call(nothing, keys.list),
    generate: call(z.strictObject({ wish: keys.newKey }), keys.storedKey),
    /** Main asks for the files. `name`: for keys whose file names no role; `gun`: for repository keys without one. */
    import: call(
      z.strictObject({ name: z.optional(app.shortText), gun: z.optional(app.shortText) }),
      keys.importResults,
    ),
    /** Main asks for the place. Several keys only as a bundle. */
    export: call(
      z.strictObject({
        keys: z.array(keys.keyRef).check(z.minLength(1), z.maxLength(1000)),
        format: keys.exportFormat,
      }),
      keys.written,
    ),
    /** `shared`: every key that opens with the same old passphrase gets the new one. */
    change: call(z.strictObject({ key: keys.keyRef, shared: z.boolean() }), keys.changeResults),
    /** For a signer's key; `days` is for a self-signed certificate only. */
    certify: call(
      z.strictObject({
        key: keys.keyRef,
        want: z.enum(['request', 'certificate']),
        subject: keys.certificateSubject,
        days: z.int().check(z.minimum(1), z.maximum(7300)),
      }),
      keys.written,
    ),
    /** What would no longer work without it. */
    removal: call(z.strictObject({ key: keys.keyRef }), keys.removal),
    /** Main asks for a typed confirmation. */
    remove: call(z.strictObject({ key: keys.keyRef }), nothing),
    remembered: call(z.strictObject({ key: keys.keyRef }), z.strictObject({ where: keys.rememberedWhere })),
    forget: call(z.strictObject({ key: keys.keyRef }), nothing),
    /** Which keys of a repository are here, backed up, or nowhere that is known. */
    holdings: call(z.strictObject({ gun: app.gun }), keys.holdings),
  },
  settings: {
    get: call(nothing, settings.view),
    setTheme: call(z.strictObject({ theme: settings.theme }), settings.view),
    /** Parsed, https (or loopback), confirmed by the privileged side before it is kept. */
    addServer: call(settings.newServer, settings.view),
    removeServer: call(z.strictObject({ id: app.shortText }), settings.view),
    /** Main opens the dialog; the window never names a path. */
    addServerCa: call(z.strictObject({ server: app.shortText }), settings.view),
    /** Trusts exactly the certificate that doctor showed, named by its SHA-256 fingerprint. */
    trustShownCa: call(z.strictObject({ server: app.shortText, sha256: app.sha256 }), settings.view),
    removeServerCa: call(z.strictObject({ server: app.shortText, sha256: app.sha256 }), settings.view),
    chooseTrustDirectory: call(nothing, settings.view),
    changed: event(settings.view),
  },
  doctor: {
    /** An image reference or a server URL. Steps arrive as `doctor.step` while it runs. */
    run: call(z.strictObject({ target: app.shortText }), doctor.report),
    step: event(doctor.stepEvent),
  },
  sandbox: {
    status: call(nothing, sandbox.status),
    start: call(nothing, sandbox.status),
    stop: call(nothing, sandbox.status),
    /** Throws away the sandbox's server, registry and demo keys, after a confirmation by main. */
    reset: call(nothing, sandbox.status),
    changed: event(sandbox.status),
  },
  /** Every change to trust: made as a plan, reviewed, then published by ID. */
  plans: {
    /** Makes repository and signer too when there is none; `rootKey` as in `addSigner`. */
    sign: call(
      z.strictObject({
        gun: app.gun,
        tags: z.array(plans.tagWish).check(z.minLength(1), z.maxLength(app.namesAtOnce)),
        signAs: z.optional(app.shortText),
        rootKey: z.optional(app.shortText),
      }),
      plans.plan,
    ),
    /** All signed tags when none is named. */
    revoke: call(
      z.strictObject({
        gun: app.gun,
        tags: z.optional(z.array(app.shortText).check(z.minLength(1), z.maxLength(app.namesAtOnce))),
        signAs: z.optional(app.shortText),
      }),
      plans.plan,
    ),
    /** Makes the repository too when there is none. `rootKey`: an ID, or `new`; needed when several could be meant. */
    addSigner: call(
      z.strictObject({
        gun: app.gun,
        name: app.shortText,
        keys: z.array(plans.droppedKey).check(z.minLength(1), z.maxLength(20)),
        rootKey: z.optional(app.shortText),
      }),
      plans.plan,
    ),
    removeSigner: call(
      z.strictObject({ gun: app.gun, name: app.shortText, signAs: z.optional(app.shortText) }),
      plans.plan,
    ),
    /** A delegation that is not there yet, of threshold 1. */
    addDelegation: call(delegations.added, plans.plan),
    addDelegationKeys: call(delegations.keysAdded, plans.plan),
    removeDelegationKeys: call(delegations.keysRemoved, plans.plan),
    changeDelegationPaths: call(delegations.pathsChanged, plans.plan),
    removeDelegation: call(delegations.removed, plans.plan),
    /** Takes keys from every delegation that names them. */
    purgeKeys: call(delegations.purged, plans.plan),
    /** Signs roles again as they are: renews their expiry, or brings them back. */
    witness: call(
      z.strictObject({
        gun: app.gun,
        roles: z.array(app.shortText).check(z.minLength(1), z.maxLength(100)),
        signAs: z.optional(app.shortText),
      }),
      plans.plan,
    ),
    /** Another key for a base role: `key` is an ID, `new` or `server`; the role's usual choice without it. */
    rotate: call(
      z.strictObject({ gun: app.gun, role: app.shortText, key: z.optional(app.shortText) }),
      plans.plan,
    ),
    /** An empty repository. `rootKey` as in `addSigner`. */
    initialise: call(z.strictObject({ gun: app.gun, rootKey: z.optional(app.shortText) }), plans.plan),
    /** Takes all trust data off the server; its name is asked for, typed, when it is published. */
    delete: call(z.strictObject({ gun: app.gun }), plans.plan),
    /** Tags and delegations as they were before the publish of this plan. */
    restore: call(
      z.strictObject({ gun: app.gun, planId: app.shortText, signAs: z.optional(app.shortText) }),
      plans.plan,
    ),
    /** What notary staged for the repository on this computer, because the person includes it. */
    staged: call(z.strictObject({ gun: app.gun }), plans.plan),
    publish: call(z.strictObject({ id: app.shortText }), plans.receipt),
    cancel: call(z.strictObject({ id: app.shortText }), nothing),
    discard: call(z.strictObject({ id: app.shortText }), nothing),
    /** Main asks for the place. */
    save: call(z.strictObject({ id: app.shortText }), nothing),
    /** A plan that was saved; main asks for its place. */
    open: call(nothing, plans.plan),
    /** Signs an opened plan with the keys that are here; main writes its file again. */
    signSaved: call(z.strictObject({ id: app.shortText }), plans.plan),
    identifyKeys: call(
      z.strictObject({ keys: z.array(plans.droppedKey).check(z.maxLength(20)) }),
      z.array(plans.identifyResult),
    ),
    /** Public keys that can be given to a delegation without a file: those of the repositories that were read. */
    knownKeys: call(nothing, z.array(plans.identifiedKey)),
    stagedChanges: call(nothing, z.array(plans.stagedChange)),
    unfinished: call(nothing, z.array(plans.unfinished)),
    progress: event(plans.progress),
  },
  /** The window names keys, places and copies by ID; main asks for files and passphrases. One work at a time. */
  backups: {
    list: call(nothing, backups.overview),
    /** Drives are watched from now on, until `leave`. */
    open: call(nothing, z.array(backups.destination)),
    /** Stops what runs and forgets what was typed. */
    leave: call(nothing, nothing),
    stop: call(nothing, nothing),
    /** Main asks for it. */
    addFolder: call(nothing, z.array(backups.destination)),
    write: call(z.strictObject({ order: backups.writeOrder }), backups.written),
    /** `replug`: the drive has to be unplugged and plugged in first. */
    prove: call(z.strictObject({ copy: app.shortText, replug: z.boolean() }), backups.drill),
    /** Of a recovery sheet nothing is recorded. */
    check: call(z.strictObject({ source: backups.restoreSource, opener: backups.opener }), backups.drill),
    found: call(nothing, backups.found),
    /** After a question by main. The file is not touched. */
    forgetCopy: call(z.strictObject({ copy: app.shortText }), nothing),
    settleInterrupted: call(z.strictObject({ id: app.shortText }), nothing),
    /** Opens a copy whose keys are to be printed, as when they are kept offline. Restores nothing. */
    openForSheet: call(z.strictObject({ source: backups.source, opener: backups.opener }), backups.sheetCopy),
    /** SECURITY: the page goes to a file that main asks for, never to the window. */
    saveSheet: call(
      z.strictObject({ order: backups.sheetOrder, as: z.enum(['html', 'pdf']) }),
      z.strictObject({ where: z.string() }),
    ),
    printSheet: call(z.strictObject({ order: backups.sheetOrder }), nothing),
    /** Splits the passphrase of a copy; the sheets go to a folder that main asks for, or to the printer. */
    share: call(
      z.strictObject({
        copy: app.shortText,
        needed: z.int().check(z.minimum(2), z.maximum(16)),
        total: z.int().check(z.minimum(2), z.maximum(16)),
        how: z.enum(['save', 'print']),
      }),
      z.strictObject({ where: z.optional(z.string()) }),
    ),
    impact: call(z.strictObject({ key: app.sha256 }), backups.impact),
    /** Only after two proven copies, and a question by main. */
    takeOffline: call(z.strictObject({ key: app.sha256 }), nothing),
    /** For one operation, from a copy at hand or one that main asks for. */
    bringBack: call(
      z.strictObject({ key: app.sha256, opener: backups.opener, until: backups.visitEnd }),
      nothing,
    ),
    sendAway: call(z.strictObject({ key: app.sha256 }), nothing),
    keepHere: call(z.strictObject({ key: app.sha256 }), nothing),
    /** Opens a backup and says what restoring would do. Writes nothing. */
    planRestore: call(
      z.strictObject({ source: backups.restoreSource, opener: backups.opener }),
      backups.restorePlan,
    ),
    restore: call(backups.restoreOrder, backups.restored),
    changed: event(backups.overview),
    destinations: event(z.array(backups.destination)),
    progress: event(backups.progress),
  },
  /** Keys and tokens are named by ID and serial number; main asks for every PIN, and before anything is lost. */
  yubikey: {
    /** Tokens are watched from now on. */
    state: call(nothing, yubikey.state),
    slots: call(z.strictObject({ serial: yubikey.serial }), yubikey.slots),
    put: call(yubikey.putWish, yubikey.putResult),
    generate: call(yubikey.generateWish, yubikey.putResult),
    /** Main asks for the place of the public half. */
    exportPublic: call(yubikey.publicHalf, keys.written),
    changePin: call(z.strictObject({ serial: yubikey.serial }), nothing),
    changePuk: call(z.strictObject({ serial: yubikey.serial }), nothing),
    unblock: call(z.strictObject({ serial: yubikey.serial }), nothing),
    /** An empty name takes the old one away. */
    name: call(yubikey.named, nothing),
    /** Locks every token. */
    lock: call(nothing, nothing),
    /** Main asks for the file, and whether it may be used. */
    chooseLibrary: call(nothing, nothing),
    useUsualLibrary: call(nothing, nothing),
    changed: event(yubikey.state),
  },
  /** Files come as text: the window reads what was dropped on it, and knows no path. */
  verify: {
    /** Ends an examination that is under way. */
    check: call(z.strictObject({ texts: verify.texts }), verify.report),
    stop: call(nothing, nothing),
    pinned: call(verify.pinWish, verify.pinned),
    /** Main asks for the place. */
    save: call(verify.pinWish, nothing),
    progress: event(verify.progress),
  },
  activity: {
    list: call(nothing, activity.log),
    /** Main asks for the place; the log is written there as it is, line by line. */
    export: call(nothing, nothing),
  },
  lock: {
    state: call(nothing, lock.state),
    /** Forgets every passphrase remembered for the session. */
    lock: call(nothing, lock.state),
    changed: event(lock.state),
  },
  prompts: {
    answer: call(prompts.answer, nothing),
    asked: event(prompts.prompt),
    /** The prompt was answered, cancelled or timed out; the window takes it down. */
    closed: event(z.strictObject({ id: app.shortText })),
    /** The printed text that was asked for was taken, or is not wanted any more: what was typed of it can be forgotten. */
    textTaken: event(z.strictObject({})),
  },
} as const;

export type Contract = typeof contract;
