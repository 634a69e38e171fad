/** When a clone is installed and built, and when nothing is done. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Ensure {
  nodeIsSupported(version: string): boolean;
  sourceHash(root: string): string;
  npmInstalledAll(lock: string, installed: string | undefined): boolean;
  ensure(options: { root: string; say: (line: string) => void }): void;
}
const file = join(import.meta.dirname, '../../../build/ensure.mjs');
const { nodeIsSupported, sourceHash, npmInstalledAll, ensure } = (await import(
  pathToFileURL(file).href
)) as Ensure;

it.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['18.20.0', false],
  ['21.0.0', true],
  ['24.1.0', true],
])('Node %s is supported: %s', (version, supported) => expect(nodeIsSupported(version)).toBe(supported));

describe('what npm installed', () => {
  const lock = (packages: object) => JSON.stringify({ packages: { '': { name: 'trustdesk' }, ...packages } });
  const react = { 'node_modules/react': { version: '19.3.1' } };
  it.each([
    ['is all', lock(react), lock(react), true],
    ['is more', lock({}), lock(react), true],
    ['is missing', lock(react), undefined, false],
    ['is incomplete', lock(react), lock({}), false],
    ['is another version', lock(react), lock({ 'node_modules/react': { version: '18.0.0' } }), false],
    [
      'lacks an optional package',
      lock({ 'node_modules/pkcs11js': { version: '2.1.7', optional: true } }),
      lock({}),
      true,
    ],
    [
      'has another version of an optional package',
      lock({ 'node_modules/a': { version: '2', optional: true } }),
      lock({ 'node_modules/a': { version: '1' } }),
      false,
    ],
  ])('%s: %s', (_what, wanted, installed, all) => expect(npmInstalledAll(wanted, installed)).toBe(all));
});

describe('a clone', () => {
  let root = '';
  let said: string[] = [];
  /** A clone whose build copies one file and counts how often it ran. */
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'trustdesk-clone-'));
    said = [];
    for (const folder of ['build', 'electron', 'node_modules']) mkdirSync(join(root, folder));
    writeFileSync(join(root, 'package.json'), '{}');
    writeFileSync(join(root, 'package-lock.json'), '{"packages":{}}');
    writeFileSync(join(root, 'electron', 'main.ts'), 'one');
    writeFileSync(join(root, 'electron', 'part.ts'), 'part');
    writeFileSync(
      join(root, 'build', 'build.mjs'),
      `import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
       if (readFileSync('electron/main.ts', 'utf8') === 'broken') { console.error('main.ts:1 is broken'); process.exit(1); }
       mkdirSync('dist', { recursive: true }); appendFileSync('dist/count', 'x');`,
    );
    const lockHash = createHash('sha256').update('{"packages":{}}').digest('hex');
    writeFileSync(join(root, 'node_modules', '.trustdesk-install'), lockHash);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const run = () => ensure({ root, say: (line) => said.push(line) });
  const builds = () => readFileSync(join(root, 'dist', 'count'), 'utf8').length;

  it('is built once, and not again while nothing changes', () => {
    run();
    run();
    utimesSync(join(root, 'electron', 'main.ts'), new Date(), new Date());
    run();
    expect([builds(), said]).toEqual([1, ['Building.']]);
  });

  it.each<[string, () => void]>([
    ['a file changed', () => writeFileSync(join(root, 'electron', 'main.ts'), 'two')],
    ['a file is new', () => writeFileSync(join(root, 'electron', 'new.ts'), '')],
    [
      'a file moved',
      () => {
        mkdirSync(join(root, 'shared'));
        renameSync(join(root, 'electron', 'part.ts'), join(root, 'shared', 'part.ts'));
      },
    ],
    ['package.json changed', () => writeFileSync(join(root, 'package.json'), '{"version":"2"}')],
    ['the stamp is gone', () => rmSync(join(root, 'dist', '.built-from'))],
  ])('is built again when %s', (_what, change) => {
    run();
    change();
    run();
    expect(builds()).toBe(2);
  });

  it('is not built again for a test', () => {
    run();
    mkdirSync(join(root, 'test'));
    writeFileSync(join(root, 'test', 'x.test.ts'), '');
    run();
    expect(builds()).toBe(1);
  });

  it('whose build fails says what is wrong, and is built when that is mended', () => {
    writeFileSync(join(root, 'electron', 'main.ts'), 'broken');
    expect(run).toThrow('main.ts:1 is broken');
    expect(run).toThrow('main.ts:1 is broken');
    writeFileSync(join(root, 'electron', 'main.ts'), 'mended');
    run();
    expect(builds()).toBe(1);
  });

  it('whose packages are linked from elsewhere is not installed: what the link leads to stays', () => {
    const shared = join(root, 'shared');
    renameSync(join(root, 'node_modules'), shared);
    writeFileSync(join(shared, 'package-of-somebody'), '');
    writeFileSync(join(root, 'package-lock.json'), '{"packages":{"node_modules/react":{"version":"1"}}}');
    writeFileSync(join(shared, '.package-lock.json'), '{}');
    rmSync(join(shared, '.trustdesk-install'), { force: true });
    symlinkSync(shared, join(root, 'node_modules'));
    expect(() => ensure({ root, say: () => undefined })).toThrow(/node_modules is a link/);
    expect(existsSync(join(shared, 'package-of-somebody'))).toBe(true);
  });

  it('that a dead start left locked is taken over', () => {
    mkdirSync(join(root, '.cache'));
    writeFileSync(join(root, '.cache', 'ensure.lock'), '2147483646');
    run();
    expect(builds()).toBe(1);
  });

  it('has the same hash wherever it lies', () => {
    const before = sourceHash(root);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(join(root, 'README.md'), 'not a source');
    expect(sourceHash(root)).toBe(before);
  });
});
