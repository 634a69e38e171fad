import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertRoom, inspectDestination } from '../../../electron/backup/destination.ts';
import {
  type BlockDevice,
  type Drive,
  driveOf,
  listDrives,
  waitForReplug,
  watchDrives,
} from '../../../electron/backup/drives.ts';
import { impactOfLosing, type RoleOfKeys, rolesOf } from '../../../electron/backup/key-impact.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { VerifiedRepository } from '../../../electron/notary/verified-repository.ts';
import type { CanonicalKeyId, Gun } from '../../../shared/brands.ts';
import { hasCode } from '../../../shared/errors.ts';
import { storedKeys } from '../keystore/vectors.ts';
import { vectorFiles, vectorGun } from '../trust/vector-repository.ts';
import { jeffId, rootId, targetsId, useBackupLab } from './backup-fixture.ts';

const device = (facts: Partial<BlockDevice>): BlockDevice => ({
  name: 'x',
  type: 'part',
  fsType: 'ext4',
  mount: '',
  size: 1000,
  physical: '',
  uuid: '',
  label: '',
  model: '',
  removable: false,
  protocol: '',
  ...facts,
});

/** What systeminformation says on a Linux computer with a stick, a USB disk, a card and a DVD. */
const linux = [
  device({ name: 'nvme0n1', type: 'disk', protocol: 'nvme', model: 'Internal' }),
  device({ name: 'nvme0n1p1', mount: '/boot/efi', fsType: 'vfat', uuid: 'A' }),
  device({ name: 'nvme0n1p2', mount: '/', uuid: 'B' }),
  device({ name: 'sda', type: 'disk', protocol: 'sata' }),
  device({ name: 'sda1', mount: '/data', uuid: 'C' }),
  device({ name: 'sdb', type: 'disk', protocol: 'usb', removable: true, model: 'Stick' }),
  device({
    name: 'sdb1',
    mount: '/media/anna/BLUE',
    fsType: 'VFAT',
    uuid: 'ABCD-1234',
    label: 'BLUE',
    removable: true,
  }),
  device({ name: 'sdc', type: 'disk', protocol: 'usb', model: 'Big disk' }),
  device({ name: 'sdc1', mount: '/media/anna/disk', uuid: 'D' }),
  device({ name: 'mmcblk0', type: 'disk', protocol: 'mmc' }),
  device({
    name: 'mmcblk0p1',
    mount: '/media/anna/card',
    fsType: 'exfat',
    uuid: 'E',
    label: 'CARD',
    protocol: 'mmc',
  }),
  device({ name: 'sdd1', uuid: 'F', label: 'not mounted', removable: true }),
];
const source = (devices: readonly BlockDevice[]) => () => Promise.resolve(devices);

