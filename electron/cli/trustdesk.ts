/**
 * Entry of the command line: hand the words to `runCommandLine`, end with its exit code. Plain Node.
 * Nothing heavy may be imported here: start-up time is part of the product.
 */
import { homedir } from 'node:os';
import { runCommandLine } from './command-line.ts';
import { processTerminal } from './terminal.ts';

/** 128 + SIGPIPE, as a shell reports a program whose reader went away. */
const readerIsGone = 141;

export { runCommandLine };

/** Runs this process's command line and ends the process. */
export async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(readerIsGone);
    throw error;
  });
  const exitCode = await runCommandLine(process.argv.slice(2), processTerminal(homedir()));
  // Idle connections are kept for reuse; nothing is left to do, so do not wait for them.
  process.stdout.write('', () => {
    process.exit(exitCode);
  });
}
