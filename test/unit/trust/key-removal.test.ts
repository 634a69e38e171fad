/** Removing keys and changing their passphrases as the window asks for it, and what is known of missing keys. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { findKey } from '../../../electron/keystore/store-key.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { BackupRecords } from '../../../electron/backup/backup-records.ts';
import type { VerifiedRepository } from '../../../electron/notary/verified-repository.ts';
import { holdingsOf } from '../../../electron/trust/key-holdings.ts';
import { changeKeyPassphrase } from '../../../electron/trust/key-passphrase.ts';
import { removalOf, removeStoredKey } from '../../../electron/trust/key-removal.ts';
import { jeffId, rootId, targetsId } from '../backup/backup-fixture.ts';
import { repositoryPassphrase, storedKeys } from '../keystore/vectors.ts';
import { useKeyLab, verified } from './key-lab.ts';
import { vectorGun } from './vector-repository.ts';

const next = 'the next passphrase';
const lab = useKeyLab();
const own = (id: string) => ({ id, sandbox: false });

async function opens(id: string, text: string): Promise<boolean> {
  const key = await openKey(await findKey(lab.at('trust'), id), SecretBytes.fromText(text)).catch(
    () => undefined,
  );
  key?.wipe();
  return key !== undefined;
}

const copyOf = (keyId: string, proven: boolean) => ({
  id: 'copy',
  created: '2026-10-01T00:00:00Z',
  file: { name: 'b.age', sha256: 'ab'.repeat(32), size: 1 },
  protection: 'passphrase' as const,
  place: { kind: 'drive' as const, label: 'BLUE', id: 'drive:1' },
  keys: [{ id: keyId, role: 'root' }],
  proofs: proven
    ? [
        {
          at: '2026-11-01T00:00:00Z',
          place: { kind: 'drive' as const, label: 'BLUE', id: 'drive:1' },
          keys: [keyId],
          complete: true,
        },
      ]
    : [],
});

function record(records: BackupRecords): void {
  mkdirSync(lab.at('data'));
  writeFileSync(lab.at('data/backups.json'), JSON.stringify({ version: 1, ...records }));
}

describe('before a key is removed', () => {
  it('says which roles nobody can sign then', async () => {
    lab.withDockersKeys();
    lab.repositories = [verified];
    const { impacts, unread, typed, backup } = await removalOf(lab.desk(), own(jeffId));
    expect(impacts.map(({ role, effect }) => [role, effect])).toContainEqual([
      'targets/jeff',
      'nobody-can-sign',
    ]);
    expect(impacts.every(({ gun }) => gun === vectorGun)).toBe(true);
    expect([unread, typed, backup]).toEqual([[], 'jeff', { copies: 0, provenCopies: 0, drillDue: false }]);
  });

  it('says by which keys it still can be done here', async () => {
    lab.withDockersKeys();
    lab.repositories = [verified];
    const { impacts } = await removalOf(lab.desk(), own(jeffId));
    const releases = impacts.find(({ role }) => role === 'targets/releases');
    expect(releases?.effect).toBe('still-signable-here');
    expect(releases?.othersHere.length).toBeGreaterThan(0);
    expect(releases?.othersHere).not.toContain(jeffId);
  });

  it('reads what was not read yet, and names what cannot be read', async () => {
    lab.withDockersKeys();
    const broken = { gun: 'broken.example.test/x' } as unknown as VerifiedRepository;
    lab.unread = [verified, broken];
    const { impacts, unread } = await removalOf(lab.desk(), own(rootId));
    expect(impacts).toMatchObject([{ role: 'root', effect: 'nobody-can-sign' }]);
    expect(unread).toEqual(['broken.example.test/x']);
  });

  it('says that nothing is known of backups when their records are damaged, and hides no key', async () => {
    lab.withDockersKeys();
    mkdirSync(lab.at('data'));
    writeFileSync(lab.at('data/backups.json'), '{"version":1,');
    const { keys, backupsUnknown } = await lab.desk().list();
    expect(keys).toHaveLength(storedKeys.length);
    expect(keys.filter(({ backup }) => backup !== undefined)).toEqual([]);
    expect(backupsUnknown).toMatchObject({ code: 'config/malformed' });
    expect((await removalOf(lab.desk(), own(rootId))).backup).toBeUndefined();
    await removeStoredKey(lab.desk(), own(rootId));
    expect(lab.person.confirmed[0]?.text).toContain('Whether there is a backup of it is not known');
  });

  it('knows how well it is backed up', async () => {
    lab.withDockersKeys();
    record({ backups: [copyOf(rootId, true)], offline: [] });
    const { backup } = await removalOf(lab.desk(), own(rootId));
    expect(backup).toMatchObject({ copies: 1, provenCopies: 1, lastProof: '2026-11-01T00:00:00.000Z' });
  });
});

describe('removing', () => {
  it('has its name typed, deletes the one file, and forgets the passphrase', async () => {
    lab.withDockersKeys();
    lab.repositories = [verified];
    const remembered = SecretBytes.fromText(repositoryPassphrase);
    lab.memory.remember(jeffId, remembered);
    await removeStoredKey(lab.desk(), own(jeffId));
    expect(lab.person.confirmed).toMatchObject([
      { destructive: true, typed: 'jeff', confirmLabel: 'Remove key' },
    ]);
    expect(lab.person.confirmed[0]?.text).toMatch(
      /One role can then be signed by nobody, until the repository key here puts another in its place\./,
    );
    expect(lab.person.confirmed[0]?.text).toContain('No backup of it was proven here');
    expect(lab.stored()).toHaveLength(storedKeys.length - 1);
    expect(lab.stored()).not.toContain(jeffId);
    expect(lab.memory.has(jeffId)).toBe(false);
    expect(lab.recorded).toMatchObject([{ what: 'key-removed', details: { keyId: jeffId } }]);
  });

  it('does nothing when it is declined', async () => {
    lab.withDockersKeys();
    lab.person.confirms = false;
    await expect(removeStoredKey(lab.desk(), own(jeffId))).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
    expect(lab.stored()).toHaveLength(storedKeys.length);
    expect(lab.recorded).toEqual([]);
  });

  it('never takes a key of one folder for the same key of the other', async () => {
    lab.withDockersKeys();
    lab.folders = [...lab.folders, { trustDirectory: lab.at('sandbox'), sandbox: true }];
    const missing = { code: 'keystore/key-not-found' };
    await expect(removeStoredKey(lab.desk(), { id: jeffId, sandbox: true })).rejects.toMatchObject(missing);
    lab.folders = lab.folders.slice(0, 1);
    await expect(removeStoredKey(lab.desk(), { id: jeffId, sandbox: true })).rejects.toMatchObject(missing);
    expect(lab.person.confirmed).toEqual([]);
    expect(lab.stored()).toContain(jeffId);
  });
});

describe('a new passphrase', () => {
  it('is for one key, and the old one opens it no more', async () => {
    lab.withDockersKeys();
    lab.memory.remember(jeffId, SecretBytes.fromText(repositoryPassphrase));
    lab.person.passphrases = [repositoryPassphrase, next];
    const changes = await changeKeyPassphrase(lab.desk(), own(jeffId), false);
    expect(changes).toEqual([{ id: jeffId, role: 'jeff', outcome: 'changed' }]);
    expect([await opens(jeffId, next), await opens(jeffId, repositoryPassphrase)]).toEqual([true, false]);
    expect(await opens(targetsId, repositoryPassphrase)).toBe(true);
    expect(lab.memory.has(jeffId)).toBe(false);
    expect(lab.mode(lab.keyFile(jeffId))).toBe(0o600);
    expect(JSON.stringify(lab.recorded)).not.toContain(next);
  });

  it('is for all that share the old one, and for no other', async () => {
    lab.withDockersKeys();
    lab.person.passphrases = [repositoryPassphrase, next];
    const changes = await changeKeyPassphrase(lab.desk(), own(jeffId), true);
    const expected = storedKeys.map(([id, , , old]) => [
      id,
      old === repositoryPassphrase ? 'changed' : 'other',
    ]);
    expect(new Map(changes.map(({ id, outcome }) => [id, outcome]))).toEqual(
      new Map(expected as [string, string][]),
    );
    for (const [id, , , old] of storedKeys)
      expect(await opens(id, old === repositoryPassphrase ? next : old)).toBe(true);
  });

  it('does not touch a key without a passphrase when it is for those that share one', async () => {
    lab.withDockersKeys();
    const desk = lab.desk();
    lab.person.passphrases = [repositoryPassphrase, next];
    const plain = '0'.repeat(64);
    writeFileSync(
      lab.keyFile(plain),
      lab.text(new URL('../../vectors/docker-trust/key-formats/p384.pem', import.meta.url).pathname),
      { mode: 0o600 },
    );
    const before = lab.text(lab.keyFile(plain));
    const changes = await changeKeyPassphrase(desk, own(jeffId), true);
    expect(changes.map(({ id }) => id)).not.toContain(plain);
    expect(lab.text(lab.keyFile(plain))).toBe(before);
  });

  it('changes nothing when either question is cancelled', async () => {
    lab.withDockersKeys();
    const before = lab.text(lab.keyFile(jeffId));
    for (const passphrases of [[], [repositoryPassphrase]]) {
      lab.person.passphrases = passphrases;
      await expect(changeKeyPassphrase(lab.desk(), own(jeffId), false)).rejects.toMatchObject({
        code: 'prompt/cancelled',
      });
      expect(lab.text(lab.keyFile(jeffId))).toBe(before);
    }
  });
});

describe('what is remembered', () => {
  it('is told without the passphrase, and forgotten for one key', async () => {
    lab.withDockersKeys();
    const desk = lab.desk();
    expect(await desk.remembered(own(jeffId))).toEqual({ where: 'nowhere' });
    lab.memory.remember(jeffId, SecretBytes.fromText(repositoryPassphrase));
    lab.memory.remember(rootId, SecretBytes.fromText('rootpass1'));
    expect(await desk.remembered(own(jeffId))).toEqual({ where: 'session' });
    await desk.forget(own(jeffId));
    expect([lab.memory.has(jeffId), lab.memory.has(rootId), lab.forgotten]).toEqual([false, true, 1]);
  });
});

describe('the keys of a repository', () => {
  const none: BackupRecords = { backups: [], offline: [] };
  const placesOf = (here: readonly string[], records = none) =>
    Object.fromEntries(
      holdingsOf(verified, {
        here: new Set(here),
        records,
        crypto: nodeCrypto,
        now: new Date('2026-11-20T00:00:00Z'),
      }).map(({ role, keys }) => [role, keys.map(({ place }) => place)]),
    );

  it('are here, with the server, or nowhere that is known', () => {
    const places = placesOf([jeffId, targetsId]);
    expect(places).toMatchObject({
      root: ['elsewhere'],
      targets: ['here'],
      snapshot: ['server'],
      timestamp: ['server'],
      'targets/jeff': ['here'],
    });
    expect(Object.keys(places).slice(0, 4)).toEqual(['root', 'targets', 'snapshot', 'timestamp']);
  });

  it('are in a backup, or offline on purpose', () => {
    const since = '2026-11-02T00:00:00Z';
    const records: BackupRecords = {
      backups: [copyOf(rootId, true)],
      offline: [{ id: rootId, role: 'root', since, state: 'away' }],
    };
    const [root] = holdingsOf(verified, {
      here: new Set(),
      records,
      crypto: nodeCrypto,
      now: new Date('2026-11-20T00:00:00Z'),
    });
    expect(root?.keys).toEqual([
      {
        id: rootId,
        place: 'backup',
        copies: [{ label: 'BLUE', file: 'b.age', created: '2026-10-01T00:00:00Z', proven: true }],
        offlineSince: since,
      },
    ]);
    expect(root?.expiresAt).toBe(verified.root.body.expiresAt);
  });

  it('name the proven copies first, then the newest', () => {
    const older = copyOf(rootId, false);
    const newer = { ...older, id: 'newer', created: '2026-11-01T00:00:00Z' };
    const proven = { ...copyOf(rootId, true), id: 'proven', created: '2026-01-01T00:00:00Z' };
    const [root] = holdingsOf(verified, {
      here: new Set(),
      records: { backups: [older, newer, proven], offline: [] },
      crypto: nodeCrypto,
      now: new Date('2026-11-20T00:00:00Z'),
    });
    expect(root?.keys[0]?.copies.map(({ created, proven: isProven }) => [created, isProven])).toEqual([
      ['2026-01-01T00:00:00Z', true],
      ['2026-11-01T00:00:00Z', false],
      ['2026-10-01T00:00:00Z', false],
    ]);
  });

  it('are not called proven once damage was found', () => {
    const copy = copyOf(rootId, true);
    const { place } = copy;
    const failure = { at: '2026-10-03T00:00:00Z', place, keys: [], complete: false, failed: true };
    const records = { backups: [{ ...copy, proofs: [...copy.proofs, failure] }], offline: [] };
    const [root] = holdingsOf(verified, {
      here: new Set(),
      records,
      crypto: nodeCrypto,
      now: new Date('2026-11-20T00:00:00Z'),
    });
    expect(root?.keys[0]?.copies).toMatchObject([{ proven: false }]);
  });
});
