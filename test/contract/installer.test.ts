/** How the installers are made: against electron-builder's own schema, and against what security asks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const need = createRequire(import.meta.url);
const fromBuilder = createRequire(need.resolve('app-builder-lib'));

interface Config {
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly files: readonly string[];
  readonly mac: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}
const yaml = fromBuilder('js-yaml') as { load: (text: string) => unknown };
const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
const config = yaml.load(text) as Config;

const fuses = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
  enableCookieEncryption: false,
  loadBrowserProcessSpecificV8Snapshot: false,
};

interface Validate {
  (value: unknown): boolean;
  readonly errors?: readonly unknown[] | null;
}
type AjvClass = new (options: object) => { compile: (schema: object) => Validate };

describe('electron-builder.yml', () => {
  const schema = JSON.parse(readFileSync(fromBuilder.resolve('app-builder-lib/scheme.json'), 'utf8')) as {
    definitions: { FuseOptionsV1: { properties: object } };
  };
  const { default: Ajv } = need('ajv') as { default: AjvClass };
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

  it('is valid by the schema of the builder', () => {
    expect([validate(config), validate.errors]).toEqual([true, null]);
  });
  it('would not be valid with a typing error (the check checks)', () => {
    expect(validate({ ...config, electronFuse: {} })).toBe(false);
    expect(validate({ ...config, electronFuses: { runAsNod: false } })).toBe(false);
  });
  it('decides every fuse that the builder knows', () => {
    expect(config.electronFuses).toEqual(fuses);
    const known = Object.keys(schema.definitions.FuseOptionsV1.properties);
    expect(known.filter((name) => name !== 'resetAdHocDarwinSignature').sort()).toEqual(
      Object.keys(fuses).sort(),
    );
  });
  it('packs one archive with the built app, and publishes nothing', () => {
    expect(config).toMatchObject({ asar: true, npmRebuild: false, publish: null, asarUnpack: ['**/*.node'] });
    expect(config.files).toEqual(
      expect.arrayContaining(['dist/electron/**', 'dist/renderer/**', 'package.json']),
    );
  });
  it('hardens the macOS app with entitlements that are there and few', () => {
    expect(config.mac).toMatchObject({ hardenedRuntime: true, entitlements: 'build/entitlements.mac.plist' });
    const plist = readFileSync(join(root, 'build/entitlements.mac.plist'), 'utf8');
    expect([...plist.matchAll(/<key>(.*?)<\/key>/g)].map(([, key]) => key)).toEqual([
      'com.apple.security.cs.allow-jit',
      'com.apple.security.cs.disable-library-validation',
    ]);
  });
});

describe('the icons', () => {
  const icon = (name: string) => readFileSync(join(root, 'build/icons', name));
  it.each([16, 32, 48, 64, 128, 256, 512, 1024])('have %i pixels', (size) => {
    const png = icon(`${size}x${size}.png`);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
  });
  it('are there for Windows and macOS', () => {
    const ico = icon('icon.ico');
    const icns = icon('icon.icns');
    expect([ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([1, 7]);
    expect([icns.subarray(0, 4).toString('latin1'), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
  });
});

/** Programs of packaged apps, where `npm run dist` left some. */
function packagedPrograms(): readonly string[] {
  const out = join(root, 'out');
  if (!existsSync(out)) return [];
  const folders = readdirSync(out).filter((name) => name.endsWith('-unpacked'));
  const programs = folders.flatMap((name) =>
    ['trustdesk', 'trustdesk.exe'].map((file) => join(out, name, file)),
  );
  return programs.filter((path) => existsSync(path));
}

/** Electron's own order of the fuses, and its marks for on and off. */
const wireOrder = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;
const ON = 0x31;
const OFF = 0x30;

it('names the fuses in the order of the wire', () => {
  expect([...wireOrder].sort()).toEqual(Object.keys(fuses).sort());
});

for (const program of packagedPrograms()) {
  it(`has every fuse as decided in ${program.slice(root.length + 1)}`, async () => {
    const { getCurrentFuseWire } = fromBuilder('@electron/fuses') as {
      getCurrentFuseWire: (path: string) => Promise<Readonly<Record<number, number>>>;
    };
    const wire = await getCurrentFuseWire(program);
    expect(wireOrder.map((name, index) => [name, wire[index]])).toEqual(
      wireOrder.map((name) => [name, fuses[name] ? ON : OFF]),
    );
  });
}
