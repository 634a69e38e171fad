/** A desk of keys over docker's own key files, with a person who answers as told. Test code. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Gun } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { PassphraseMemory } from '../../../electron/keystore/passphrase-memory.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { KeyUnlocker, type PassphraseQuestion } from '../../../electron/keystore/unlock.ts';
import type { VerifiedRepository } from '../../../electron/notary/verified-repository.ts';
import type { Confirmation, FileQuestion } from '../../../electron/prompts/prompts.ts';
import { type KeyFolder, KeyDesk } from '../../../electron/trust/key-desk.ts';
import type { TokenKey } from '../../../electron/yubikey/token-keys.ts';
import { dockerTrust } from '../keystore/vectors.ts';
import { vectorFiles, vectorGun } from './vector-repository.ts';

const cancelled = () => new AppError('prompt/cancelled', {});

/** What the person does when asked; a missing answer is a refusal. */
export interface Person {
  passphrases: string[];
  files: string[];
  confirms: boolean;
  remember: 'no' | 'session';
  readonly asked: PassphraseQuestion[];
  readonly chosen: FileQuestion[];
  readonly confirmed: Confirmation[];
}

function makePerson(): Person {
  return { passphrases: [], files: [], confirms: true, remember: 'no', asked: [], chosen: [], confirmed: [] };
}

const askPassphrase = (person: Person) => (question: PassphraseQuestion) => {
  person.asked.push(question);
  const text = person.passphrases.shift();
  if (text === undefined) return Promise.reject(cancelled());
  return Promise.resolve({ passphrase: SecretBytes.fromText(text), remember: person.remember });
};

function promptsOf(person: Person) {
  return {
    chooseFile: (question: FileQuestion) => {
      person.chosen.push(question);
      const { files } = person;
      return files.length === 0 ? Promise.reject(cancelled()) : Promise.resolve(files);
    },
    confirm: (question: Confirmation) => {
      person.confirmed.push(question);
      return person.confirms ? Promise.resolve() : Promise.reject(cancelled());
    },
  };
}

/** The repository of the vectors, as if a server had shown it. */
const { root, targets } = vectorFiles();
export const verified = {
  gun: vectorGun as Gun,
  server: 'https://notary.example.test',
  root,
  targets,
  unusable: new Map(),
  snapshot: { role: 'snapshot', body: { expiresAt: 3 } },
  timestamp: { role: 'timestamp', body: { expiresAt: 4 } },
} as unknown as VerifiedRepository;

export class KeyLab {
  path = '';
  person = makePerson();
  readonly recorded: { readonly what: string; readonly details: Readonly<Record<string, unknown>> }[] = [];
  readonly memory = new PassphraseMemory();
  folders: KeyFolder[] = [];
  repositories: VerifiedRepository[] = [];
  /** Read when asked, for the first time. */
  unread: VerifiedRepository[] = [];
  forgotten = 0;
  tokenKeys: TokenKey[] = [];

  begin(): void {
    this.path = mkdtempSync(join(tmpdir(), 'trustdesk-desk-'));
    this.person = makePerson();
    this.folders = [{ trustDirectory: join(this.path, 'trust'), sandbox: false }];
    this.repositories = [];
    this.unread = [];
    this.recorded.length = 0;
    this.forgotten = 0;
    this.tokenKeys = [];
    this.memory.lock();
  }

  end(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  get prompt() {
    return { askPassphrase: askPassphrase(this.person) };
  }

  desk(): KeyDesk {
    const { person, memory } = this;
    return new KeyDesk({
      folders: () => this.folders,
      verified: () => this.repositories,
      guns: () => Promise.resolve([...this.repositories, ...this.unread].map(({ gun }) => gun)),
      tokenKeys: () => this.tokenKeys,
      read: (gun) => {
        const found = this.unread.filter((repository) => repository.gun === gun && 'root' in repository);
        this.repositories.push(...found);
        this.unread = this.unread.filter((repository) => !found.includes(repository));
        return Promise.resolve();
      },
      unlocker: new KeyUnlocker({
        prompt: { askPassphrase: askPassphrase(person) },
        memory,
        environment: {},
        notify: () => undefined,
      }),
      prompts: promptsOf(person),
      recordsFile: join(this.path, 'data', 'backups.json'),
      record: (what, details) => {
        this.recorded.push({ what, details });
        return Promise.resolve();
      },
      sandboxHint: 'Keys of the sandbox open with: demo',
      onForgotten: () => (this.forgotten += 1),
      onKeyChainKept: () => undefined,
      crypto: nodeCrypto,
      now: () => new Date('2026-11-21T10:00:00.000Z'),
    });
  }

  /** Puts docker's key files into the store. */
  withDockersKeys(): void {
    mkdirSync(join(this.path, 'trust'));
    cpSync(join(dockerTrust, 'keys'), join(this.path, 'trust', 'private'), { recursive: true });
    for (const name of this.stored())
      writeFileSync(this.keyFile(name), readFileSync(this.keyFile(name)), { mode: 0o600 });
  }

  /** Names of the files in the key store. */
  stored(): readonly string[] {
    try {
      return readdirSync(join(this.path, 'trust', 'private'))
        .filter((name) => name.endsWith('.key'))
        .map((name) => name.slice(0, -'.key'.length));
    } catch {
      return [];
    }
  }

  keyFile(id: string): string {
    return join(this.path, 'trust', 'private', `${id}.key`);
  }

  /** A file of the person's own. */
  put(name: string, content: string | Uint8Array, mode = 0o600): string {
    const file = join(this.path, name);
    writeFileSync(file, content, { mode });
    return file;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  mode(file: string): number {
    return statSync(file).mode & 0o777;
  }

  text(file: string): string {
    return readFileSync(file, 'utf8');
  }
}

export function useKeyLab(): KeyLab {
  const lab = new KeyLab();
  beforeEach(() => lab.begin());
  afterEach(() => lab.end());
  return lab;
}
