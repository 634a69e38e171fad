/** Browser mode's options. Pure. */
import { AppError } from '../../shared/errors.ts';

export interface BrowserOptions {
  readonly open: boolean;
  /** 0 for any that is free. */
  readonly port: number;
}

function parsePort(text: string | undefined): number {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new AppError('cli/usage', { message: '--port wants a number up to 65535' });
}

/** `--no-open` and `--port N`. Throws `cli/usage`. */
export function parseBrowserArguments(args: readonly string[]): BrowserOptions {
  let options: BrowserOptions = { open: true, port: 0 };
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--no-open') options = { ...options, open: false };
    else if (argument === '--port') options = { ...options, port: parsePort(rest.shift()) };
    else
      throw new AppError('cli/usage', {
        message: `there is no option ${argument}; there are --no-open and --port N`,
      });
  }
  return options;
}
