/** `trustdesk backup forget FILE|PLACE`: a copy that is gone is no longer counted. Command line. Touches no copy. */
import path from 'node:path';
import { leftShortText } from '../../shared/copy-standing.ts';
import { type BackupRecord, removeBackup, updateBackupRecords } from '../backup/backup-records.ts';
import { keysLeftShort } from '../backup/left-short.ts';
import { withDisks } from '../backup/real-places.ts';
import { agrees } from './ask.ts';
import { aroundOf, drivesOf, placeIn, realPlace } from './backup-places.ts';
import { isOn, type RunCommand, usage } from './command.ts';
import { printable } from './columns.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import type { Terminal } from './terminal.ts';

export const runBackupForget: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const given = args.operands[0] ?? '';
  const { backups } = await desk.records();
  const chosen = await choose(given, backups, terminal);
  if (chosen.length === 0)
    throw usage(`no recorded copy is called "${given}": \`trustdesk backup list\` has their names`);
  const lead = isOn(args, 'dry-run') ? 'Would no longer count ' : '';
  for (const { file, place } of chosen) {
    terminal.stdout.write(`${lead}${printable(`${file.name} on ${place.label}`)}\n`);
  }
  await warn(desk, chosen, terminal);
  if (isOn(args, 'dry-run')) return 0;
  const what = chosen.length === 1 ? 'this copy' : `these ${chosen.length} copies`;
  if (
    !isOn(args, 'yes') &&
    !(await agrees(`No longer count ${what}? The files stay as they are.`, terminal))
  ) {
    terminal.stderr.write('\nAborting action.\n');
    return 1;
  }
  await updateBackupRecords(desk.recordsFile, (known) =>
    chosen.reduce((records, { id }) => removeBackup(records, id), known),
  );
  const names = chosen.map(({ file, place }) => `${file.name} on ${place.label}`);
  await desk.record('backup-forgotten', `Forgot ${names.join(', ')}`.slice(0, 200));
  terminal.stdout.write(
    `No longer counted. ${names.length === 1 ? 'The file was' : 'The files were'} not touched.\n`,
  );
  return 0;
};

/** Whoever forgets the last copies of an offline key may be about to throw them away. */
async function warn(desk: KeyDesk, chosen: readonly BackupRecord[], terminal: Terminal): Promise<void> {
  const records = await withDisks(await desk.records(), await aroundOf(desk, terminal));
  const ids = chosen.map(({ id }) => id);
  for (const key of keysLeftShort(records, ids, terminal.now().getTime())) {
    terminal.stderr.write(`Warning: ${printable(leftShortText(key))}\n`);
  }
}

/** By the place as it is listed, by the name of the file, or by its path. */
async function choose(
  given: string,
  backups: readonly BackupRecord[],
  terminal: Terminal,
): Promise<readonly BackupRecord[]> {
  const file = path.resolve(terminal.workingDirectory, given);
  const folder = path.join(await realPlace(path.dirname(file)), path.basename(file));
  const inside = placeIn(folder, await drivesOf(terminal)).id;
  return backups.filter(({ id, place, file: { name } }) => {
    const isPath = place.id === inside && name === path.basename(file);
    return (
      id === given || place.label === given || place.id === `folder:${folder}` || name === given || isPath
    );
  });
}
