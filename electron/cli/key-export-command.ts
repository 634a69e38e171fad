/**
 * `trustdesk key export`, in the place of notary's: a bundle as notary writes it, one key as its file is, PKCS#8 for
 * other tools, or public halves. Command line. Private keys leave under a passphrase; a file is never overwritten.
 */
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import {
  encodePublicKey,
  exportBundle,
  exportModern,
  exportStored,
  writeExport,
} from '../keystore/export-key.ts';
import { type KeyListing, listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf, valuesOf } from './command.ts';
import { printable } from './columns.ts';
import { openKeyDesk } from './key-desk.ts';
import { sayLeftOut } from './left-out.ts';
import { generateOf, newKeyPassphrase } from './new-passphrase.ts';
import { openStored } from './open-with.ts';
import { pickStored, shortName } from './pick-key.ts';
import type { Terminal } from './terminal.ts';

const forms = ['single', 'modern', 'public'] as const;
type Form = 'bundle' | (typeof forms)[number];

export const runKeyExport: RunCommand = async (args, terminal) => {
  const form = formOf(args);
  const desk = await openKeyDesk(args, terminal);
  const { keys, unreadable } = await chooseKeys(args, desk.trustDirectory);
  if ((form === 'single' || form === 'modern') && keys.length !== 1) {
    throw usage(`--${form} takes one key: name it with --key (${keys.length} are chosen)`);
  }
  const file = valueOf(args, 'output');
  const target = file === undefined ? undefined : path.resolve(terminal.workingDirectory, file);
  const text = await textOf(form, keys, args, terminal);
  if (target === undefined) terminal.stdout.write(text);
  else await writeExport(target, text);
  if (form !== 'public') warnOfBareKeys(form, keys, terminal);
  if (target !== undefined) terminal.stderr.write(`Wrote ${keys.map(shortName).join(', ')} to ${target}\n`);
  if (form !== 'public') {
    const ids = keys.map(({ id }) => id);
    await desk.record('key-exported', `Exported ${keys.map(shortName).join(', ')}`, { keyIds: ids, form });
  }
  return sayLeftOut(unreadable, 'export', terminal) ? 1 : 0;
};

function formOf(args: Arguments): Form {
  const given = forms.filter((form) => isOn(args, form));
  if (given.length > 1)
    throw usage(`Only one of ${given.map((form) => `--${form}`).join(' and ')} may be given`);
  return given[0] ?? 'bundle';
}

/** notary: everything, or some IDs, or some repositories; not both. notary looks at the first repository only. */
async function chooseKeys(args: Arguments, trustDirectory: string): Promise<KeyListing> {
  const ids = listOf(args, 'key');
  const guns = listOf(args, 'gun');
  if (ids.length > 0 && guns.length > 0) {
    throw usage('Only the --gun or --key flag may be provided, not a mix of the two flags');
  }
  if (ids.length > 0) {
    const picked = await Promise.all(ids.map((id) => pickStored(trustDirectory, id)));
    return { keys: [...new Map(picked.map((key) => [key.id, key])).values()], unreadable: [] };
  }
  const { keys, unreadable } = await listKeys(trustDirectory);
  // notary writes an empty file and calls it a success.
  if (keys.length === 0) throw usage('there is no key here to export');
  for (const gun of guns) {
    if (!keys.some((key) => key.gun === gun)) throw new AppError('keystore/none-of-repository', { gun });
  }
  const chosen = keys.filter(({ gun }) => gun !== undefined && guns.includes(gun));
  return { keys: guns.length === 0 ? keys : chosen, unreadable };
}

function listOf(args: Arguments, name: string): readonly string[] {
  return valuesOf(args, name).filter((word) => word !== '');
}

async function textOf(
  form: Form,
  keys: readonly StoredKey[],
  args: Arguments,
  terminal: Terminal,
): Promise<string> {
  const [key] = keys;
  if (form === 'bundle' || key === undefined) return exportBundle(keys);
  if (form === 'single') return exportStored(key);
  if (form === 'modern') return modern(key, args, terminal);
  const texts: string[] = [];
  for (const each of keys) texts.push(await publicHalf(each, terminal));
  return texts.join('');
}

/** Under the passphrase that the key has here, unless it has none. */
async function modern(stored: StoredKey, args: Arguments, terminal: Terminal): Promise<string> {
  const purpose = [`To write key ${shortName(stored)} for other tools, under the passphrase it has here.`];
  const { key, passphrase } = await openStored(stored, purpose, terminal);
  try {
    const own = passphrase ?? (await newKeyPassphrase(stored, generateOf(args), terminal));
    try {
      return await exportModern(key, own);
    } finally {
      own.wipe();
    }
  } finally {
    key.wipe();
  }
}

async function publicHalf(stored: StoredKey, terminal: Terminal): Promise<string> {
  const purpose = [`To derive the public half of key ${shortName(stored)}; nothing is signed.`];
  const { key, passphrase } = await openStored(stored, purpose, terminal);
  try {
    return encodePublicKey(key.key, stored.role);
  } finally {
    key.wipe();
    passphrase?.wipe();
  }
}

function warnOfBareKeys(form: Form, keys: readonly StoredKey[], terminal: Terminal): void {
  if (form === 'modern') return;
  for (const key of keys.filter(({ encryption }) => encryption === 'none')) {
    terminal.stderr.write(
      `Warning: key ${printable(shortName(key))} has no passphrase, so what was written is the key itself. ` +
        '`trustdesk key passwd` gives it one.\n',
    );
  }
}
