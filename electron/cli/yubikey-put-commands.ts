/** `trustdesk yubikey import | generate | export`: keys onto tokens, and their public halves off them. Command line. Never overwrites a slot silently. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { encodePublicKey, writeExport } from '../keystore/export-key.ts';
import { parseSignerName } from '../keystore/key-names.ts';
import type { PublicKey } from '../tuf/model.ts';
import type { PutResult, PutWish } from '../yubikey/put-key.ts';
import { slotId } from '../yubikey/slot-names.ts';
import type { TokenDesk } from '../yubikey/token-desk.ts';
import type { TokenAlgorithm, TouchPolicy } from '../yubikey/token-messages.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { openOwnDesk } from './key-desk.ts';
import { pickStored, shortName } from './pick-key.ts';
import { openUnlocker } from './planning.ts';
import type { Terminal } from './terminal.ts';
import { chosen, withDesk } from './yubikey-commands.ts';

export const runYubikeyImport: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    const own = await openOwnDesk(terminal);
    const stored = await pickStored(own.trustDirectory, args.operands[0] ?? '');
    const wish = { ...(await toWish(desk, args)), role: stored.role, gun: stored.gun };
    const purpose = [`Puts key ${shortName(stored)} on token ${wish.device.serial}`];
    const key = await openUnlocker(terminal).open(stored, purpose);
    try {
      const put = await desk.importKey(wish, key);
      await own.record('key-put-on-token', `Put ${shortName(stored)} on token ${put.serial}`, facts(put));
      terminal.stdout.write(`Key ${shortName(stored)} is in slot ${put.slot} of token ${put.serial} now.\n`);
    } finally {
      key.wipe();
    }
    terminal.stdout.write(
      `Its file stays on this computer. Remove it when backups of it are proven (\`trustdesk backup\`).\n`,
    );
  });

const algorithms: Readonly<Record<string, TokenAlgorithm>> = {
  p256: 'ECDSA P-256',
  p384: 'ECDSA P-384',
  rsa2048: 'RSA 2048',
};

export const runYubikeyGenerate: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    const own = await openOwnDesk(terminal);
    const role = parseSignerName(args.operands[0] ?? '');
    if (role === 'targets' || role === 'snapshot' || role === 'timestamp') {
      throw usage('a key is made on a token for root or a signer; others are put there with import');
    }
    const algorithm = algorithms[valueOf(args, 'algorithm') ?? 'p256'];
    if (algorithm === undefined) throw usage('--algorithm is p256, p384 or rsa2048');
    // Before anything is made: a key whose public half cannot be written is of little use to its owner.
    const file = await publicFile(role, args, terminal);
    const put = await desk.generateKey({ ...(await toWish(desk, args)), role }, algorithm);
    await own.record('key-made-on-token', `Made a key for ${role} on token ${put.serial}`, facts(put));
    terminal.stdout.write(`Key ${put.keyId} is in slot ${put.slot} of token ${put.serial}.\n`);
    if (role !== 'root') await writePublicHalf(file, put.key, role, terminal);
  });

/** The public half of a key that is on a token, for `signer add`. */
export const runYubikeyExport: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    const device = await chosen(desk, args);
    const [slot = ''] = args.operands;
    const id = slotId(slot, device.isPiv);
    const found = (await desk.slots(device)).find((one) => one.id === id);
    if (found?.key === undefined) throw new AppError('yubikey/slot-empty', { serial: device.serial, slot });
    const name = found.role === '' ? found.slot : found.role;
    await writePublicHalf(await publicFile(name, args, terminal), found.key, found.role, terminal);
  });

/** @throws `files/no-folder`, `files/exists` */
async function publicFile(name: string, args: Arguments, terminal: Terminal): Promise<string> {
  const folder = path.resolve(terminal.workingDirectory, valueOf(args, 'dir') ?? '.');
  const file = path.join(folder, `${name}.pub`);
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory() !== true) throw new AppError('files/no-folder', { path: folder });
  const taken = await stat(file).catch(() => undefined);
  if (taken !== undefined) throw new AppError('files/exists', { path: file });
  return file;
}

/** As `key generate` leaves it. */
async function writePublicHalf(
  file: string,
  key: PublicKey,
  role: string,
  terminal: Terminal,
): Promise<void> {
  await writeExport(file, encodePublicKey(key, role));
  terminal.stdout.write(`Corresponding public key available: ${file}\n`);
}

async function toWish(desk: TokenDesk, args: Arguments): Promise<Omit<PutWish, 'role'>> {
  const slot = valueOf(args, 'slot');
  const touch = valueOf(args, 'touch');
  if (touch !== undefined && touch !== 'never' && touch !== 'always' && touch !== 'cached') {
    throw usage('--touch is never, always or cached');
  }
  return {
    device: await chosen(desk, args),
    slot,
    touch: touch satisfies TouchPolicy | undefined,
    replace: isOn(args, 'replace'),
  };
}

function facts({ serial, slot, keyId }: PutResult): Readonly<Record<string, string>> {
  return { serial, slot, keyId };
}
