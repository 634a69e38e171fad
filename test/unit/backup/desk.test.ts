/** The desk of backups: what a person does with drives, passphrases and paper, and what is recorded of it. */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBackupRecords, updateBackupRecords } from '../../../electron/backup/backup-records.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { rootPassphrase, repositoryPassphrase } from '../keystore/vectors.ts';
import { backupPassphrase, gun, jeffId, now, rootId, useBackupLab } from './backup-fixture.ts';
import { openDesk, orderOf, twoProvenCopies } from './desk-fixture.ts';

const lab = useBackupLab();
const later = (days: number) => new Date(now.getTime() + days * 24 * 60 * 60 * 1000);
const isHere = async (id: string) => (await listKeys(lab.trustDir)).keys.some((key) => key.id === id);
const ages = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.age'));

describe('places', () => {
  it('are drives as they come and go, and folders that were chosen', async () => {
    const at = openDesk(lab);
    expect(await at.desk.open()).toEqual([]);
    at.plugIn('BLUE');
    await expect.poll(() => at.destinations.at(-1)?.map(({ label }) => label)).toEqual(['BLUE']);
    at.person.files.push(lab.drive, lab.drive);
    await at.desk.addFolder();
    const places = await at.desk.addFolder();
    expect(places.map(({ kind, label }) => [kind, label])).toEqual([
      ['drive', 'BLUE'],
      ['folder', lab.drive],
    ]);
    expect(places[0]).toMatchObject({ fileSystem: 'vfat', keepsPermissions: false, readOnly: false });
    at.plugIn();
    await expect.poll(() => at.destinations.at(-1)?.map(({ label }) => label)).toEqual([lab.drive]);
    await at.desk.leave();
    const told = at.destinations.length;
    at.plugIn('GREEN');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(at.destinations).toHaveLength(told);
  });

  it('that were never offered cannot be written to', async () => {
    const at = openDesk(lab);
    at.person.passphrases.push(backupPassphrase);
    const [result] = await at.desk.write(orderOf([rootId], [`folder:${lab.path}`]));
    expect(result).toMatchObject({ ok: false, error: { code: 'files/no-folder' } });
    expect(lab.tree().filter((name) => name.endsWith('.age'))).toEqual([]);
  });
});

