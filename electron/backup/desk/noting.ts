/** What is done with backups in the window, for the activity log: the same names as on the command line. Privileged process. */
import type { DrillView, Restored, Written } from '../../../shared/ipc/backups.ts';
import type { DeskSetup } from './desk-setup.ts';

type Noting = Pick<DeskSetup, 'record'>;

/** A copy that was not written is no change. */
export async function noteWritten({ record }: Noting, result: Written): Promise<void> {
  if (!result.ok) return;
  const { name, place, keys } = result.copy;
  const details = { file: name, keyIds: keys.map(({ id }) => id) };
  await record('backup-written', { title: `Wrote a backup to ${place.label}`, ...details });
}

export function noteDrill({ record }: Noting, { name, label, complete, keys }: DrillView): Promise<void> {
  const title = `${complete ? 'Proved' : 'Could not prove'} a backup on ${label}`;
  return record('backup-checked', { title, file: name, complete, keys: keys.length });
}

export function noteForgotten({ record }: Noting, name: string, label: string): Promise<void> {
  return record('backup-forgotten', { title: `Forgot ${name} on ${label}` });
}

export function noteSheet({ record }: Noting, keys: readonly { readonly id: string }[]): Promise<void> {
  return record('sheet-written', { title: 'Wrote a recovery sheet', keyIds: keys.map(({ id }) => id) });
}

/** Half-written files of a backup that was cut off. */
export async function noteSwept({ record }: Noting, names: readonly string[]): Promise<void> {
  for (const name of names) await record('backup-leftover-removed', { title: `Removed ${name}`, file: name });
}

const titles = {
  'key-taken-offline': (id: string) => `Took key ${id} offline`,
  'key-brought-back': (id: string) => `Brought back key ${id}`,
  'key-sent-away': (id: string) => `Sent key ${id} away`,
  'key-kept-here': (id: string) => `Kept key ${id} on this computer`,
} as const;

export function noteKey({ record }: Noting, what: keyof typeof titles, keyId: string): Promise<void> {
  return record(what, { title: titles[what](keyId.slice(0, 12)), keyId });
}

export async function noteRestored({ record }: Noting, results: readonly Restored[]): Promise<void> {
  const count = results.filter(({ outcome }) => outcome === 'restored').length;
  if (count === 0) return;
  await record('backup-restored', { title: `Restored ${count === 1 ? '1 item' : `${String(count)} items`}` });
}
