/** What a drill that finds damage does to earlier proofs. */
import { describe, expect, it } from 'vitest';
import {
  addProof,
  type BackupPlace,
  type BackupRecords,
  keyBackupState,
} from '../../../electron/backup/backup-records.ts';
import type { BackupProof, KeyProofOutcome } from '../../../electron/backup/prove-backup.ts';
import { jeffId, now, rootId } from './backup-fixture.ts';

const blue: BackupPlace = { kind: 'drive', label: 'BLUE', id: 'drive:blue' };
const none: BackupRecords = { backups: [], offline: [] };

function drillOf(
  keys: readonly (readonly [string, KeyProofOutcome])[],
  sha256 = 'ab'.repeat(32),
): BackupProof {
  return {
    path: '/media/blue/b.tar.gz.age',
    sha256,
    size: 10,
    protection: 'passphrase',
    created: now.toISOString(),
    at: now.toISOString(),
    keys: keys.map(([id, outcome]) => ({ id, role: 'root', gun: undefined, outcome })),
    problems: [],
    complete: keys.every(([, outcome]) => outcome === 'proven'),
  };
}

const provenCopies = (records: BackupRecords, id: string) =>
  keyBackupState(records, id, now.getTime()).provenCopies;

describe('a drill that finds damage', () => {
  const damaged = drillOf([
    [rootId, 'proven'],
    [jeffId, 'damaged'],
  ]);

  it('proves no key, not even one that opened', () => {
    const records = addProof(none, damaged, blue);
    expect(records.backups[0]?.proofs).toMatchObject([{ keys: [], failed: true }]);
    expect(provenCopies(records, rootId)).toBe(0);
  });

  it('does not count either where it was noted with keys', () => {
    const records = addProof(none, damaged, blue);
    const [copy] = records.backups;
    const noted = { ...copy!, proofs: [{ ...copy!.proofs[0]!, keys: [rootId] }] };
    expect(provenCopies({ ...records, backups: [noted] }, rootId)).toBe(0);
  });

  it('is undone by a later good one', () => {
    const good = drillOf([
      [rootId, 'proven'],
      [jeffId, 'proven'],
    ]);
    expect(provenCopies(addProof(addProof(none, damaged, blue), good, blue), rootId)).toBe(1);
  });
});

it.each(['not-tried', 'wrong-passphrase'] as const)(
  'a key with two entries, one of them %s, is not proven',
  (outcome) => {
    const entries = [
      [rootId, 'proven'],
      [rootId, outcome],
      [jeffId, 'proven'],
    ] as const;
    for (const order of [entries, entries.toReversed()]) {
      const records = addProof(none, drillOf(order), blue);
      expect(provenCopies(records, rootId)).toBe(0);
      expect(provenCopies(records, jeffId)).toBe(1);
    }
  },
);