describe('drives', () => {
  it('are those that are mounted and can be unplugged', async () => {
    const drives = await listDrives(source(linux));
    expect(
      drives.map(({ id, label, mountPoint, fileSystem }) => [id, label, mountPoint, fileSystem]),
    ).toEqual([
      ['D', '/media/anna/disk', '/media/anna/disk', 'ext4'],
      ['ABCD-1234', 'BLUE', '/media/anna/BLUE', 'vfat'],
      ['E', 'CARD', '/media/anna/card', 'exfat'],
    ]);
  });

  it.each([
    [
      'Windows',
      device({
        name: 'E:',
        mount: 'E:',
        physical: 'Removable',
        type: 'disk',
        fsType: 'FAT32',
        uuid: 'W',
        label: 'STICK',
      }),
      ['STICK'],
    ],
    [
      'a network drive',
      device({ name: 'Z:', mount: 'Z:', physical: 'Network', type: 'disk', uuid: 'N' }),
      [],
    ],
    ['the system drive', device({ name: 'C:', mount: 'C:', physical: 'Local', type: 'disk', uuid: 'C' }), []],
    ['a DVD', device({ name: 'D:', mount: 'D:', physical: 'Removable', type: 'rom', uuid: 'R' }), []],
    ['nothing at all', device({}), []],
  ])('%s', async (_name, found, labels) => {
    expect((await listDrives(source([found]))).map(({ label }) => label)).toEqual(labels);
  });

  it('the system of this computer answers', async () => {
    expect(Array.isArray(await listDrives())).toBe(true);
  });

  const blue: Drive = {
    id: 'B',
    label: 'BLUE',
    mountPoint: '/media/blue',
    sizeBytes: 1,
    fileSystem: 'vfat',
    disk: 'sdb',
  };
  const inside: Drive = { ...blue, id: 'I', mountPoint: '/media/blue/inside' };
  it.each([
    ['/media/blue', 'B'],
    ['/media/blue/a/b', 'B'],
    ['/media/blue/inside/x', 'I'],
    ['/media/bluebell', undefined],
    ['/media', undefined],
  ])('%s lies on %s', (path, id) => {
    expect(driveOf(path, [blue, inside])?.id).toBe(id);
  });

  /** A source that tells one state after the other, then ends the watch. */
  function states(list: readonly (readonly BlockDevice[])[]) {
    const controller = new AbortController();
    let index = 0;
    const next = () => {
      const state = list[Math.min(index, list.length - 1)] ?? [];
      index += 1;
      if (index > list.length) controller.abort();
      return Promise.resolve(state);
    };
    return { signal: controller.signal, source: next, every: 0 };
  }
  const stick = device({
    name: 'sdb1',
    mount: '/media/BLUE',
    uuid: 'ABCD-1234',
    label: 'BLUE',
    removable: true,
  });

  it('are told now and after each change only', async () => {
    const seen: number[] = [];
    for await (const drives of watchDrives(states([[], [], [stick], [stick], [], []])))
      seen.push(drives.length);
    expect(seen).toEqual([0, 1, 0]);
  });

  it.each([
    ['unplugged and plugged in again', [[stick], [stick], [], [stick]], 'ABCD-1234'],
    ['never unplugged', [[stick], [stick], [stick]], undefined],
    ['unplugged for good', [[stick], [], []], undefined],
    ['replaced by another', [[stick], [], [{ ...stick, uuid: 'OTHER' }]], undefined],
  ])('%s', async (_name, list, id) => {
    const [drive] = await listDrives(source([stick]));
    expect((await waitForReplug(drive!, states(list)))?.id).toBe(id);
  });
});

describe('a place for backups', () => {
  const lab = useBackupLab();

  it('beside the keys is said to be so', async () => {
    const facts = await inspectDestination(lab.drive, lab.trustDir, []);
    expect(facts).toMatchObject({ path: lab.drive, drive: undefined, isReadOnly: false, medium: 'own-disk' });
    expect(facts.freeBytes).toBeGreaterThan(0);
  });

  it('on a drive with FAT has its limits', async () => {
    const drive: Drive = {
      id: 'B',
      label: 'BLUE',
      mountPoint: lab.drive,
      sizeBytes: 1,
      fileSystem: 'vfat',
      disk: 'sdb',
    };
    const facts = await inspectDestination(lab.drive, join(lab.path, 'none'), [drive]);
    expect(facts).toMatchObject({
      drive,
      keepsPermissions: false,
      maxFileBytes: 4_294_967_295,
      medium: undefined,
    });
  });

  it.each(['none', 'settings.json'])('%s is no folder', async (name) => {
    const error: unknown = await inspectDestination(join(lab.path, name), lab.trustDir, []).catch(
      (thrown: unknown) => thrown,
    );
    expect(hasCode(error, 'files/no-folder')).toBe(true);
  });

  it('without room is refused before anything is written', async () => {
    const error: unknown = await assertRoom(lab.drive, Number.MAX_SAFE_INTEGER).catch(
      (thrown: unknown) => thrown,
    );
    expect(hasCode(error, 'files/disk-full')).toBe(true);
    await expect(assertRoom(lab.drive, 1000)).resolves.toBeUndefined();
  });
});

