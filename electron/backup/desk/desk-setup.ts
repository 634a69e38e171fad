/** What the desk of backups is given: places, people behind prompts, and who is told. Types and small helpers. */
import type { WireError } from '../../../shared/errors.ts';
import type { AppError } from '../../../shared/errors.ts';
import type { DestinationView, Overview, Progress } from '../../../shared/ipc/backups.ts';
import type { PassphrasePrompt } from '../../keystore/unlock.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import type { PrintedTextPrompt } from '../../prompts/printed-text.ts';
import type { Prompts } from '../../prompts/prompts.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { BlockDeviceSource } from '../drives.ts';

/** Puts a page on paper, where the desktop around the window can; see `electron/window/print-page.ts`. */
export interface PagePrinter {
  /** Opens the system's print dialog. Rejects with `prompt/cancelled` when nothing was printed. */
  print(html: string): Promise<void>;
  toPdf(html: string): Promise<Uint8Array>;
}

/** Of this computer, as the settings are now. The sandbox is never backed up. */
export interface DeskPlaces {
  readonly trustDir: string;
  readonly settingsFile: string;
  readonly recordsFile: string;
}

export interface DeskSetup {
  readonly places: () => DeskPlaces;
  readonly prompts: Prompts & PassphrasePrompt & PrintedTextPrompt;
  /** Repositories of this computer that were read. */
  readonly verified: () => readonly VerifiedRepository[];
  readonly crypto: TufCrypto;
  readonly now: () => Date;
  /** The program and its version, for the manifest. */
  readonly writer: string;
  readonly onChanged: (overview: Overview) => void;
  readonly onDestinations: (destinations: readonly DestinationView[]) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Notes an act in the activity log. Must not reject: what was done is done. */
  readonly record: (what: string, details: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Forgets the passphrase of a key that left. Must not reject. */
  readonly letGo: (keyId: string) => Promise<void>;
  /** Keys came or went. */
  readonly onKeys: () => void;
  readonly printer?: PagePrinter | undefined;
  /** The system's own when absent. */
  readonly drives?: BlockDeviceSource | undefined;
  /** Milliseconds between two looks at the drives. */
  readonly lookEvery?: number | undefined;
  /** Binary logarithm of scrypt's cost; for tests. */
  readonly workFactor?: number | undefined;
}

/** An outcome as it crosses to the window. */
export function toWire(error: AppError): WireError {
  return { code: error.code, details: error.details };
}

/** `{ gun }` only where there is one: members that are absent stay absent on their way to the window. */
export function keyNameOf(key: {
  readonly id: string;
  readonly role: string;
  readonly gun?: string | undefined;
}): { id: string; role: string; gun?: string } {
  const { id, role, gun } = key;
  return gun === undefined ? { id, role } : { id, role, gun };
}
