/** `trustdesk yubikey list | slots | pin | puk | unblock | name | library`. Command line. */
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { readConfiguration } from '../trust/connect.ts';
import { requireSafeLibrary } from '../yubikey/libraries.ts';
import type { TokenDesk } from '../yubikey/token-desk.ts';
import type { TokenDevice, TokenState } from '../yubikey/token-finder.ts';
import type { TokenSlot } from '../yubikey/token-keys.ts';
import { agrees } from './ask.ts';
import { dockerTable, tableLines } from './columns.ts';
import { type Arguments, isOn, type RunCommand, valueOf } from './command.ts';
import { surroundingsOf, type Terminal, writeAll } from './terminal.ts';
import { openTokenDesk } from './tokens.ts';

export const runYubikeyList: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    const devices = devicesOf(await desk.look());
    if (isOn(args, 'json')) {
      printJson(devices, terminal);
      return;
    }
    const rows = devices.map(({ serial, name, model, firmware, pin }) => [
      serial,
      name ?? '',
      model,
      firmware,
      pinText[pin],
    ]);
    writeAll(
      terminal.stdout,
      tableLines(dockerTable, [['SERIAL', 'NAME', 'MODEL', 'FIRMWARE', 'PIN TRIES'], ...rows]),
    );
  });

const pinText: Readonly<Record<TokenDevice['pin'], string>> = {
  all: 'all left',
  fewer: 'some used up',
  last: 'one left',
  none: 'blocked',
  unknown: 'not told',
};

export const runYubikeySlots: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    const slots = await desk.slots(await chosen(desk, args));
    if (isOn(args, 'json')) {
      printJson(slots.map(toJson), terminal);
      return;
    }
    const header = ['SLOT', 'ROLE', 'KEY', 'PIN', 'TOUCH', 'KEY ID', 'NOTE'];
    writeAll(terminal.stdout, tableLines(dockerTable, [header, ...slots.map(slotRow)]));
  });

function slotRow(slot: TokenSlot): readonly string[] {
  const { algorithm = 'other', pinPolicy = '?', touchPolicy = '?', keyId, role, commonName } = slot;
  const name = role === '' ? (commonName ?? '') : role;
  return [slot.slot, name, algorithm, pinPolicy, touchPolicy, keyId?.slice(0, 12) ?? '', noteOf(slot)];
}

function noteOf({ state, madeOnDevice, isCertain }: TokenSlot): string {
  if (state === 'phantom') return 'certificate without its key';
  if (state === 'other') return 'not usable here';
  if (madeOnDevice === true) return 'made on the device, no backup';
  if (state === 'key-only') return 'no certificate';
  return isCertain ? '' : 'shows at its first signature';
}

function toJson({ key: _, ...slot }: TokenSlot): object {
  return slot;
}

export const runYubikeyPin: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    await desk.changePin(await chosen(desk, args));
    terminal.stdout.write('The PIN was changed.\n');
  });

export const runYubikeyPuk: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    await desk.changePuk(await chosen(desk, args));
    terminal.stdout.write('The PUK was changed.\n');
  });

export const runYubikeyUnblock: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    await desk.unblockPin(await chosen(desk, args));
    terminal.stdout.write('The token has a new PIN.\n');
  });

export const runYubikeyName: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    const [name = ''] = args.operands;
    const { serial } = await chosen(desk, args);
    await desk.name(serial, name);
    terminal.stdout.write(
      name.trim() === ''
        ? `Token ${serial} has no name now.\n`
        : `Token ${serial} is called ${name.trim()} now.\n`,
    );
  });

/** SECURITY: a library runs with the person's rights, so they are told, and only their yes lets it in. */
export const runYubikeyLibrary: RunCommand = (args, terminal) =>
  withDesk(terminal, async (desk) => {
    const [given] = args.operands;
    const file = given === undefined ? undefined : path.resolve(terminal.workingDirectory, given);
    // What cannot be used need not be agreed to.
    if (file !== undefined) await requireSafeLibrary(file);
    if (file !== undefined && !isOn(args, 'yes')) {
      const question = `${file} is a program that will see your PIN and run as you. Use it for tokens?`;
      if (!(await agrees(question, terminal))) throw new AppError('prompt/cancelled', {});
    }
    await desk.useLibrary(file);
    terminal.stdout.write(
      file === undefined ? 'The usual library is used.\n' : `${file} is used for tokens.\n`,
    );
  });

/** The device that is meant. @throws `yubikey/*` */
export function chosen(desk: TokenDesk, args: Arguments): Promise<TokenDevice> {
  return desk.choose(valueOf(args, 'device'));
}

/** Ends the token process with the command. */
export async function withDesk(
  terminal: Terminal,
  work: (desk: TokenDesk) => Promise<void>,
): Promise<number> {
  const { paths } = await readConfiguration(surroundingsOf(terminal));
  const desk = await openTokenDesk(terminal, paths.dataDirectory);
  try {
    await work(desk);
    return 0;
  } finally {
    desk.close();
  }
}

function devicesOf(state: TokenState): readonly TokenDevice[] {
  switch (state.kind) {
    case 'ready':
      return state.devices;
    case 'not-built':
      throw new AppError('yubikey/not-built', {});
    case 'no-library':
      throw new AppError('yubikey/no-library', { looked: state.looked });
    case 'no-service':
      throw new AppError('yubikey/no-service', {});
    case 'no-token':
      throw new AppError('yubikey/no-token', {});
    case 'failed':
      throw state.error;
  }
}

function printJson(value: unknown, terminal: Terminal): void {
  terminal.stdout.write(`${JSON.stringify(value, undefined, 4)}\n`);
}