describe('writing', () => {
  it('asks once for the passphrase, and one place that fails does not cost the other', async () => {
    const at = openDesk(lab);
    at.person.files.push(lab.drive, lab.otherDrive);
    await at.desk.open();
    await at.desk.addFolder();
    const places = await at.desk.addFolder();
    rmSync(lab.drive, { recursive: true });
    at.person.passphrases.push('short', backupPassphrase);
    const written = await at.desk.write(
      orderOf(
        [rootId],
        places.map(({ id }) => id),
      ),
    );
    expect(written).toMatchObject([
      { ok: false, error: { code: 'files/no-folder' } },
      { ok: true, copy: { standing: { kind: 'unproven' }, keys: [{ id: rootId, role: 'root' }] } },
    ]);
    expect(at.person.asked.map(({ kind, problem }) => [kind, problem])).toEqual([
      ['create', undefined],
      ['create', 'too-short'],
    ]);
    expect(at.progress.map(({ step }) => step)).toEqual(['collecting', 'asking', 'sealing', 'writing']);
    expect(at.overviews.at(-1)?.copies).toHaveLength(1);
    expect(await loadBackupRecords(lab.recordsFile)).toMatchObject({ backups: [{}] });
  });

  it('declined leaves nothing behind', async () => {
    const at = openDesk(lab);
    at.person.files.push(lab.drive);
    const places = await at.desk.addFolder();
    at.person.passphrases.push(undefined);
    await expect(
      at.desk.write(
        orderOf(
          [rootId],
          places.map(({ id }) => id),
        ),
      ),
    ).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
    expect(readdirSync(lab.drive)).toEqual([]);
    expect((await at.desk.list()).copies).toEqual([]);
  });

  it('that a crash cut off is said at the next start, until it was read', async () => {
    const at = openDesk(lab);
    const writing = [
      {
        id: 'w1',
        since: now.toISOString(),
        place: { kind: 'drive' as const, label: 'BLUE', id: 'drive:BLUE' },
        // Above what any system gives out: nobody has it.
        processId: 2 ** 30,
      },
      {
        id: 'w2',
        since: now.toISOString(),
        place: { kind: 'drive' as const, label: 'RED', id: 'drive:RED' },
        processId: process.pid,
      },
    ];
    await updateBackupRecords(lab.recordsFile, (records) => ({ ...records, writing }));
    expect((await at.desk.list()).interrupted).toEqual([{ id: 'w1', label: 'BLUE', since: now.getTime() }]);
    await at.desk.settleInterrupted('w1');
    expect((await at.desk.list()).interrupted).toEqual([]);
    at.time = later(1);
    expect((await at.desk.list()).interrupted).toMatchObject([{ id: 'w2' }]);
  });

  it('seals to public keys of age; the drill then asks for the file with the identity', async () => {
    const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
    const identity = await generateX25519Identity();
    const at = openDesk(lab);
    at.person.files.push(lab.drive);
    const places = await at.desk.addFolder();
    const recipients = [await identityToRecipient(identity)];
    const order = orderOf(
      [rootId],
      places.map(({ id }) => id),
    );
    await expect(
      at.desk.write({ ...order, seal: { kind: 'recipients', recipients: ['age1nobody'] } }),
    ).rejects.toMatchObject({ code: 'backup/invalid-recipient' });
    at.person.confirms = false;
    const declined = at.desk.write({ ...order, seal: { kind: 'recipients', recipients } });
    await expect(declined).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(readdirSync(lab.drive)).toEqual([]);
    for (const part of [...recipients, lab.drive]) expect(at.person.confirmed.at(-1)?.text).toContain(part);
    at.person.confirms = true;
    const [written] = await at.desk.write({ ...order, seal: { kind: 'recipients', recipients } });
    expect(at.person.asked).toEqual([]);
    at.person.files.push(lab.put('other.txt', 'no identity'), lab.put('age.txt', `# mine\n${identity}\n`));
    at.person.passphrases.push(rootPassphrase);
    const copy = written?.ok === true ? written.copy.id : '';
    await expect(at.desk.prove(copy, false)).rejects.toMatchObject({ code: 'backup/wrong-identity' });
    expect(await at.desk.prove(copy, false)).toMatchObject({ complete: true, seal: 'recipients' });
  });

  it('writes docker’s plain archive without a passphrase of its own, and proves it', async () => {
    const at = openDesk(lab);
    at.person.files.push(lab.drive);
    const [place] = await at.desk.addFolder();
    const order = orderOf([rootId], [place?.id ?? '']);
    at.person.confirms = false;
    const declined = at.desk.write({ ...order, seal: { kind: 'plain' } });
    await expect(declined).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(readdirSync(lab.drive)).toEqual([]);
    expect(at.person.confirmed[0]?.text).toMatch(/^1 key in .*not encrypted/s);
    at.person.confirms = true;
    const [written] = await at.desk.write({ ...order, seal: { kind: 'plain' } });
    expect(written).toMatchObject({ ok: true, copy: { name: 'private_keys_backup.tar.gz', seal: 'plain' } });
    at.person.passphrases.push(rootPassphrase);
    const copy = written?.ok === true ? written.copy.id : '';
    expect(await at.desk.prove(copy, false)).toMatchObject({ complete: true, seal: 'plain' });
    expect(at.person.asked.map(({ role }) => role)).toEqual(['root']);
  });

  it('goes one at a time', async () => {
    const at = openDesk(lab);
    at.person.files.push(undefined);
    const first = at.desk.check({ from: 'chosen' }, 'typed');
    await expect(at.desk.check({ from: 'chosen' }, 'typed')).rejects.toMatchObject({ code: 'backup/busy' });
    await expect(first).rejects.toMatchObject({ code: 'prompt/cancelled' });
  });
});

it('writes nothing to a folder that leads elsewhere once the passphrase is typed', async () => {
  const at = openDesk(lab);
  const [folder, elsewhere] = [join(lab.path, 'chosen'), join(lab.path, 'elsewhere')];
  for (const each of [folder, elsewhere]) mkdirSync(each);
  at.person.files.push(folder);
  const [place] = await at.desk.addFolder();
  at.person.beforeAnswer = () => {
    rmdirSync(folder);
    symlinkSync(elsewhere, folder);
  };
  at.person.passphrases.push(backupPassphrase);
  const results = await at.desk.write(orderOf([rootId], [place?.id ?? '']));
  expect(results).toMatchObject([{ ok: false, error: { code: 'backup/place-changed' } }]);
  expect(readdirSync(elsewhere)).toEqual([]);
  await at.desk.leave();
});

