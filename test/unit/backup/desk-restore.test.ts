/** Restoring over what is there: asked of the person first, kept aside, and only what was shown is replaced. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBackup } from '../../../electron/backup/read-backup.ts';
import { restoreBackup } from '../../../electron/backup/restore-backup.ts';
import { writeTarGz } from '../../../electron/backup/tar-archive.ts';
import { backupPassphrase, gun, jeffId, now, rootId, useBackupLab } from './backup-fixture.ts';
import { openDesk, orderOf } from './desk-fixture.ts';

const lab = useBackupLab();
const keyFile = () => join(lab.trustDir, 'private', `${jeffId}.key`);
const asideFolder = () => join(lab.path, 'replaced-keys');

/** A backup of two keys, of which one is then another one here; opened again. */
async function openedOverAnother() {
  const at = openDesk(lab);
  at.person.files.push(lab.drive);
  const [place] = await at.desk.addFolder();
  at.person.passphrases.push(backupPassphrase);
  await at.desk.write(orderOf([rootId, jeffId], [place?.id ?? '']));
  const backedUp = readFileSync(keyFile(), 'utf8');
  const here = backedUp.replace('role:', 'note: newer\nrole:');
  writeFileSync(keyFile(), here);
  const [name = ''] = readdirSync(lab.drive).filter((entry) => entry.endsWith('.age'));
  at.person.files.push(join(lab.drive, name));
  at.person.passphrases.push(backupPassphrase);
  const plan = await at.desk.planRestore({ from: 'chosen' }, 'typed');
  const item = plan.items.find(({ state }) => state === 'different')?.id ?? '';
  return { at, plan, item, backedUp, here };
}

describe('a key that would be replaced', () => {
  it('is named in a question that has to be typed; declined, nothing is written', async () => {
    const { at, plan, item, here } = await openedOverAnother();
    rmSync(join(lab.trustDir, 'private', `${rootId}.key`));
    at.person.confirms = false;
    const ids = plan.items.map(({ id }) => id);
    await expect(at.desk.restore(plan.id, ids, [item])).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(at.person.confirmed).toMatchObject([{ destructive: true, typed: 'replace' }]);
    expect(at.person.confirmed[0]?.text).toContain(`ID ${jeffId}`);
    expect(at.person.confirmed[0]?.text).toContain(asideFolder());
    expect(at.person.confirmed[0]?.text).not.toContain(rootId);
    expect(readFileSync(keyFile(), 'utf8')).toBe(here);
    expect(existsSync(join(lab.trustDir, 'private', `${rootId}.key`))).toBe(false);
  });

  it('is kept aside, private, where docker and notary do not look', async () => {
    const { at, plan, item, backedUp, here } = await openedOverAnother();
    expect(await at.desk.restore(plan.id, [item], [item])).toEqual([{ id: item, outcome: 'restored' }]);
    expect(readFileSync(keyFile(), 'utf8')).toBe(backedUp);
    const [kept = '', ...more] = readdirSync(asideFolder());
    expect(more).toEqual([]);
    expect(kept.startsWith(jeffId)).toBe(true);
    expect(readFileSync(join(asideFolder(), kept), 'utf8')).toBe(here);
    expect(statSync(join(asideFolder(), kept)).mode & 0o777).toBe(0o600);
    expect(statSync(asideFolder()).mode & 0o777).toBe(0o700);
  });

  it('is left alone when it cannot be kept aside', async () => {
    const { at, plan, item, here } = await openedOverAnother();
    lab.put('replaced-keys', 'a file where the folder must be');
    expect(await at.desk.restore(plan.id, [item], [item])).toMatchObject([{ outcome: 'failed' }]);
    expect(readFileSync(keyFile(), 'utf8')).toBe(here);
  });

  it('is left alone when it changed since it was shown', async () => {
    const { at, plan, item, here } = await openedOverAnother();
    const newest = here.replace('newer', 'newest');
    writeFileSync(keyFile(), newest);
    expect(await at.desk.restore(plan.id, [item], [item])).toMatchObject([
      { outcome: 'failed', error: { code: 'backup/changed-meanwhile' } },
    ]);
    expect(readFileSync(keyFile(), 'utf8')).toBe(newest);
  });

  it('is not asked about when it is not to be replaced', async () => {
    const { at, plan, item } = await openedOverAnother();
    expect(await at.desk.restore(plan.id, [item], [])).toEqual([{ id: item, outcome: 'kept' }]);
    expect(at.person.confirmed).toEqual([]);
  });
});

describe('a copy that this computer does not know', () => {
  it('is recorded when something is restored from it, not as proven', async () => {
    const { at, plan } = await openedOverAnother();
    rmSync(lab.recordsFile);
    expect((await at.desk.list()).copies).toEqual([]);
    const all = plan.items.map(({ id }) => id);
    await at.desk.restore(plan.id, all, []);
    const { copies } = await at.desk.list();
    expect(copies).toMatchObject([{ standing: { kind: 'unproven' }, place: { label: lab.drive } }]);
    await at.desk.restore(plan.id, all, []);
    expect((await at.desk.list()).copies).toHaveLength(1);
  });
});

describe('settings in a backup', () => {
  it.each(['no JSON', '[]', '{}', '{"version":1,"theme":"pink"}', '{"version":1,"unheardOf":true}'])(
    'that cannot be read are not restored: %s',
    async (text) => {
      const archive = await writeTarGz(
        [
          { path: `trust/private/${jeffId}.key`, bytes: readFileSync(keyFile()) },
          { path: 'trustdesk-backup/settings.json', bytes: Buffer.from(text) },
        ],
        now,
      );
      const backup = await openBackup(lab.put('private_keys_backup.tar.gz', archive));
      const files = ['trustdesk-backup/settings.json'];
      expect(await restoreBackup(backup, lab.empty, { files, replace: files })).toMatchObject([
        { outcome: 'failed', error: { code: 'config/malformed' } },
      ]);
      expect(existsSync(lab.empty.settingsFile)).toBe(false);
    },
  );
});

describe('an archive that anybody could have changed', () => {
  it('asks before trust metadata is taken over from it', async () => {
    const at = openDesk(lab);
    const key = readFileSync(keyFile());
    const root = `trust/tuf/${gun}-new/metadata/root.json`;
    const archive = await writeTarGz(
      [
        { path: `trust/private/${jeffId}.key`, bytes: key },
        { path: root, bytes: Buffer.from('{}') },
      ],
      now,
    );
    at.person.files.push(lab.put('private_keys_backup.tar.gz', archive));
    const plan = await at.desk.planRestore({ from: 'chosen' }, 'typed');
    const ids = plan.items.map(({ id }) => id);
    at.person.confirms = false;
    await expect(at.desk.restore(plan.id, ids, [])).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(at.person.confirmed[0]?.text).toMatch(/not protected/);
    expect(existsSync(join(lab.path, root))).toBe(false);
  });
});
