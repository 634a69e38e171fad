/** Key files that could not be read where all keys were asked for: a copy without them is not what was asked for. Command line. */
import { leftOutFix, leftOutText } from '../../shared/left-out-words.ts';
import type { KeyListing } from '../keystore/key-directory.ts';
import { printable } from './columns.ts';
import type { Terminal } from './terminal.ts';

/** Names each on standard error. True when there is one: the command then ends with 1, whatever it wrote. */
export function sayLeftOut(
  unreadable: KeyListing['unreadable'],
  what: string,
  { stderr }: Pick<Terminal, 'stderr'>,
): boolean {
  for (const { path, reason } of unreadable) {
    stderr.write(`Warning: ${leftOutText(printable(path), what, printable(reason))}\n`);
  }
  if (unreadable.length > 0) {
    stderr.write(`  ${leftOutFix}, and repeat this; or name keys by ID.\n`);
  }
  return unreadable.length > 0;
}
