/** The samples that docker, notary and notary-server made: read, verified and written back byte for byte. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { canonicalKeyId, tufKeyId } from '../../../electron/tuf/key-id.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import { parseMetadata, parseRoot, parseTargets } from '../../../electron/tuf/parse.ts';
import { TrustedRepository } from '../../../electron/tuf/trusted-repository.ts';
import { encodeBody, encodeFile } from '../../../electron/tuf/write.ts';

const folder = join(import.meta.dirname, '../../vectors/docker-trust');
const vector = (name: string): Uint8Array => readFileSync(join(folder, name));
const role = (name: string): RoleName => name as RoleName;

const files = [
  ['root.json', 'root'],
  ['1.root.json', 'root'],
  ['2.root.json', 'root'],
  ['3.root.json', 'root'],
  ['root-ed25519-server.json', 'root'],
  ['targets.json', 'targets'],
  ['releases.json', 'targets/releases'],
  ['jeff.json', 'targets/jeff'],
  ['ops.json', 'targets/ops'],
  ['snapshot.json', 'snapshot'],
  ['timestamp.json', 'timestamp'],
  ['timestamp-ed25519.json', 'timestamp'],
] as const;

describe('files of the real peers', () => {
  test.each(files)('%s is written back byte for byte', (name, roleName) => {
    const file = parseMetadata(role(roleName), vector(name));
    expect(file.unknownFields).toEqual([]);
    expect(Buffer.from(encodeFile(file.body, file.signatures)).equals(vector(name))).toBe(true);
    expect(Buffer.from(encodeBody(file.body)).equals(file.message)).toBe(true);
  });

  test('every key is filed under the ID that it hashes to', () => {
    const keys = [
      ...parseRoot(vector('root.json')).body.keys,
      ...parseTargets(role('targets'), vector('targets.json')).body.delegationKeys,
    ];
    expect(keys.length).toBeGreaterThan(5);
    for (const [id, key] of keys) expect(tufKeyId(key, nodeCrypto)).toBe(id);
  });

  test('private keys are named by the canonical IDs of the keys in metadata', () => {
    const stored = new Set(readdirSync(join(folder, 'keys')).map((name) => name.replace('.key', '')));
    const targets = parseTargets(role('targets'), vector('targets.json')).body;
    for (const key of targets.delegationKeys.values())
      expect(stored).toContain(canonicalKeyId(key, nodeCrypto));
    const root = parseRoot(vector('root.json')).body;
    for (const id of root.roles.get('root')?.keyids ?? []) {
      const key = root.keys.get(id);
      expect(key && canonicalKeyId(key, nodeCrypto)).toSatisfy((found: string) => stored.has(found));
    }
  });

  test('the state is believed as a whole', () => {
    const repository = new TrustedRepository({
      gun: parseGun('registry.example.test:5000/acme/app'),
      crypto: nodeCrypto,
      now: new Date('2026-11-21T00:00:00Z'),
    });
    repository.loadCachedRoot(vector('1.root.json'));
    repository.updateRoot(vector('2.root.json'), 'intermediate');
    repository.updateRoot(vector('3.root.json'));
    repository.updateTimestamp(vector('timestamp.json'));
    repository.updateSnapshot(vector('snapshot.json'));
    repository.updateTargets(vector('targets.json'));
    const seen: string[] = [];
    for (let next = repository.nextDelegation(); next !== undefined; next = repository.nextDelegation()) {
      seen.push(next.role);
      expect(
        repository.updateDelegation(next.role, vector(`${next.role.replace('targets/', '')}.json`)),
      ).toBeUndefined();
    }
    expect(seen).toEqual(['targets/jeff', 'targets/releases', 'targets/ops']);
    expect([...repository.problems]).toEqual([]);
  });
});

const old = join(
  import.meta.dirname,
  '../../../../shared/vectors/notary-0.3/tuf/docker.com/notary0.3/tst/metadata',
);

describe.runIf(existsSync(old))('files that notary 0.3 wrote', () => {
  if (!existsSync(old)) return;
  test.each(['root', 'targets', 'targets/releases', 'snapshot', 'timestamp'])('%s', (name) => {
    const bytes = readFileSync(join(old, `${name}.json`));
    const file = parseMetadata(role(name), bytes);
    expect(file.unknownFields).toEqual([]);
    expect(Buffer.from(encodeFile(file.body, file.signatures)).equals(bytes)).toBe(true);
  });

  test('are believed while they had not expired, and not any more', () => {
    const read = (name: string): Uint8Array => readFileSync(join(old, `${name}.json`));
    const gun = parseGun('docker.com/notary0.3/tst');
    const signed = new Date('2016-07-29T00:00:00Z');
    const repository = new TrustedRepository({ gun, crypto: nodeCrypto, now: signed });
    repository.updateRoot(read('root'));
    repository.updateTimestamp(read('timestamp'));
    repository.updateSnapshot(read('snapshot'));
    repository.updateTargets(read('targets'));
    expect(repository.nextDelegation()?.role).toBe('targets/releases');
    expect(repository.updateDelegation(role('targets/releases'), read('targets/releases'))).toBeUndefined();
    const names = [...repository.targets.values()].flatMap((file) =>
      file.body.targets.map(({ name }) => name),
    );
    expect(names.sort()).toEqual(['LICENSE', 'change', 'hello']);
    const today = new TrustedRepository({ gun, crypto: nodeCrypto, now: new Date('2026-11-21T00:00:00Z') });
    expect(today.loadCachedRoot(read('root'))).toBe(false);
    expect(() => today.updateTimestamp(read('timestamp'))).toThrow(/trust\/(expired|root-not-trusted)/);
  });
});
