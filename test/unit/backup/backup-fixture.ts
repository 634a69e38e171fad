/** A trust directory with docker's keys and metadata in it, and cheap ways to back it up. Test code. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { AgeKey } from '../../../electron/backup/age-file.ts';
import { type BackupChoice, type BackupSources, collectBackup } from '../../../electron/backup/collect.ts';
import type { KeyPassphrases } from '../../../electron/backup/prove-backup.ts';
import {
  type Protection,
  sealBackup,
  writeBackup,
  type WrittenBackup,
} from '../../../electron/backup/write-backup.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { dockerTrust, repositoryPassphrase, rootPassphrase } from '../keystore/vectors.ts';

export const secret = (text: string): SecretBytes => SecretBytes.fromText(text);
export const backupPassphrase = 'backup passphrase';
export const backupKey = (): AgeKey => ({ kind: 'passphrase', passphrase: secret(backupPassphrase) });
/** scrypt as cheap as it gets: these tests are not about its cost. */
export const cheap = (text = backupPassphrase): Protection => ({
  kind: 'passphrase',
  passphrase: secret(text),
  workFactor: 1,
});
export const everything: BackupChoice = { keys: 'all', metadata: 'all', settings: true };
export const keysOnly: BackupChoice = { keys: 'all', metadata: 'none', settings: false };
export const now = new Date('2026-11-21T10:00:00.000Z');
export const about = { created: now, writer: 'trustdesk 0.1.0' };

export const gun = 'registry.example.test:5000/acme/app';
export const rootId = '400fbc8b13813cf7074e203493ed49cda1f44e56715183f3440d06022f2bd9fa';
export const targetsId = '0ba33d85c8a1c0c66957b671e3ac4bcdb4c44d1a68e84d6f0fb1d9e774baa0be';
export const jeffId = '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76';

/** The right passphrase of every key among the vectors. */
export const keyPassphrases: KeyPassphrases = (key) =>
  Promise.resolve(secret(key.role === 'root' ? rootPassphrase : repositoryPassphrase));

export interface BackupLab extends BackupSources {
  readonly path: string;
  /** Two drives, as folders. */
  readonly drive: string;
  readonly otherDrive: string;
  readonly recordsFile: string;
  /** An empty computer. */
  readonly empty: BackupSources;
  put(path: string, content: string | Uint8Array): string;
  tree(folder?: string): readonly string[];
  mode(path: string): number;
  write(choice?: BackupChoice, protection?: Protection, folder?: string): Promise<WrittenBackup>;
}

export function useBackupLab(): BackupLab {
  let path = '';
  const at = (...parts: readonly string[]) => join(path, ...parts);
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'trustdesk-backup-'));
    for (const folder of ['drive', 'other-drive']) mkdirSync(at(folder));
    cpSync(join(dockerTrust, 'keys'), at('trust/private'), { recursive: true });
    for (const name of ['root', 'targets', 'snapshot', 'timestamp']) {
      const target = at('trust/tuf', gun, 'metadata', `${name}.json`);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(dockerTrust, `${name}.json`), target);
    }
    mkdirSync(at('trust/tuf', gun, 'metadata/targets'));
    cpSync(join(dockerTrust, 'jeff.json'), at('trust/tuf', gun, 'metadata/targets/jeff.json'));
    mkdirSync(at('trust/tuf', 'docker.io/library/other', 'metadata'), { recursive: true });
    writeFileSync(at('trust/tuf', 'docker.io/library/other', 'metadata/root.json'), '{}');
    writeFileSync(at('settings.json'), '{"version":1}');
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  const lab: BackupLab = {
    get path() {
      return path;
    },
    get trustDir() {
      return at('trust');
    },
    get settingsFile() {
      return at('settings.json');
    },
    get drive() {
      return at('drive');
    },
    get otherDrive() {
      return at('other-drive');
    },
    get recordsFile() {
      return at('home', 'backups.json');
    },
    get empty() {
      return { trustDir: at('empty', 'trust'), settingsFile: at('empty', 'settings.json') };
    },
    put(name, content) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), content, { mode: 0o600 });
      return at(name);
    },
    tree: (folder = '.') => readdirSync(at(folder), { recursive: true }).map(String).sort(),
    mode: (name) => statSync(at(name)).mode & 0o777,
    write: async (choice = keysOnly, protection = cheap(), folder = at('drive')) =>
      writeBackup(folder, await sealBackup(await collectBackup(lab, choice, about), protection)),
  };
  return lab;
}
