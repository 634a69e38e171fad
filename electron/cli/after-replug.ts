/**
 * Waits for a person to unplug a drive and to plug it in again, so that a check reads the drive and not what the system still
 * has in memory. Command line. Some systems list a drive after it was pulled out: the wait says so, and it has an end.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import { type Drive, waitForReplug } from '../backup/drives.ts';
import { usage } from './command.ts';
import { printable } from './columns.ts';
import { tell } from './secrets.ts';
import type { ReplugPatience, Terminal } from './terminal.ts';

/** Long enough to walk to the computer that the drive is in. */
const usualPatience: ReplugPatience = { remindAfter: 30_000, endAfter: 10 * 60_000 };
const MINUTE_MS = 60_000;

/** The drive as it came back. @throws `backup/not-replugged`, `cli/usage` where nobody is there */
export async function afterReplug(drive: Drive, terminal: Terminal): Promise<Drive> {
  const label = printable(drive.label);
  const { remindAfter, endAfter } = terminal.replugPatience ?? usualPatience;
  await ask(label, terminal);
  let step: 'unplug' | 'plug-in' = 'unplug';
  const end = new AbortController();
  const ending = setTimeout(() => end.abort(), endAfter);
  const reminding = setTimeout(() => void remind(label, terminal), remindAfter);
  const onGone = (): void => {
    step = 'plug-in';
    clearTimeout(reminding);
  };
  const source = terminal.blockDevices;
  const watched = { signal: end.signal, onGone, ...(source === undefined ? {} : { source }) };
  const back = await waitForReplug(drive, watched).finally(() => {
    for (const timer of [ending, reminding]) clearTimeout(timer);
    end.abort();
  });
  if (back !== undefined) return back;
  throw new AppError('backup/not-replugged', { label, step, minutes: Math.ceil(endAfter / MINUTE_MS) });
}

async function ask(label: string, terminal: Terminal): Promise<void> {
  const asked = `Eject and unplug ${label}, then plug it in again. Waiting for it...\n`;
  const more = '(Ctrl+C ends this; --plugged-in reads it as it is.)\n';
  try {
    await tell(`${asked}${more}`, { what: `Somebody to unplug ${label}` }, terminal);
  } catch (error) {
    if (!hasCode(error, 'prompt/no-terminal')) throw error;
    throw usage(
      `${label} is to be unplugged first, and nobody is here to do it: --plugged-in reads it as it is`,
    );
  }
}

/** Only a hint: a terminal that went away meanwhile does not end the wait. */
async function remind(label: string, terminal: Terminal): Promise<void> {
  const hint =
    `${label} is still listed by this system. If you have unplugged it already, the system does not notice:\n` +
    'end this with Ctrl+C, and repeat the command with --plugged-in.\n';
  await tell(hint, { what: `Somebody to unplug ${label}` }, terminal).catch(() => undefined);
}
