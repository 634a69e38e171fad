/** Our settings: what is read back, what is refused, and that nothing is ever started over silently. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import {
  defaultSettings,
  loadSettings,
  putDamagedSettingsAside,
  type Settings,
  updateSettings,
} from '../../../electron/settings/settings-file.ts';
import { parseGun } from '../../../electron/tuf/names.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
  file = path.join(folder, 'data', 'settings.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const full: Settings = {
  theme: 'dark',
  trustDirectory: '/srv/trust',
  serverRules: [
    { registry: 'registry.example.test:5000', url: 'https://notary.example.test:4443/prefix' },
    { registry: '*', url: 'https://other.example.test/' },
  ],
  serverCas: [{ server: 'https://notary.example.test:4443', pem }],
  added: [parseGun('docker.io/library/alpine')],
  hidden: [parseGun('registry.example.test:5000/acme/app')],
};

async function put(text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => expect.unreachable('accepted'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return error.code;
}

test('without a file there are defaults, and none is made', async () => {
  expect(await loadSettings(file)).toEqual(defaultSettings);
  expect(await readdir(folder)).toEqual([]);
});

test('what is written is read back, by its owner only', async () => {
  expect(await updateSettings(file, () => full)).toEqual(full);
  expect(await loadSettings(file)).toEqual(full);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1, theme: 'dark' });
});

test('a change is made to what is on disk now', async () => {
  await updateSettings(file, (now) => ({ ...now, theme: 'dark' }));
  await updateSettings(file, (now) => ({ ...now, added: full.added }));
  expect(await loadSettings(file)).toEqual({ ...defaultSettings, theme: 'dark', added: full.added });
});

describe('refused, and left as it is', () => {
  const gun = 'registry.example.test/x';
  test.each<[string, string]>([
    ['empty', ''],
    ['cut in the middle', '{"version":1,"theme":"da'],
    ['not an object', '[]'],
    ['without a version', '{}'],
    ['version 0', '{"version":0}'],
    ['a version as text', '{"version":"1"}'],
    ['a newer version', '{"version":2}'],
    ['an unknown setting', '{"version":1,"verifyNothing":true}'],
    ['__proto__', '{"version":1,"__proto__":{"theme":"dark"}}'],
    ['an unknown theme', '{"version":1,"theme":"pink"}'],
    ['a relative trust directory', '{"version":1,"trustDirectory":"trust"}'],
    ['rules that are no list', '{"version":1,"serverRules":{}}'],
    ['a rule over http', '{"version":1,"serverRules":[{"registry":"*","url":"http://x.test"}]}'],
    ['a rule with a password', '{"version":1,"serverRules":[{"registry":"*","url":"https://u:p@x.test"}]}'],
    [
      'a rule for half a registry',
      '{"version":1,"serverRules":[{"registry":"*.x.test","url":"https://x.test"}]}',
    ],
    ['a CA without a certificate', '{"version":1,"serverCas":[{"server":"https://x.test","pem":"hello"}]}'],
    ['a CA for http', `{"version":1,"serverCas":[{"server":"http://x.test","pem":${JSON.stringify(pem)}}]}`],
    ['a name that climbs', '{"version":1,"added":["../../etc"]}'],
    ['a name that is a number', '{"version":1,"hidden":[1,{}]}'],
    ['names that are no list', `{"version":1,"added":"${gun}"}`],
  ])('%s', async (_name, text) => {
    await put(text);
    expect(await codeOf(loadSettings(file))).toBe('config/malformed');
    expect(await codeOf(updateSettings(file, (now) => now))).toBe('config/malformed');
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('a change that could not be read back', async () => {
    await updateSettings(file, () => full);
    const before = await readFile(file, 'utf8');
    const bad = { ...full, serverRules: [{ registry: '*', url: 'http://x.test' }] };
    expect(await codeOf(updateSettings(file, () => bad))).toBe('config/malformed');
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('a folder in its place', async () => {
    await mkdir(file, { recursive: true });
    expect(await codeOf(loadSettings(file))).toBe('config/unreadable');
  });

  test('a file that may not be read', async () => {
    await put('{"version":1}');
    await chmod(file, 0o000);
    const expected = process.getuid?.() === 0 ? 'read' : 'config/unreadable';
    const outcome = await loadSettings(file).then(
      () => 'read',
      (error: unknown) => (isAppError(error) ? error.code : 'bug'),
    );
    expect(outcome).toBe(expected);
  });
});

describe('putting a damaged file aside', () => {
  const now = new Date('2026-11-20T12:34:56.789Z');
  test('keeps it under another name', async () => {
    await put('{"version":1,"theme":"da');
    const aside = await putDamagedSettingsAside(file, now);
    expect(aside).toBe(`${file}.damaged-2026-11-20T12-34-56-789Z`);
    expect(await readFile(aside ?? '', 'utf8')).toBe('{"version":1,"theme":"da');
    expect(await loadSettings(file)).toEqual(defaultSettings);
  });

  test('leaves a sound one alone', async () => {
    await updateSettings(file, () => full);
    expect(await putDamagedSettingsAside(file, now)).toBeUndefined();
    expect(await loadSettings(file)).toEqual(full);
  });
});

test('what is wrong is said without quoting the file', async () => {
  await put('{"version":1,"serverRules":[{"registry":"*","url":"https://u:secret@x.test"}],}');
  const error: unknown = await loadSettings(file).catch((reason: unknown) => reason);
  expect(JSON.stringify(isAppError(error) && error.details)).not.toContain('secret');
});
