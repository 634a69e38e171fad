/** The stores and server keys of the trust server, in memory and in a folder: the same rules, and nothing half done. */
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskNotaryStore } from '../../../electron/sandbox/notary/disk-notary-store.ts';
import { MemoryNotaryStore, OldVersion, sha256Hex } from '../../../electron/sandbox/notary/notary-store.ts';
import type { MetadataUpdate, NotaryStore } from '../../../electron/sandbox/notary/notary-store.ts';
import { ServerKeys } from '../../../electron/sandbox/notary/server-keys.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'td-store-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const file = (role: string, version: number, text = `${role} ${String(version)}`): MetadataUpdate => ({
  role,
  version,
  bytes: new TextEncoder().encode(text),
});
const textOf = (stored: { readonly bytes: Uint8Array } | undefined): string | undefined =>
  stored === undefined ? undefined : Buffer.from(stored.bytes).toString('utf8');

const stores: readonly (readonly [string, () => Promise<NotaryStore>])[] = [
  ['memory', () => Promise.resolve(new MemoryNotaryStore())],
  ['folder', () => DiskNotaryStore.open(folder)],
];

describe.each(stores)('a store in %s', (_, open) => {
  let store: NotaryStore;
  beforeEach(async () => {
    store = await open();
    await store.updateMany('a', [file('root', 1), file('targets', 2), file('timestamp', 1)], 1000);
  });

  it('answers by role, version and hash', async () => {
    await store.updateMany('a', [file('targets', 5)], 2000);
    expect(textOf(store.current('a', 'targets'))).toBe('targets 5');
    expect(textOf(store.byVersion('a', 'targets', 2))).toBe('targets 2');
    expect(textOf(store.byHash('a', 'targets', sha256Hex(file('targets', 2).bytes)))).toBe('targets 2');
    expect(store.current('a', 'targets')?.createdAt).toBe(2000);
  });

  it.each([
    ['another repository', 'b', 'targets'],
    ['another role', 'a', 'snapshot'],
    ['a name with a special meaning', '__proto__', 'constructor'],
  ])('knows nothing of %s', (__, gun, role) => {
    expect(store.current(gun, role)).toBeUndefined();
    expect(store.byVersion(gun, role, 1)).toBeUndefined();
    expect(store.byHash(gun, role, sha256Hex(file('targets', 2).bytes))).toBeUndefined();
  });

  it.each([
    ['the same version', [file('targets', 2)]],
    ['an older version', [file('targets', 1)]],
    ['a version twice', [file('snapshot', 1), file('snapshot', 1, 'other')]],
    ['one of several', [file('root', 2), file('timestamp', 2), file('targets', 2)]],
  ])('refuses %s and keeps everything as it was', async (__, updates) => {
    await expect(store.updateMany('a', updates, 2000)).rejects.toThrow(OldVersion);
    expect(textOf(store.current('a', 'root'))).toBe('root 1');
    expect(store.current('a', 'snapshot')).toBeUndefined();
    expect(store.changes()).toHaveLength(1);
  });

  it('records timestamps and deletions', async () => {
    await store.updateMany('b', [file('timestamp', 1, 'b')], 2000);
    await store.delete('a', 3000);
    await store.delete('a', 4000);
    expect(store.changes()).toEqual([
      {
        gun: 'a',
        version: 1,
        sha256: sha256Hex(file('timestamp', 1).bytes),
        category: 'update',
        createdAt: 1000,
      },
      { gun: 'b', version: 1, sha256: sha256Hex(Buffer.from('b')), category: 'update', createdAt: 2000 },
      { gun: 'a', version: 0, sha256: '', category: 'deletion', createdAt: 3000 },
    ]);
    expect(store.guns()).toEqual(['b']);
  });

  it('starts from nothing after a deletion', async () => {
    await store.delete('a', 2000);
    await store.updateMany('a', [file('targets', 1)], 3000);
    expect(store.current('a', 'targets')?.version).toBe(1);
  });
});

