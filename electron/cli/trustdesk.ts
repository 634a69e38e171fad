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
  process.once('exit', endWithoutOutcome);
  setImmediate(prepare);
  const exitCode = await runCommandLine(process.argv.slice(2), processTerminal(homedir(), openStdout));
  // Idle connections are kept for reuse; nothing is left to do, so do not wait for them.
  const stdout = openStdout();
  stdout.write('', (error) => {
    if (error !== undefined && error !== null) endIncomplete(stdout.errored ?? error);
    end(exitCode);
  });
}

function end(exitCode: number): never {
  process.off('exit', endWithoutOutcome);
  process.exit(exitCode);
}

/**
 * SECURITY: when nothing is left to wait for, Node ends with 0, and a script would take that for an answer (`verify`). A
 * command ends when it has an outcome; any other end is a failure.
 */
function endWithoutOutcome(): void {
  process.exitCode = 1;
  process.stderr.write('The command ended without an outcome. This is a fault of Trustdesk.\n');
}

/** What nearly every command needs and Node takes milliseconds for, done while a server's first answer is waited for. */
const prepare = (): unknown => openStdout();

let openedStdout: NodeJS.WriteStream | undefined;

function openStdout(): NodeJS.WriteStream {
  openedStdout ??= process.stdout.on('error', endIncomplete);
  return openedStdout;
}

/** A file on a full disk must not look like a whole answer. */
function endIncomplete(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') end(readerIsGone);
  const reason = error.code === 'ENOSPC' ? 'no space is left there' : (error.code ?? error.message);
  process.stderr.write(`The output could not be written: ${reason}. What was written is not complete.\n`);
  end(1);
}
