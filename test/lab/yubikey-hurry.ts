/**
 * Takes the place of `node:timers/promises` in the bundle of the token process for tests. The process waits to see whether
 * a token that fails has left; where the test knows that it stays plugged in, that wait need not be long. Test code.
 */
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'timers/promises';

const hurryFile = `${process.env['YUBIKEY_LAB_FOLDER'] ?? ''}/hurry`;
const HASTE = 20;

export async function setTimeout(ms: number): Promise<void> {
  await wait(existsSync(hurryFile) ? ms / HASTE : ms);
}
