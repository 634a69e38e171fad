/**
 * The log file: `trustdesk.log` and one older one in the data folder, for this user only.
 * Runs in the privileged process of the window (Electron main, browser mode); the command line keeps no log.
 */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import log from 'electron-log/node.js';
import type { Fields, Log } from './log.ts';
import { redact, redactText } from './redact.ts';

const MAX_BYTES = 2 * 1024 * 1024;

/** Opens the log in `folder`, which is made with mode 0700 when it is missing. */
export function openFileLog(folder: string): Log {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'trustdesk.log');
  if (existsSync(path)) chmodSync(path, 0o600);
  const logger = log.create({ logId: path });
  logger.transports.console.level = false;
  logger.transports.file.level = 'info';
  logger.transports.file.maxSize = MAX_BYTES;
  logger.transports.file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  logger.transports.file.resolvePathFn = () => path;
  const write = (level: 'info' | 'warn' | 'error') => (message: string, fields?: Fields) => {
    // SECURITY: every line passes the redaction, whoever wrote it.
    const line = redactText(message);
    if (fields === undefined) logger[level](line);
    else logger[level](line, JSON.stringify(redact(fields)));
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
