/**
 * Node's file calls as promises, made of those with callbacks: `fs/promises` takes Node a millisecond to load and more
 * steps for each call, and a short command needs nothing else of it. Privileged side only; each as `node:fs` describes it.
 */
import fs from 'node:fs';
import { promisify } from 'node:util';

export const access = promisify(fs.access);
export const readFile = promisify(fs.readFile);
export const writeFile = promisify(fs.writeFile);
export const rename = promisify(fs.rename);
export const link = promisify(fs.link);
export const unlink = promisify(fs.unlink);
export const chmod = promisify(fs.chmod);
export const chown = promisify(fs.chown);
export const open = promisify(fs.open);
export const fsync = promisify(fs.fsync);
export const close = promisify(fs.close);
