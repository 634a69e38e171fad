/** What becomes of the token process when the program that started it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childProcessLinks } from '../../../electron/yubikey/child-link.ts';

/** Takes a moment for whatever it is asked, and then ends by itself. */
const slowProcess = `
const stream = new (require('node:net').Socket)({ fd: 3, readable: true, writable: true });
stream.on('data', () => setTimeout(() => process.exit(7), 100));
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'td-child-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Asks for `request`, then does what is done when this program ends; answers how the process ended. */
async function endWhile(request: unknown): Promise<string> {
  const file = join(folder, 'slow.cjs');
  await writeFile(file, slowProcess);
  const before = process.listeners('exit');
  const link = childProcessLinks({ PATH: process.env['PATH'] }, file)('/usr/lib/library.so');
  const [leave] = process.listeners('exit').filter((listener) => !before.includes(listener));
  link.onMessage(() => undefined);
  const ended = new Promise<string>((resolve) => link.onEnd(resolve));
  link.send({ number: 1, request });
  leave?.call(process, 0);
  return ended;
}

describe('when the program ends, the token process', () => {
  it('may lock its tokens first', async () => {
    expect(await endWhile({ op: 'logout' })).toBe('it ended with code 7');
    expect(await endWhile({ op: 'logout', serial: '1', holder: 'a' })).toBe('it ended with code 7');
    expect(await endWhile({ op: 'close' })).toBe('it ended with code 7');
  });

  it('is killed while it is busy with anything else', async () => {
    expect(await endWhile({ op: 'devices' })).toBe('SIGKILL');
  });
});