describe('proving', () => {
  it('waits until the drive was gone and is back', async () => {
    const at = openDesk(lab);
    at.plugIn('BLUE');
    const [place] = await at.desk.open();
    at.person.passphrases.push(backupPassphrase);
    const [written] = await at.desk.write(orderOf([rootId], [place?.id ?? '']));
    const copy = written?.ok === true ? written.copy.id : '';
    at.person.passphrases.push('wrong', backupPassphrase, rootPassphrase);
    const proving = at.desk.prove(copy, true);
    await expect.poll(() => at.progress.at(-1)).toEqual({ step: 'unplug', label: 'BLUE' });
    at.plugIn();
    await expect.poll(() => at.progress.at(-1)).toEqual({ step: 'plug-in', label: 'BLUE' });
    at.plugIn('BLUE');
    const drill = await proving;
    expect(drill).toMatchObject({
      complete: true,
      copy,
      label: 'BLUE',
      keys: [{ id: rootId, outcome: 'proven' }],
    });
    const steps = at.progress.map(({ step }) => step);
    expect(steps.slice(steps.indexOf('unplug'))).toEqual([
      'unplug',
      'plug-in',
      'reading',
      'asking',
      'opening',
      'asking',
      'opening',
      'trying-keys',
      'trying-keys',
    ]);
    expect((await at.desk.list()).copies).toMatchObject([
      { standing: { kind: 'proven', at: now.getTime() } },
    ]);
    await at.desk.leave();
  });

  it('can be stopped while the drive is out; then nothing is recorded', async () => {
    const at = openDesk(lab);
    at.plugIn('BLUE');
    const [place] = await at.desk.open();
    at.person.passphrases.push(backupPassphrase);
    const [written] = await at.desk.write(orderOf([rootId], [place?.id ?? '']));
    const proving = at.desk.prove(written?.ok === true ? written.copy.id : '', true);
    await expect.poll(() => at.progress.at(-1)?.step).toBe('unplug');
    await at.desk.stop();
    await expect(proving).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect((await at.desk.list()).copies).toMatchObject([{ standing: { kind: 'unproven' } }]);
    await at.desk.leave();
  });

  it('asks for every key, and one that is declined is left out and said', async () => {
    const at = openDesk(lab);
    at.person.files.push(lab.drive);
    const [place] = await at.desk.addFolder();
    at.person.passphrases.push(backupPassphrase);
    const [written] = await at.desk.write(orderOf([rootId, jeffId], [place?.id ?? '']));
    at.person.passphrases.push(backupPassphrase, rootPassphrase, undefined);
    const drill = await at.desk.prove(written?.ok === true ? written.copy.id : '', false);
    expect(drill.complete).toBe(false);
    expect(drill.keys.map(({ id, outcome }) => [id, outcome])).toEqual([
      [rootId, 'proven'],
      [jeffId, 'not-tried'],
    ]);
    expect((await at.desk.list()).copies).toMatchObject([{ standing: { kind: 'partly' } }]);
    at.person.passphrases.push(repositoryPassphrase);
    expect(await at.desk.check({ from: 'copy', id: drill.copy ?? '' }, 'typed')).toMatchObject({
      complete: true,
    });
    expect((await at.desk.list()).copies).toMatchObject([{ standing: { kind: 'proven' } }]);
  });

  it('remembers what was typed for the next copy, until somebody leaves', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    expect(at.person.asked).toHaveLength(3);
    await at.desk.check({ from: 'copy', id: copy }, 'typed');
    expect(at.person.asked).toHaveLength(3);
    await at.desk.leave();
    at.person.passphrases.push(backupPassphrase, rootPassphrase);
    await at.desk.check({ from: 'copy', id: copy }, 'typed');
    expect(at.person.asked).toHaveLength(5);
  });

  it('that finds damage takes the proof away, and a later good one gives it back', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    const file = join(lab.drive, ages(lab.drive)[0] ?? '');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, -1));
    await expect(at.desk.check({ from: 'copy', id: copy }, 'typed')).rejects.toMatchObject({
      code: 'backup/damaged',
    });
    const { copies, keys } = await at.desk.list();
    expect(copies.find(({ id }) => id === copy)?.standing).toEqual({ kind: 'damaged' });
    expect(keys.find(({ id }) => id === rootId)).toMatchObject({ copies: 2, provenCopies: 1 });
    await expect(at.desk.takeOffline(rootId)).rejects.toMatchObject({ code: 'backup/not-proven' });
    expect(await isHere(rootId)).toBe(true);
    writeFileSync(file, whole);
    await at.desk.check({ from: 'copy', id: copy }, 'typed');
    expect((await at.desk.list()).copies.find(({ id }) => id === copy)?.standing.kind).toBe('proven');
  });

  it('is due again after a year', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    expect((await at.desk.list()).copies.map(({ standing }) => standing.kind)).toEqual(['proven', 'proven']);
    at.time = later(366);
    expect((await at.desk.list()).copies.map(({ standing }) => standing.kind)).toEqual(['lapsed', 'lapsed']);
  });

  it('of a forgotten copy asks for the file; forgetting asks first and touches nothing', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    at.person.confirms = false;
    await expect(at.desk.forgetCopy(copy)).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(at.person.confirmed.at(-1)?.text).not.toContain('offline');
    at.person.confirms = true;
    await at.desk.forgetCopy(copy);
    expect((await at.desk.list()).copies).toHaveLength(1);
    expect(ages(lab.drive)).toHaveLength(1);
    await expect(at.desk.check({ from: 'copy', id: copy }, 'typed')).rejects.toMatchObject({
      code: 'backup/not-known',
    });
    at.person.files.push(join(lab.drive, ages(lab.drive)[0] ?? ''));
    await at.desk.check({ from: 'chosen' }, 'typed');
    expect((await at.desk.list()).copies).toHaveLength(2);
  });
});

