/**
 * What happens to an error that nobody caught: it is written down, and the process ends rather than go on in an
 * unknown state. Runs in the privileged process.
 */
import type { Log } from './log.ts';

/** Installs the last resort; `end` tells the person, closes what can be closed, and ends the process. */
export function installLastResort(log: Log, end: (error: unknown) => void): void {
  process.on('uncaughtException', (error) => {
    log.error('Uncaught error, ending', { error });
    end(error);
  });
  process.on('unhandledRejection', (error) => {
    log.error('Unhandled rejection, ending', { error });
    end(error);
  });
}
