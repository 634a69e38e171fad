/** A process that is killed outright while it backs up, restores or takes a key offline leaves whole files, and a record. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackupRecords, updateBackupRecords } from '../../../electron/backup/backup-records.ts';
import { addProof } from '../../../electron/backup/record-drills.ts';
import { addBackup, interruptedWrites } from '../../../electron/backup/record-writing.ts';
import { unsettledKeys } from '../../../electron/backup/offline-keys.ts';
import { proveBackup } from '../../../electron/backup/prove-backup.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { backupKey, keyPassphrases, keysOnly, now, rootId, useBackupLab } from './backup-fixture.ts';

const lab = useBackupLab();
const backup = join(import.meta.dirname, '../../../electron/backup');
const fixture = join(import.meta.dirname, '../../../electron/keystore');
let programs: string;

const start = `
  import { collectBackup } from '${backup}/collect.ts';
  import { bringBack, sendAway, takeOffline } from '${backup}/offline-keys.ts';
  import { openBackup } from '${backup}/read-backup.ts';
  import { restoreBackup } from '${backup}/restore-backup.ts';
  import { sealBackup, writeBackup } from '${backup}/write-backup.ts';
  import { SecretBytes } from '${fixture}/secret-bytes.ts';
  import { rm } from 'node:fs/promises';
  const [root, path] = process.argv.slice(2);
  const places = { trustDir: root + '/trust', settingsFile: root + '/settings.json', recordsFile: root + '/home/backups.json', drives: [] };
  const key = () => ({ kind: 'passphrase', passphrase: SecretBytes.fromText('backup passphrase') });
  const step = () => process.stdout.write('.');
`;
const bodies = {
  write: `
    for (;;) {
      const contents = await collectBackup(places, { keys: 'all', metadata: 'all', settings: true }, { created: new Date(), writer: 'x' });
      await writeBackup(root + '/drive', await sealBackup(contents, { ...key(), workFactor: 1 }));
      step();
    }`,
  desk: `
    const { BackupDesk } = await import('${backup}/desk/backup-desk.ts');
    const desk = new BackupDesk({
      places: () => places, verified: () => [], crypto: {}, now: () => new Date(), writer: 'x', workFactor: 1,
      onChanged: () => undefined, onDestinations: () => undefined, onProgress: () => undefined, onKeys: () => undefined,
      drives: () => Promise.resolve([]), record: () => Promise.resolve(), letGo: () => Promise.resolve(),
      prompts: {
        askPassphrase: () => Promise.resolve({ ...key(), remember: 'no' }),
        chooseFile: () => Promise.resolve([root + '/drive']),
      },
    });
    const [{ id }] = await desk.addFolder();
    for (;;) {
      await desk.write({ keys: ['${rootId}'], repositories: [], settings: false, to: [id], seal: { kind: 'passphrase' } });
      step();
    }`,
  restore: `
    const opened = await openBackup(path, key());
    const into = { trustDir: root + '/empty/trust', settingsFile: root + '/empty/settings.json' };
    const files = opened.keys.map(({ file }) => file);
    for (;;) {
      await restoreBackup(opened, into, { files, replace: files });
      step();
      await rm(into.trustDir, { recursive: true });
    }`,
  offline: `
    const opened = await openBackup(path, key());
    const at = new Date('${now.toISOString()}');
    await takeOffline(places, '${rootId}', at);
    for (;;) {
      step();
      await bringBack(places, opened, '${rootId}', { until: 'publish', now: at });
      step();
      await sendAway(places, '${rootId}', at);
    }`,
};

beforeAll(async () => {
  programs = mkdtempSync(join(tmpdir(), 'trustdesk-crash-'));
  for (const [name, body] of Object.entries(bodies)) {
    const stdin = { contents: start + body, resolveDir: backup };
    const banner = {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    };
    await build({
      stdin,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner,
      external: ['keytar'],
      outfile: join(programs, `${name}.mjs`),
    });
  }
});

async function killAfter(program: keyof typeof bodies, steps: number, path = ''): Promise<void> {
  const child = spawn(process.execPath, [join(programs, `${program}.mjs`), lab.path, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let done = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    done += chunk.length;
    if (done >= steps) child.kill('SIGKILL');
  });
  const [, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error('the program ended by itself');
}

describe('killed in the middle of', () => {
  it.each([1, 2, 4])(
    'writing backups, after %d: every file that has a backup’s name is one',
    async (steps) => {
      await killAfter('write', steps);
      const files = readdirSync(lab.drive).filter((name) => name.endsWith('.age'));
      expect(files.length).toBeGreaterThanOrEqual(steps);
      for (const name of files) {
        expect(await proveBackup(join(lab.drive, name), backupKey(), keyPassphrases, now)).toMatchObject({
          complete: true,
        });
      }
    },
  );

  it.each([1, 3, 5])(
    'writing at the desk, after %d: every file is recorded, or its writing is said to be cut off',
    async (steps) => {
      await killAfter('desk', steps);
      const files = readdirSync(lab.drive).filter((name) => name.endsWith('.age'));
      const records = await loadBackupRecords(lab.recordsFile);
      const recorded = new Set(records.backups.map(({ file }) => file.name));
      const unknown = files.filter((name) => !recorded.has(name));
      expect(files.length).toBeGreaterThanOrEqual(steps);
      const cutOff = interruptedWrites(records, Date.now());
      expect(unknown.length).toBeLessThanOrEqual(cutOff.length);
      expect(cutOff.length).toBeLessThanOrEqual(1);
    },
  );

  it.each([1, 2, 5])('restoring, after %d times: every key is whole', async (steps) => {
    const { path } = await lab.write();
    await killAfter('restore', steps, path);
    const { keys, unreadable } = await listKeys(lab.empty.trustDir);
    expect(unreadable).toEqual([]);
    for (const { id, path: file } of keys) {
      expect(readFileSync(file)).toEqual(readFileSync(join(lab.trustDir, 'private', `${id}.key`)));
    }
  });

  it.each([1, 2, 3, 6])(
    'taking a key offline and back, after %d steps: here, or recorded as away',
    async (steps) => {
      const places = { trustDir: lab.trustDir, recordsFile: lab.recordsFile };
      const written = [];
      for (const folder of [lab.drive, lab.otherDrive]) {
        const copy = await lab.write(keysOnly, undefined, folder);
        const proof = await proveBackup(copy.path, backupKey(), keyPassphrases, now);
        const where = { kind: 'drive' as const, label: basename(folder), id: `drive:${basename(folder)}` };
        await updateBackupRecords(lab.recordsFile, (records) =>
          addProof(addBackup(records, copy, where), proof, where),
        );
        written.push(copy);
      }
      await killAfter('offline', steps, written[0]!.path);
      const isHere = (await listKeys(lab.trustDir)).keys.some(({ id }) => id === rootId);
      const { offline } = await loadBackupRecords(lab.recordsFile);
      // Never gone without a record that says so; and what is unsettled is named.
      expect(offline.map(({ id }) => id)).toEqual([rootId]);
      const unsettled = await unsettledKeys(places);
      expect(unsettled.map(({ isHere: here }) => here)).toEqual(
        isHere ? [true] : offline[0]!.state === 'away' ? [] : [false],
      );
    },
  );
});