describe('offline', () => {
  it('before a copy is forgotten on which an offline key depends, the key is named', async () => {
    const at = openDesk(lab);
    const copies = await twoProvenCopies(lab, at, rootId);
    await at.desk.takeOffline(rootId);
    const name = `The root key ${rootId.slice(0, 12)} is kept offline and would be left with`;
    await at.desk.forgetCopy(copies[0] ?? '');
    expect(at.person.confirmed.at(-1)?.text).toContain(`${name} 1 proven copy`);
    await at.desk.forgetCopy(copies[1] ?? '');
    expect(at.person.confirmed.at(-1)?.text).toContain(`${name} no proven copy`);
  });

  it('asks twice, and has the ID typed, where copies lie on the disk of the keys', async () => {
    const at = openDesk(lab);
    at.person.files.push(lab.drive, lab.otherDrive);
    await at.desk.open();
    await at.desk.addFolder();
    const places = await at.desk.addFolder();
    expect(places.map(({ medium }) => medium)).toEqual(['own-disk', 'own-disk']);
    at.person.passphrases.push(backupPassphrase);
    const order = orderOf(
      [rootId],
      places.map(({ id }) => id),
    );
    const written = await at.desk.write(order);
    at.person.passphrases.push(backupPassphrase, rootPassphrase);
    for (const result of written) await at.desk.prove(result.ok ? result.copy.id : '', false);
    expect((await at.desk.list()).keys.find(({ id }) => id === rootId)?.leave).toBe('on-your-word');
    await at.desk.takeOffline(rootId);
    const [first, second] = at.person.confirmed.slice(-2);
    expect(first?.text).toContain('lost together with them');
    expect(first?.typed).toBeUndefined();
    expect(second).toMatchObject({ typed: rootId.slice(0, 7), destructive: true });
    expect(second?.text).toContain(`${lab.drive}\n${lab.otherDrive}`);
    expect(await isHere(rootId)).toBe(false);
    expect((await loadBackupRecords(lab.recordsFile)).offline).toMatchObject([
      { state: 'away', elsewhere: [lab.drive, lab.otherDrive] },
    ]);
  });

  it('says what it means, removes the key, and brings it back for one operation', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    const before = readFileSync(join(lab.trustDir, 'private', `${rootId}.key`));
    at.person.confirms = false;
    await expect(at.desk.takeOffline(rootId)).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(await isHere(rootId)).toBe(true);
    at.person.confirms = true;
    await at.desk.takeOffline(rootId);
    expect(at.person.confirmed.at(-1)?.text).toMatch(
      /Goes on without it: signing.*rotating any administrative key: root, repository, snapshot.*Proven copies:\n {2}BLUE \(a drive\): .*keeps no permissions.*RED \(a drive\)/s,
    );
    expect(await isHere(rootId)).toBe(false);
    expect((await at.desk.list()).offline).toMatchObject([
      { id: rootId, state: 'away', on: ['BLUE', 'RED'] },
    ]);
    await at.desk.leave();
    at.plugIn();
    await expect(at.desk.bringBack(rootId, 'typed')).rejects.toThrow(
      /The root key is on BLUE and RED, none of which is here: /,
    );
    at.plugInAt({ BLUE: lab.drive, RED: lab.otherDrive });
    at.person.passphrases.push(backupPassphrase);
    await at.desk.bringBack(rootId, 'typed');
    expect((await at.desk.list()).offline).toMatchObject([{ state: 'visiting' }]);
    expect(readFileSync(join(lab.trustDir, 'private', `${rootId}.key`))).toEqual(before);
    await at.desk.sendAway(rootId);
    expect(await isHere(rootId)).toBe(false);
    expect((await at.desk.list()).offline).toMatchObject([{ state: 'away' }]);
    expect(at.letGo).toEqual([rootId, rootId]);
    const acts = ['key-taken-offline', 'key-brought-back', 'key-sent-away'];
    expect(at.noted).toEqual([
      'backup-written',
      'backup-written',
      'backup-checked',
      'backup-checked',
      ...acts,
    ]);
  });

  it('leaves by itself after the publish that it signed, unless it was asked to stay or cannot', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    await at.desk.takeOffline(rootId);
    at.person.passphrases.push(backupPassphrase, backupPassphrase, backupPassphrase);
    await at.desk.bringBack(rootId, 'typed');
    await at.desk.endVisits([jeffId]);
    expect(await isHere(rootId)).toBe(true);
    await at.desk.endVisits([rootId, jeffId]);
    expect(await isHere(rootId)).toBe(false);
    expect(at.noted.at(-1)).toBe('key-sent-away');
    await at.desk.bringBack(rootId, 'typed', 'sent-away');
    await at.desk.endVisits([rootId]);
    expect((await at.desk.list()).offline).toMatchObject([{ state: 'visiting', until: 'sent-away' }]);
    await at.desk.sendAway(rootId);
    await at.desk.bringBack(rootId, 'typed');
    writeFileSync(join(lab.drive, ages(lab.drive)[0] ?? ''), 'another file');
    await at.desk.endVisits([rootId]);
    expect(await isHere(rootId)).toBe(true);
    expect((await at.desk.list()).offline).toMatchObject([{ state: 'visiting', isDone: true }]);
  });

  it('a key whose publish was cut off before it could leave is said to be overdue, until it is sent away', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    await at.desk.takeOffline(rootId);
    at.person.passphrases.push(backupPassphrase);
    await at.desk.bringBack(rootId, 'typed');
    await at.desk.noteUse([jeffId]);
    expect((await at.desk.list()).offline[0]?.usedAt).toBeUndefined();
    await at.desk.noteUse([rootId]);
    // What the next start reads.
    expect((await openDesk(lab).desk.list()).offline).toMatchObject([
      { id: rootId, state: 'visiting', usedAt: at.time.getTime() },
    ]);
    await at.desk.sendAway(rootId);
    expect((await at.desk.list()).offline[0]?.usedAt).toBeUndefined();
  });

  it('a key that somebody put back is not sent away without a question, and can be kept', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    const file = join(lab.trustDir, 'private', `${rootId}.key`);
    const text = readFileSync(file);
    await at.desk.takeOffline(rootId);
    writeFileSync(file, text, { mode: 0o600 });
    expect((await at.desk.list()).offline).toMatchObject([{ state: 'returned' }]);
    at.person.confirms = false;
    await expect(at.desk.sendAway(rootId)).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(await isHere(rootId)).toBe(true);
    at.person.confirms = true;
    await at.desk.keepHere(rootId);
    expect((await at.desk.list()).offline).toEqual([]);
    expect(await isHere(rootId)).toBe(true);
  });

  it('without a copy at hand asks for a file', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    await at.desk.takeOffline(rootId);
    await at.desk.leave();
    const carried = lab.put('carried.age', readFileSync(join(lab.drive, ages(lab.drive)[0] ?? '')));
    for (const folder of [lab.drive, lab.otherDrive]) rmSync(folder, { recursive: true });
    at.person.files.push(carried);
    at.person.passphrases.push(backupPassphrase);
    await at.desk.bringBack(rootId, 'typed');
    expect(await isHere(rootId)).toBe(true);
  });

  it('is not for keys that were never sent away', async () => {
    const at = openDesk(lab);
    await expect(at.desk.bringBack(rootId, 'typed')).rejects.toMatchObject({ code: 'backup/not-known' });
    await expect(at.desk.sendAway(rootId)).rejects.toMatchObject({ code: 'backup/not-visiting' });
    expect(await isHere(rootId)).toBe(true);
  });
});

