/**
 * The first moments of the app, before Electron is ready, and what is said when it cannot start. Electron's main process.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, protocol } from 'electron';
import { startFailure } from '../log/start-failure.ts';
import { bundleScheme } from './protocol.ts';

/** There is no window to say it in. */
function sayWhyNot(error: unknown): void {
  dialog.showErrorBox('Trustdesk cannot start', startFailure(error));
  app.exit(1);
}

/** Runs `start` when no other instance uses `dataDirectory`. Whatever fails on the way is said, then the app ends. */
export function startAlone(dataDirectory: string, start: () => Promise<void>): void {
  const userData = join(dataDirectory, 'electron');
  try {
    // Before the app is ready, or they have no effect. Crash dumps hold memory: the reporter is never started.
    app.enableSandbox();
    protocol.registerSchemesAsPrivileged([bundleScheme]);
    mkdirSync(userData, { recursive: true, mode: 0o700 });
    app.setPath('userData', userData);
    if (app.requestSingleInstanceLock()) start().catch(sayWhyNot);
    else app.quit();
  } catch (error) {
    sayWhyNot(error);
  }
}
