/**
 * Opens backups on the command line: with the passphrase of the environment, one that is typed, shares of it, or the
 * file of an age key. Command line. What opened one backup is tried on the next of the same command, then wiped.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, hasCode } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import type { AgeKey } from '../backup/age-file.ts';
import { combineShares, parseShare, type PassphraseShare } from '../backup/passphrase-shares.ts';
import { openBackup, type OpenedBackup, sealOfBackup } from '../backup/read-backup.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import { type Arguments, isOn, usage, valueOf } from './command.ts';
import { askSecret, backupVariable, maximumAttempts, secretFromVariable } from './secrets.ts';
import type { Terminal } from './terminal.ts';

export class BackupOpener {
  readonly #args: Arguments;
  readonly #terminal: Terminal;
  readonly #known: SecretBytes[] = [];

  constructor(args: Arguments, terminal: Terminal) {
    this.#args = args;
    this.#terminal = terminal;
  }

  /** @throws `backup/*`, `config/unreadable`, `prompt/*`, `cli/usage` */
  async open(file: string): Promise<OpenedBackup> {
    const seal = await sealOfBackup(file);
    if (seal === 'plain') return openBackup(file);
    if (seal === 'recipients') return this.#withIdentity(file);
    return (await this.#withKnown(file)) ?? (await this.#withPassphrase(file));
  }

  /** The passphrase that opened the last backup, as a copy; undefined when none did. */
  passphrase(): SecretBytes | undefined {
    return this.#known.at(-1)?.copy();
  }

  /** Wipes what was typed. */
  end(): void {
    for (const passphrase of this.#known.splice(0)) passphrase.wipe();
  }

  async #withIdentity(file: string): Promise<OpenedBackup> {
    const given = valueOf(this.#args, 'identity');
    if (given === undefined)
      throw usage(`${file} is sealed to age keys: name the file of one of them with --identity`);
    const identity = await readIdentity(path.resolve(this.#terminal.workingDirectory, given));
    try {
      return await openBackup(file, { kind: 'identity', identity });
    } finally {
      identity.wipe();
    }
  }

  async #withKnown(file: string): Promise<OpenedBackup | undefined> {
    for (const passphrase of this.#known) {
      const opened = await tryOpen(file, passphrase);
      if (opened !== undefined) return opened;
    }
    return undefined;
  }

  async #withPassphrase(file: string): Promise<OpenedBackup> {
    if (isOn(this.#args, 'from-shares')) return this.#tryOnce(file, await askShares(this.#terminal));
    const given = secretFromVariable(backupVariable, this.#terminal);
    if (given !== undefined) return this.#tryOnce(file, given, backupVariable);
    for (let attempt = 1; ; attempt++) {
      const lead = attempt === 1 ? '' : 'Passphrase incorrect. Please retry.\n';
      const question = `${lead}Enter passphrase for the backup ${path.basename(file)}: `;
      const typed = await askSecret(
        { question, what: whatIsAsked, variable: backupVariable },
        this.#terminal,
      );
      const opened = await tryOpen(file, typed);
      if (opened !== undefined) {
        this.#known.push(typed);
        return opened;
      }
      typed.wipe();
      if (attempt === maximumAttempts) throw new AppError('backup/wrong-passphrase', { path: file });
    }
  }

  /** One try: nobody is there to think again. */
  async #tryOnce(file: string, passphrase: SecretBytes, variable?: string): Promise<OpenedBackup> {
    const opened = await tryOpen(file, passphrase);
    if (opened === undefined) {
      passphrase.wipe();
      const from = variable === undefined ? {} : { variable };
      throw new AppError('backup/wrong-passphrase', { path: file, ...from });
    }
    this.#known.push(passphrase);
    return opened;
  }
}

const whatIsAsked = 'The passphrase of the backup';

/** Undefined when the passphrase does not open it. */
async function tryOpen(file: string, passphrase: SecretBytes): Promise<OpenedBackup | undefined> {
  const key: AgeKey = { kind: 'passphrase', passphrase };
  try {
    return await openBackup(file, key);
  } catch (error) {
    if (hasCode(error, 'backup/wrong-passphrase')) return undefined;
    throw error;
  }
}

/** The secret line of a file of `age-keygen`. @throws `config/unreadable`, `backup/wrong-identity` */
async function readIdentity(file: string): Promise<SecretBytes> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: file, reason }, { cause: error });
  });
  try {
    const start = bytes.indexOf('AGE-SECRET-KEY-1');
    const [line] = start < 0 ? [] : (/^[\w-]+/.exec(bytes.toString('latin1', start)) ?? []);
    if (line === undefined) throw new AppError('backup/wrong-identity', { path: file });
    return SecretBytes.fromText(line);
  } finally {
    bytes.fill(0);
  }
}

/** Asked for one after the other, until there are enough; a mistyped one is asked for again. */
async function askShares(terminal: Terminal): Promise<SecretBytes> {
  const shares = new Map<number, PassphraseShare>();
  let lead = '';
  for (;;) {
    const [first] = shares.values();
    if (first !== undefined && shares.size >= first.needed) {
      return combineShares([...shares.values()].map(({ text }) => text));
    }
    const question = `${lead}Enter a share of the passphrase, as it is printed: `;
    const what = 'A share of the passphrase of the backup';
    const typed = await askSecret({ question, what }, terminal).catch(toUsage);
    lead = takeShare(shares, typed);
    typed.wipe();
  }
}

/** Shares have no variable: nobody should keep them together. */
function toUsage(error: unknown): never {
  if (!hasCode(error, 'prompt/no-terminal')) throw error;
  throw usage(
    `shares are typed on a terminal, and there is none: run this in one, or set ${backupVariable} and leave --from-shares out`,
  );
}

/** What is said before the next question. */
function takeShare(shares: Map<number, PassphraseShare>, typed: SecretBytes): string {
  try {
    const share = parseShare(typed.use((bytes) => new TextDecoder().decode(bytes)));
    const [first] = shares.values();
    if (first !== undefined && first.set !== share.set) throw new AppError('backup/shares-mixed', {});
    shares.set(share.number, share);
    const missing = share.needed - shares.size;
    return `Share ${share.number} of ${share.total}, set ${share.set}. ${missing} more needed.\n`;
  } catch (error) {
    if (!hasCode(error, 'backup/share-unreadable') && !hasCode(error, 'backup/shares-mixed')) throw error;
    const { title, fix } = textOf(error);
    return `${title} ${fix}\n`;
  }
}
