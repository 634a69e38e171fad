/** Node's calls for folders as promises, apart from `file-calls.ts`: the short commands need none of them. Privileged side only. */
import fs from 'node:fs';
import { promisify } from 'node:util';

export const mkdir = promisify(fs.mkdir);
export const rmdir = promisify(fs.rmdir);
export const readdir = promisify<string, string[]>(fs.readdir);
