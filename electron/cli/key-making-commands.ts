/**
 * `trustdesk key generate` and `key load`, in the place of docker's. Command line.
 * A key is really stored, or refused with the reason; nothing is ever overwritten silently.
 */
import path from 'node:path';
import { stat } from 'node:fs/promises';
import { AppError, hasCode } from '../../shared/errors.ts';
import { encodePublicKey, writeExport } from '../keystore/export-key.ts';
import { generateKey } from '../keystore/generate-key.ts';
import { importHeaders, importKey } from '../keystore/import-key.ts';
import { parseSignerName } from '../keystore/key-names.ts';
import { setPassphraseVariables } from '../keystore/passphrase-variables.ts';
import { type KeyFileEntry, loadKeyFile } from '../keystore/private-key-file.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import { removeKey, storeKey } from '../keystore/store-key.ts';
import { terminalPassphrase } from '../prompts/terminal-passphrase.ts';
import { readConfiguration, trustDirectoryOf } from '../trust/connect.ts';
import { type RunCommand, valueOf } from './command.ts';
import { openUnlocker } from './planning.ts';
import { surroundingsOf, type Terminal } from './terminal.ts';

const MAX_ATTEMPTS = 4;

export const runKeyGenerate: RunCommand = async (args, terminal) => {
  const name = parseSignerName(args.operands[0] ?? '');
  const folder = path.resolve(terminal.workingDirectory, valueOf(args, 'dir') ?? '.');
  const file = path.join(folder, `${name}.pub`);
  // Before anything is made: a key whose public half cannot be written is of no use to its owner.
  await mustBeFree(folder, file);
  terminal.stdout.write(`Generating key for ${name}...\n`);
  const key = await generateKey();
  try {
    await storeWithPublicHalf(key, name, file, terminal);
  } finally {
    key.wipe();
  }
  terminal.stdout.write(
    `Successfully generated and loaded private key. Corresponding public key available: ${file}\n`,
  );
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
  terminal: Terminal,
): Promise<void> {
  const trustDirectory = await openTrustDirectory(terminal);
  const passphrase = await openUnlocker(terminal).choose({ id: key.id, role: name }, []);
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

async function openTrustDirectory(terminal: Terminal): Promise<string> {
  return trustDirectoryOf(await readConfiguration(surroundingsOf(terminal)));
}

export const runKeyLoad: RunCommand = async (args, terminal) => {
  const [given = ''] = args.operands;
  const names = { role: valueOf(args, 'name') ?? 'signer', fallbackRole: 'signer' };
  terminal.stdout.write(`Loading key from "${given}"...\n`);
  const { entries } = await loadKeyFile(path.resolve(terminal.workingDirectory, given));
  const trustDirectory = await openTrustDirectory(terminal);
  for (const entry of entries) await loadOne(trustDirectory, entry, names, terminal);
  terminal.stdout.write(`Successfully imported key from ${given}\n`);
  return 0;
};

async function loadOne(
  trustDirectory: string,
  entry: KeyFileEntry,
  names: { readonly role: string; readonly fallbackRole: string },
  terminal: Terminal,
): Promise<void> {
  const { role } = importHeaders(entry, names);
  const old = await openEntry(entry, role, terminal);
  try {
    const id = old.key.id;
    const passphrase = await openUnlocker(terminal).choose({ id, role }, []);
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

interface Opened {
  readonly key: PrivateKey;
  readonly passphrase: SecretBytes | undefined;
}

/** The passphrase of the file itself: from docker's variables, else asked for. @throws `keystore/wrong-passphrase` */
async function openEntry(entry: KeyFileEntry, role: string, terminal: Terminal): Promise<Opened> {
  if (!entry.needsPassphrase) return { key: await entry.open(undefined), passphrase: undefined };
  for (const [, value] of setPassphraseVariables(role, terminal.env)) {
    const opened = await tryOpen(entry, SecretBytes.fromText(value));
    if (opened !== undefined) return opened;
  }
  return askUntilOpen(entry, role);
}

async function askUntilOpen(entry: KeyFileEntry, role: string): Promise<Opened> {
  const prompt = terminalPassphrase();
  const keyId = entry.promisedId ?? 'unknown';
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const problem = attempt === 0 ? undefined : ('wrong' as const);
    const question = {
      kind: 'open',
      keyId,
      role,
      gun: entry.gun,
      purpose: [],
      attempt,
      problem,
      canRemember: [],
    } as const;
    const opened = await tryOpen(entry, (await prompt.askPassphrase(question)).passphrase);
    if (opened !== undefined) return opened;
  }
  throw new AppError('keystore/wrong-passphrase', { keyId });
}

async function tryOpen(entry: KeyFileEntry, passphrase: SecretBytes): Promise<Opened | undefined> {
  try {
    return { key: await entry.open(passphrase), passphrase };
  } catch (error) {
    passphrase.wipe();
    if (hasCode(error, 'keystore/wrong-passphrase')) return undefined;
    throw error;
  }
}
