/**
 * What a window needs of the privileged side: the services as `electron/compose.ts` wires them, and what they are given.
 * Types only. The same in Electron and in browser mode.
 */
import type * as z from 'zod/mini';
import type { Gun, RoleName, Sha256Hex } from '../../shared/brands.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import type { newServer, theme } from '../../shared/ipc/settings.ts';
import type { BackupDesk } from '../backup/desk/backup-desk.ts';
import type { PagePrinter } from '../backup/desk/desk-setup.ts';
import type { Log } from '../log/log.ts';
import type { PassphrasePrompt } from '../keystore/unlock.ts';
import type { PrintedTextPrompt } from '../prompts/printed-text.ts';
import type { Prompts } from '../prompts/prompts.ts';
import type { WindowKeys } from '../trust/key-window.ts';
import type { VerifyDesk } from '../trust/references/verify-desk.ts';
import type { WindowTokens } from '../trust/token-window.ts';
import type { StartTokenProcess } from '../yubikey/token-link.ts';
import type { TokenPrompts } from '../yubikey/token-prompts.ts';
import type { WindowDelegations } from '../trust/plan/window-delegations.ts';
import type { WindowPlans } from '../trust/plan/window-plans.ts';
import type { Emit } from './handlers-of.ts';

type Promised<Name extends string> = Promise<CallOutput<Name>>;
type SettingsView = Promised<'settings.get'>;
type SandboxStatus = Promised<'sandbox.status'>;

/** What surrounds the services: given by the Electron entry or by browser mode. */
export interface WindowSurroundings {
  readonly mode: 'electron' | 'browser';
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly prompts: Prompts & PassphrasePrompt & PrintedTextPrompt & TokenPrompts;
  readonly emit: Emit;
  readonly log: Log;
  /** Absent where the desktop around the window cannot print: in browser mode. */
  readonly printer?: PagePrinter | undefined;
  /** Absent outside of Electron: the token process is a child of plain Node there. */
  readonly startTokenProcess?: StartTokenProcess | undefined;
}

export interface WindowServices {
  readonly info: () => Promised<'app.info'>;
  readonly repositories: {
    readonly list: () => Promised<'repositories.list'>;
    readonly add: (references: readonly string[]) => Promised<'repositories.add'>;
    readonly hide: (gun: Gun) => Promise<void>;
    /** All when no GUN is named. */
    readonly refresh: (guns: readonly Gun[] | undefined) => Promise<void>;
    readonly detail: (gun: Gun) => Promised<'repositories.detail'>;
    readonly tags: (gun: Gun) => Promised<'repositories.tags'>;
    readonly registryDigests: (gun: Gun, tags: readonly string[]) => Promised<'repositories.registryDigests'>;
    readonly unsignedTags: (gun: Gun) => Promised<'repositories.unsignedTags'>;
    readonly rawMetadata: (
      gun: Gun,
      role: RoleName,
      version: number | undefined,
    ) => Promised<'repositories.rawMetadata'>;
  };
  readonly keys: WindowKeys;
  readonly settings: {
    readonly view: () => SettingsView;
    readonly setTheme: (value: z.output<typeof theme>) => SettingsView;
    readonly addServer: (server: z.output<typeof newServer>) => SettingsView;
    readonly removeServer: (id: string) => SettingsView;
    readonly addServerCa: (server: string) => SettingsView;
    readonly trustShownCa: (server: string, fingerprint: Sha256Hex) => SettingsView;
    readonly removeServerCa: (server: string, fingerprint: Sha256Hex) => SettingsView;
    readonly chooseTrustDirectory: () => SettingsView;
  };
  readonly doctor: { readonly run: (target: string) => Promised<'doctor.run'> };
  readonly sandbox: {
    readonly status: () => SandboxStatus;
    readonly start: () => SandboxStatus;
    readonly stop: () => SandboxStatus;
    readonly reset: () => SandboxStatus;
  };
  readonly plans: Pick<WindowPlans, keyof WindowPlans>;
  readonly delegations: Pick<WindowDelegations, keyof WindowDelegations>;
  readonly yubikey: WindowTokens;
  readonly backups: Pick<BackupDesk, keyof BackupDesk>;
  readonly verify: Pick<VerifyDesk, keyof VerifyDesk>;
  readonly activity: {
    readonly list: () => Promised<'activity.list'>;
    readonly export: () => Promise<void>;
  };
  readonly lock: {
    readonly state: () => CallOutput<'lock.state'>;
    readonly lock: () => CallOutput<'lock.state'>;
  };
  /** Ends what runs (the sandbox's servers, requests under way). Called once, at the end. */
  readonly close: () => Promise<void>;
}

/** What `electron/compose.ts` exports for the window: `composeForWindow`. */
export type ComposeForWindow = (surroundings: WindowSurroundings) => Promise<WindowServices>;
