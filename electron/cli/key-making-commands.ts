/**
 * `trustdesk key generate` and `key load`, in the place of docker's. Command line.
 * A key is really stored, or refused with the reason; nothing is ever overwritten silently.
 */
import path from 'node:path';
import { stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import { encodePublicKey, writeExport } from '../keystore/export-key.ts';
import { generateKey } from '../keystore/generate-key.ts';
import { importHeaders, importKey } from '../keystore/import-key.ts';
import { parseSignerName } from '../keystore/key-names.ts';
import { type KeyFileEntry, loadKeyFile } from '../keystore/private-key-file.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import { removeKey, storeKey } from '../keystore/store-key.ts';
import { readConfiguration, trustDirectoryOf } from '../trust/connect.ts';
import { backUpRoot } from './back-up-root.ts';
import { type Arguments, isOn, type RunCommand, valueOf } from './command.ts';
import { generateOf, newKeyPassphrase } from './new-passphrase.ts';
import { type Opened, openWith } from './open-with.ts';
import { surroundingsOf, type Terminal } from './terminal.ts';

export const runKeyGenerate: RunCommand = async (args, terminal) => {
  const name = parseSignerName(args.operands[0] ?? '');
  const folder = path.resolve(terminal.workingDirectory, valueOf(args, 'dir') ?? '.');
  const file = path.join(folder, `${name}.pub`);
  // Before anything is made: a key whose public half cannot be written is of no use to its owner.
  await mustBeFree(folder, file);
  const trustDirectory = await openTrustDirectory(args, terminal);
  terminal.stdout.write(`Generating key for ${name}...\n`);
  const key = await generateKey();
  try {
    const passphrase = await newKeyPassphrase({ id: key.id, role: name }, generateOf(args), terminal);
    await storeWithPublicHalf(key, name, file, passphrase, trustDirectory);
  } finally {
    key.wipe();
  }
  terminal.stdout.write(
    `Successfully generated and loaded private key. Corresponding public key available: ${file}\n`,
  );
  // Keys of the sandbox are thrown away with it.
  if (name === 'root' && !isOn(args, 'sandbox')) terminal.stderr.write(backUpRoot);
  return 0;
};

async function mustBeFree(folder: string, file: string): Promise<void> {
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory() !== true) throw new AppError('files/no-folder', { path: folder });
  const taken = await stat(file).catch(() => undefined);
  if (taken !== undefined) throw new AppError('files/exists', { path: file });
}

async function storeWithPublicHalf(
  key: PrivateKey,
  name: string,
  file: string,
  passphrase: SecretBytes,
  trustDirectory: string,
): Promise<void> {
  try {
    await storeKey(trustDirectory, key, { role: name }, passphrase);
  } finally {
    passphrase.wipe();
  }
  try {
    await writeExport(file, encodePublicKey(key.key, name));
  } catch (error) {
    // Nothing half-done: this key was made a moment ago and nobody knows its public half.
    await removeKey(trustDirectory, key.id);
    throw error;
  }
}

/** The sandbox's own with `--sandbox`, whether it runs or not. @throws `sandbox/not-running` when there is none */
async function openTrustDirectory(args: Arguments, terminal: Terminal): Promise<string> {
  const configured = await readConfiguration(surroundingsOf(terminal));
  if (!isOn(args, 'sandbox')) return trustDirectoryOf(configured);
  const { loadKnownSandbox } = await import('../sandbox/sandbox-folder.ts');
  const known = await loadKnownSandbox(path.join(configured.paths.dataDirectory, 'sandbox'));
  if (known === undefined) throw new AppError('sandbox/not-running', {});
  return known.trustDirectory;
}

export const runKeyLoad: RunCommand = async (args, terminal) => {
  const [given = ''] = args.operands;
  const names = { role: valueOf(args, 'name') ?? 'signer', fallbackRole: 'signer' };
  terminal.stdout.write(`Loading key from "${given}"...\n`);
  const file = path.resolve(terminal.workingDirectory, given);
  const { entries } = await loadKeyFile(file);
  const trustDirectory = await openTrustDirectory(args, terminal);
  for (const entry of entries) await loadOne(trustDirectory, { file, entry }, names, args, terminal);
  terminal.stdout.write(`Successfully imported key from ${given}\n`);
  return 0;
};

async function loadOne(
  trustDirectory: string,
  { file, entry }: { readonly file: string; readonly entry: KeyFileEntry },
  names: { readonly role: string; readonly fallbackRole: string },
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  const { role } = importHeaders(entry, names);
  const old = await openEntry(entry, { file, role }, terminal);
  try {
    const id = old.key.id;
    const passphrase = await newKeyPassphrase({ id, role }, generateOf(args), terminal);
    try {
      await importKey(trustDirectory, entry, names, { old: old.passphrase, new: passphrase });
    } finally {
      passphrase.wipe();
    }
  } finally {
    old.key.wipe();
    old.passphrase?.wipe();
  }
}

/** The passphrase of the file itself: from docker's variables, else asked for. @throws `keystore/wrong-passphrase` */
export async function openEntry(
  entry: KeyFileEntry,
  { file, role }: { readonly file: string; readonly role: string },
  terminal: Terminal,
): Promise<Opened> {
  if (!entry.needsPassphrase) return { key: await entry.open(undefined), passphrase: undefined };
  const subject = `the key in ${path.basename(file)}`;
  const locked = { keyId: entry.promisedId ?? `in ${file}`, subject, role, gun: entry.gun, purpose: [] };
  return openWith(locked, (passphrase) => entry.open(passphrase), terminal);
}
