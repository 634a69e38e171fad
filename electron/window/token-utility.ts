/**
 * The token process as Electron's utility process: with its fuses the app cannot start itself as plain Node. Electron's
 * main process. Messages go through a port and need no framing.
 */
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import { tokenEnvironment, tokenFolder } from '../yubikey/child-link.ts';
import type { StartTokenProcess } from '../yubikey/token-link.ts';

/** `here`: the folder of the main process's own file. */
export function utilityProcessLinks(env: NodeJS.ProcessEnv, here: string): StartTokenProcess {
  return (library) => {
    const folder = tokenFolder(library, process.platform);
    const child = utilityProcess.fork(join(here, 'token-process.js'), [], {
      env: tokenEnvironment(env, library, process.platform),
      stdio: 'ignore',
      ...(folder === undefined ? {} : { cwd: folder }),
      serviceName: 'Trustdesk tokens',
    });
    return {
      // Cloned before this returns.
      send: (value) => child.postMessage(value),
      onMessage: (listener) => void child.on('message', listener),
      onEnd: (listener) => void child.once('exit', (code) => listener(`it ended with code ${String(code)}`)),
      kill: () => void child.kill(),
    };
  };
}
