/** A desk of backups with a person in front of it who answers from a list, and drives that come and go. Test code. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BackupDesk } from '../../../electron/backup/desk/backup-desk.ts';
import type { DeskSetup, PagePrinter } from '../../../electron/backup/desk/desk-setup.ts';
import type { BlockDevice } from '../../../electron/backup/drives.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { PrintedTextQuestion } from '../../../electron/prompts/printed-text.ts';
import type { Confirmation } from '../../../electron/prompts/prompts.ts';
import type { PassphraseQuestion } from '../../../electron/keystore/unlock.ts';
import { AppError } from '../../../shared/errors.ts';
import type { DestinationView, Overview, Progress, WriteOrder } from '../../../shared/ipc/backups.ts';
import { rootPassphrase } from '../keystore/vectors.ts';
import { backupPassphrase, now, secret, type BackupLab } from './backup-fixture.ts';

/** What the person answers, in order. `undefined` declines; a question without an answer fails the test. */
export interface Person {
  readonly passphrases: (string | undefined)[];
  readonly texts: (string | undefined)[];
  readonly files: (string | undefined)[];
  confirms: boolean;
  /** What happens while a passphrase is typed. */
  beforeAnswer?: () => void;
  readonly asked: PassphraseQuestion[];
  readonly askedTexts: PrintedTextQuestion[];
  /** How often it was said that a text is not needed any more. */
  textsTaken: number;
  readonly confirmed: Confirmation[];
}

export interface DeskLab {
  readonly desk: BackupDesk;
  readonly person: Person;
  readonly overviews: Overview[];
  readonly destinations: (readonly DestinationView[])[];
  readonly progress: Progress[];
  /** What went into the activity log. */
  readonly noted: string[];
  /** Keys whose passphrases were forgotten. */
  readonly letGo: string[];
  /** Plugs these in, and nothing else. */
  plugIn(...labels: readonly string[]): void;
  mountPoint(label: string): string;
  /** The same for folders that are there: by label, where each is mounted. */
  plugInAt(mounts: Readonly<Record<string, string>>): void;
  time: Date;
}

export const stickOf = (label: string, mount: string): BlockDevice => ({
  name: `sd${label.toLowerCase()}1`,
  type: 'part',
  fsType: 'vfat',
  mount,
  size: 16_000_000_000,
  physical: 'Removable',
  uuid: label,
  label,
  model: '',
  removable: true,
  protocol: 'usb',
});

function take<T>(answers: (T | undefined)[], what: string): T {
  if (answers.length === 0) throw new Error(`nobody said what to answer: ${what}`);
  const answer = answers.shift();
  if (answer === undefined) throw new AppError('prompt/cancelled', {});
  return answer;
}

/** A promise that is cancelled with the signal, as the broker does. */
function until<T>(signal: AbortSignal | undefined, answer: () => T): Promise<T> {
  if (signal?.aborted === true) return Promise.reject(new AppError('prompt/cancelled', {}));
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(answer());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

export function openDesk(lab: BackupLab, more: { readonly printer?: PagePrinter } = {}): DeskLab {
  const person: Person = {
    passphrases: [],
    texts: [],
    files: [],
    confirms: true,
    asked: [],
    askedTexts: [],
    textsTaken: 0,
    confirmed: [],
  };
  let plugged: readonly BlockDevice[] = [];
  const mountPoint = (label: string) => join(lab.path, 'media', label);
  const prompts: DeskSetup['prompts'] = {
    askPassphrase: (question, signal) => {
      person.asked.push(question);
      return until(signal, () => {
        person.beforeAnswer?.();
        const text = take(person.passphrases, question.subject ?? question.role);
        return { passphrase: secret(text), remember: 'no' as const };
      });
    },
    askPrintedText: (question, signal) => {
      person.askedTexts.push(question);
      return until(signal, () => take(person.texts, question.what));
    },
    printedTextTaken: () => {
      person.textsTaken += 1;
    },
    chooseFile: ({ title }, signal) => until(signal, () => [take(person.files, title)]),
    confirm: (question) => {
      person.confirmed.push(question);
      return person.confirms ? Promise.resolve() : Promise.reject(new AppError('prompt/cancelled', {}));
    },
  };
  const result = {
    person,
    overviews: [] as Overview[],
    destinations: [] as (readonly DestinationView[])[],
    progress: [] as Progress[],
    noted: [] as string[],
    letGo: [] as string[],
    time: now,
    mountPoint,
    plugIn: (...labels: readonly string[]) => {
      for (const label of labels) mkdirSync(mountPoint(label), { recursive: true });
      plugged = labels.map((label) => stickOf(label, mountPoint(label)));
    },
    plugInAt: (mounts: Readonly<Record<string, string>>) => {
      plugged = Object.entries(mounts).map(([label, mount]) => stickOf(label, mount));
    },
  };
  const desk = new BackupDesk({
    prompts,
    places: () => ({
      trustDir: lab.trustDir,
      settingsFile: lab.settingsFile,
      recordsFile: lab.recordsFile,
    }),
    verified: () => [],
    crypto: nodeCrypto,
    now: () => result.time,
    writer: 'trustdesk 0.1.0',
    onChanged: (overview) => result.overviews.push(overview),
    onDestinations: (destinations) => result.destinations.push(destinations),
    onProgress: (progress) => result.progress.push(progress),
    onKeys: () => undefined,
    record: (what) => {
      result.noted.push(what);
      return Promise.resolve();
    },
    letGo: (keyId) => {
      result.letGo.push(keyId);
      return Promise.resolve();
    },
    drives: () => Promise.resolve(plugged),
    lookEvery: 5,
    workFactor: 1,
    ...more,
  });
  return Object.assign(result, { desk });
}

export const orderOf = (keys: readonly string[], to: readonly string[]): WriteOrder => ({
  keys: [...keys],
  repositories: [],
  settings: false,
  to: [...to],
  seal: { kind: 'passphrase' },
});

/** Writes the root key to two drives and proves both copies. Gives the IDs of the copies. */
export async function twoProvenCopies(lab: BackupLab, at: DeskLab, key: string): Promise<readonly string[]> {
  const { desk, person } = at;
  at.plugInAt({ BLUE: lab.drive, RED: lab.otherDrive });
  const places = await desk.open();
  person.passphrases.push(backupPassphrase);
  const written = await desk.write(
    orderOf(
      [key],
      places.map(({ id }) => id),
    ),
  );
  const copies = written.map((result) => (result.ok ? result.copy.id : ''));
  person.passphrases.push(backupPassphrase, rootPassphrase);
  for (const copy of copies) await desk.prove(copy, false);
  return copies;
}