describe('restoring', () => {
  const restored = async (at: ReturnType<typeof openDesk>) => {
    at.person.files.push(join(lab.drive, ages(lab.drive)[0] ?? ''));
    at.person.passphrases.push(backupPassphrase);
    return at.desk.planRestore({ from: 'chosen' }, 'typed');
  };
  const written = async (at: ReturnType<typeof openDesk>) => {
    at.person.files.push(lab.drive);
    const [place] = await at.desk.addFolder();
    at.person.passphrases.push(backupPassphrase);
    await at.desk.write({
      ...orderOf([rootId, jeffId], [place?.id ?? '']),
      repositories: [gun],
      settings: true,
    });
  };

  it('lists keys one by one and the metadata of a repository as one item', async () => {
    const at = openDesk(lab);
    await written(at);
    rmSync(join(lab.trustDir, 'private', `${jeffId}.key`));
    writeFileSync(join(lab.trustDir, 'tuf', gun, 'metadata', 'root.json'), '{}');
    const plan = await restored(at);
    expect(plan.items.map(({ kind, name, state, count }) => [kind, name, state, count])).toEqual([
      ['key', `trust/private/${rootId}.key`, 'identical', 1],
      ['key', `trust/private/${jeffId}.key`, 'new', 1],
      ['metadata', gun, 'different', 5],
      ['settings', 'trustdesk-backup/settings.json', 'identical', 1],
    ]);
  });

  it('replaces only what was named, and tells of each item', async () => {
    const at = openDesk(lab);
    await written(at);
    const file = join(lab.trustDir, 'tuf', gun, 'metadata', 'root.json');
    writeFileSync(file, '{}');
    const first = await restored(at);
    const ids = first.items.map(({ id }) => id);
    const metadata = first.items.find(({ kind }) => kind === 'metadata')?.id ?? '';
    expect(await at.desk.restore(first.id, ids, [])).toContainEqual({ id: metadata, outcome: 'kept' });
    expect(readFileSync(file, 'utf8')).toBe('{}');
    const second = await restored(at);
    expect(await at.desk.restore(second.id, [metadata], [metadata])).toEqual([
      { id: metadata, outcome: 'restored' },
    ]);
    expect(readFileSync(file, 'utf8')).not.toBe('{}');
    await expect(at.desk.restore(first.id, ids, ids)).rejects.toMatchObject({ code: 'backup/not-known' });
    await at.desk.leave();
    await expect(at.desk.restore(second.id, ids, ids)).rejects.toMatchObject({ code: 'backup/not-known' });
  });

  it('takes docker’s plain archive, which asks for nothing', async () => {
    const at = openDesk(lab);
    at.person.files.push(lab.drive);
    const [place] = await at.desk.addFolder();
    const order = orderOf([rootId], [place?.id ?? '']);
    await at.desk.write({ ...order, seal: { kind: 'plain' } });
    const file = join(lab.trustDir, 'private', `${rootId}.key`);
    const before = readFileSync(file);
    rmSync(file);
    at.person.files.push(join(lab.drive, 'private_keys_backup.tar.gz'));
    const plan = await at.desk.planRestore({ from: 'chosen' }, 'typed');
    expect(plan).toMatchObject({ seal: 'plain', items: [{ state: 'new', key: { id: rootId } }] });
    await at.desk.restore(plan.id, [plan.items[0]?.id ?? ''], []);
    expect(readFileSync(file)).toEqual(before);
    expect(at.person.asked).toEqual([]);
  });

  it('finds backups at the top of the drives, under the same ID at every look', async () => {
    const at = openDesk(lab);
    at.plugIn('BLUE');
    writeFileSync(join(at.mountPoint('BLUE'), 'private_keys_backup.tar.gz'), 'x');
    writeFileSync(join(at.mountPoint('BLUE'), 'holiday.jpg'), 'x');
    const found = await at.desk.found();
    expect(found).toMatchObject([{ name: 'private_keys_backup.tar.gz', label: 'BLUE' }]);
    expect(await at.desk.found()).toEqual(found);
    await expect(
      at.desk.planRestore({ from: 'found', id: found[0]?.id ?? '' }, 'typed'),
    ).rejects.toMatchObject({ code: 'backup/not-a-backup' });
    await expect(at.desk.planRestore({ from: 'found', id: 'made up' }, 'typed')).rejects.toMatchObject({
      code: 'backup/not-known',
    });
  });
});