describe('a store in a folder', () => {
  it('is the same when it is opened again', async () => {
    const first = await DiskNotaryStore.open(folder);
    await first.updateMany('a', [file('root', 1), file('timestamp', 1)], 1000);
    await first.updateMany('__proto__', [file('targets/__proto__', 3)], 2000);
    const second = await DiskNotaryStore.open(folder);
    expect(second.guns()).toEqual(['a', '__proto__']);
    expect(second.current('a', 'root')).toEqual(first.current('a', 'root'));
    expect(textOf(second.current('__proto__', 'targets/__proto__'))).toBe('targets/__proto__ 3');
    expect(second.changes()).toEqual(first.changes());
  });

  it('takes many updates at once without losing one', async () => {
    const store = await DiskNotaryStore.open(folder);
    const guns = Array.from({ length: 20 }, (_, i) => `gun-${String(i)}`);
    await Promise.all(guns.map((gun) => store.updateMany(gun, [file('timestamp', 1, gun)], 1000)));
    expect([...(await DiskNotaryStore.open(folder)).guns()].sort()).toEqual(guns.sort());
  });

  it('goes on after a refused update', async () => {
    const store = await DiskNotaryStore.open(folder);
    await store.updateMany('a', [file('targets', 1)], 1000);
    const both = [
      store.updateMany('a', [file('targets', 1)], 2000),
      store.updateMany('a', [file('targets', 2)], 2000),
    ];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('keeps the old state when the files cannot be written', async () => {
    const store = await DiskNotaryStore.open(folder);
    await store.updateMany('a', [file('targets', 1)], 1000);
    await rm(join(folder, 'metadata'), { recursive: true });
    await writeFile(join(folder, 'metadata'), 'in the way');
    await expect(store.updateMany('a', [file('targets', 2)], 2000)).rejects.toMatchObject({
      code: 'files/write-failed',
    });
    expect(store.current('a', 'targets')?.version).toBe(1);
  });

  it('is closed to others', async () => {
    const store = await DiskNotaryStore.open(folder);
    await store.updateMany('a', [file('targets', 1)], 1000);
    const modes = await Promise.all(
      ['metadata', 'index.json', join('metadata', sha256Hex(file('targets', 1).bytes))].map(async (name) =>
        ((await stat(join(folder, name))).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['700', '600', '600']);
  });

  it.each([
    ['a changed file', 'config/malformed', (path: string) => writeFile(path, 'changed')],
    ['a missing file', 'config/unreadable', (path: string) => rm(path)],
  ])('says that it is damaged: %s', async (_, code, damage) => {
    const store = await DiskNotaryStore.open(folder);
    await store.updateMany('a', [file('targets', 1)], 1000);
    await damage(join(folder, 'metadata', sha256Hex(file('targets', 1).bytes)));
    await expect(DiskNotaryStore.open(folder)).rejects.toMatchObject({ code });
  });

  it('says that its index is damaged', async () => {
    await writeFile(join(folder, 'index.json'), '{"repositories":');
    await expect(DiskNotaryStore.open(folder)).rejects.toMatchObject({ code: 'config/malformed' });
  });
});

describe('server keys in a folder', () => {
  const message = new TextEncoder().encode('message');

  it('are the same when they are opened again, and sign', async () => {
    const first = await ServerKeys.open(folder);
    const key = await first.create('a', 'timestamp');
    const [name] = await readdir(folder);
    const id = name!.replace('.json', '');
    const second = await ServerKeys.open(folder);
    expect(second.publicKey(id)).toEqual(key);
    expect((await second.signer(id)!.sign(message)).method).toBe('ecdsa');
    expect(second.signer('f'.repeat(64))).toBeUndefined();
  });

  it('are handed out again until they have signed, also after a restart', async () => {
    const keys = await ServerKeys.open(folder, 'ed25519');
    const unused = await keys.create('a', 'snapshot');
    expect(await (await ServerKeys.open(folder, 'ed25519')).create('a', 'snapshot')).toEqual(unused);
    const [name] = await readdir(folder);
    await keys.signer(name!.replace('.json', ''))!.sign(message);
    expect(await keys.create('a', 'snapshot')).not.toEqual(unused);
    expect(await (await ServerKeys.open(folder, 'ed25519')).create('a', 'snapshot')).not.toEqual(unused);
  });

  it('are closed to others, and refused when they are not', async () => {
    await (await ServerKeys.open(folder)).create('a', 'snapshot');
    const [name] = await readdir(folder);
    const path = join(folder, name!);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    await expect(ServerKeys.open(folder)).rejects.toMatchObject({ code: 'keystore/permissions-too-open' });
  });

  it.each(['', '{}', '{"pem":"-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n"}'])(
    'are refused when they are none: %s',
    async (text) => {
      await writeFile(join(folder, `${'a'.repeat(64)}.json`), text, { mode: 0o600 });
      await expect(ServerKeys.open(folder)).rejects.toMatchObject({ code: 'keystore/unreadable' });
    },
  );

  it('pass over what is no key file', async () => {
    await writeFile(join(folder, 'README'), 'hello');
    const keys = await ServerKeys.open(folder);
    await keys.create('a', 'snapshot');
    expect(await readFile(join(folder, 'README'), 'utf8')).toBe('hello');
  });
});