describe('what stops working without a key', () => {
  const repository = { gun: vectorGun as Gun, ...vectorFiles() } as unknown as VerifiedRepository;
  const roles = rolesOf(repository, nodeCrypto);
  const all = new Set<string>(storedKeys.map(([id]) => id));
  const ops = [
    'bce130cff74e9089ebbee94ae21339ab97b13d3c01a83ea69a260cbfb489849c',
    'e47b66321e7841e040cb78630a479f2cca644553e899ba992ffde8289eff06cd',
  ];
  const lose = (id: string, here: ReadonlySet<string> = all) =>
    impactOfLosing(id, roles, here).map(({ role, effect }) => [role, effect]);

  it('reads the roles of a repository that docker made, certificates included', () => {
    const byRole = new Map(roles.map(({ role, keys }) => [role, keys]));
    expect(byRole.get('root')).toEqual([rootId]);
    expect(byRole.get('targets')).toEqual([targetsId]);
    expect(byRole.get('targets/jeff')).toEqual([jeffId]);
    expect(byRole.get('targets/ops')?.toSorted()).toEqual(ops);
  });

  it.each([
    ['the root key', rootId, [['root', 'nobody-can-sign']]],
    ['the repository key', targetsId, [['targets', 'nobody-can-sign']]],
    [
      'the only key of a signer',
      jeffId,
      [
        ['targets/jeff', 'nobody-can-sign'],
        ['targets/releases', 'still-signable-here'],
      ],
    ],
    [
      'one of two keys of a signer',
      ops[0]!,
      [
        ['targets/releases', 'still-signable-here'],
        ['targets/ops', 'still-signable-here'],
      ],
    ],
    ['a key nobody needs', 'ab'.repeat(32), []],
  ])('%s', (_name, id, expected) => {
    expect(lose(id).toSorted()).toEqual(expected.toSorted());
  });

  it('tells keys that are here from keys that others have', () => {
    expect(lose(ops[0]!, new Set([ops[0]!])).toSorted()).toEqual([
      ['targets/ops', 'others-must-sign'],
      ['targets/releases', 'others-must-sign'],
    ]);
    const [impact] = impactOfLosing(
      ops[0]!,
      roles.filter(({ role }) => role === 'targets/ops'),
      new Set(),
    );
    expect(impact).toMatchObject({ gun: vectorGun, othersHere: [], othersElsewhere: [ops[1]] });
  });

  const role = (threshold: number, keys: readonly string[]): RoleOfKeys => ({
    gun: 'a' as Gun,
    role: 'targets',
    threshold,
    keys: keys as readonly CanonicalKeyId[],
  });
  it.each([
    ['threshold 2 of 3, all here', role(2, ['a', 'b', 'c']), ['a', 'b', 'c'], 'still-signable-here'],
    ['threshold 2 of 3, one here', role(2, ['a', 'b', 'c']), ['a', 'b'], 'others-must-sign'],
    ['threshold 2 of 2', role(2, ['a', 'b']), ['a', 'b'], 'nobody-can-sign'],
    ['the same key twice', role(1, ['a', 'a']), ['a'], 'nobody-can-sign'],
  ])('%s', (_name, of, here, effect) => {
    expect(impactOfLosing('a', [of], new Set(here))[0]?.effect).toBe(effect);
  });

  it.each([
    ['without signers it signs tags, and the root key here replaces it', false, ['r'], [], true, 'here'],
    ['the root key is kept offline', true, [], ['r'], false, 'offline'],
    ['somebody else has the root key', true, [], [], false, 'elsewhere'],
  ] as const)('the repository key: %s', (_name, hasSigner, here, away, signsTags, where) => {
    const signer = { ...role(1, ['j']), role: 'targets/jeff' };
    const all = [role(1, ['a']), { ...role(1, ['r']), role: 'root' }, ...(hasSigner ? [signer] : [])];
    const [impact] = impactOfLosing('a', all, new Set<string>(here), new Set<string>(away));
    expect(impact).toMatchObject({ signsTags, wayOut: { with: 'root', where } });
    expect(impactOfLosing('r', all, new Set())[0]?.wayOut).toBeUndefined();
  });

  it('puts the worst first', () => {
    const roleList = [role(1, ['a', 'b']), { ...role(1, ['a']), gun: 'worst' as Gun }, role(1, ['a', 'c'])];
    expect(impactOfLosing('a', roleList, new Set(['b'])).map(({ effect }) => effect)).toEqual([
      'nobody-can-sign',
      'others-must-sign',
      'still-signable-here',
    ]);
  });
});
