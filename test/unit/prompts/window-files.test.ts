/** File choice in the window: entries by opaque ID, nothing else. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as z from 'zod/mini';
import { createBroker, type AnswerValue } from '../../../electron/prompts/broker.ts';
import { isFileName, listFolder, parentOf } from '../../../electron/prompts/folder-listing.ts';
import type { FileQuestion } from '../../../electron/prompts/prompts.ts';
import { windowFiles } from '../../../electron/prompts/window-prompts.ts';
import type { prompt } from '../../../shared/ipc/prompts.ts';
import { manualTimers } from '../../fakes/manual-timers.ts';

type Shown = Extract<z.output<typeof prompt>, { kind: 'choose-file' }>;
let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'trustdesk-files-')));
  mkdirSync(join(folder, 'certs'));
  writeFileSync(join(folder, 'a.pem'), '');
  writeFileSync(join(folder, 'b.pem'), '');
  writeFileSync(join(folder, 'certs', 'ca.pem'), '');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'broken'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Asks in `folder`; each answer is made from what is shown. */
async function choosing(question: FileQuestion, ...answers: readonly ((shown: Shown) => AnswerValue)[]) {
  const places: string[] = [];
  const rest = [...answers];
  const emit = vi.fn((name: string, payload: unknown) => {
    if (name !== 'prompts.asked') return;
    const shown = payload as Shown;
    places.push(shown.place);
    const answer = rest.shift()?.(shown) ?? { kind: 'cancel' };
    queueMicrotask(() => broker.answer({ id: shown.id, value: answer }));
  });
  let last = 0;
  const broker = createBroker({ emit: emit, newId: () => `id-${++last}`, timers: manualTimers() });
  const paths = await windowFiles(broker, { start: folder }).chooseFile(question);
  return { paths, places };
}

const idOf = ({ entries }: Shown, name: string) => entries.find((entry) => entry.name === name)!.id;
const choose =
  (...names: string[]) =>
  (shown: Shown): AnswerValue => ({ kind: 'choose', entries: names.map((name) => idOf(shown, name)) });
const enter =
  (name: string) =>
  (shown: Shown): AnswerValue => ({ kind: 'enter', entry: name === '..' ? name : idOf(shown, name) });
const file: FileQuestion = { title: 'CA', want: 'file' };

describe('a choice', () => {
  it('is a file', async () => {
    const { paths } = await choosing(file, choose('a.pem'));
    expect(paths).toEqual([join(folder, 'a.pem')]);
  });
  it('is several files', async () => {
    const { paths } = await choosing({ ...file, want: 'files' }, choose('a.pem', 'b.pem'));
    expect(paths).toEqual([join(folder, 'a.pem'), join(folder, 'b.pem')]);
  });
  it('goes into folders and back, with new IDs each time', async () => {
    const { paths, places } = await choosing(
      file,
      enter('certs'),
      enter('..'),
      enter('certs'),
      choose('ca.pem'),
    );
    expect(paths).toEqual([join(folder, 'certs', 'ca.pem')]);
    expect(places).toEqual([folder, join(folder, 'certs'), folder, join(folder, 'certs')]);
  });
  it('is the folder that is shown, or one in it', async () => {
    const shown = await choosing({ ...file, want: 'directory' }, enter('certs'), choose());
    const inside = await choosing({ ...file, want: 'directory' }, choose('certs'));
    expect([shown.paths, inside.paths]).toEqual([[join(folder, 'certs')], [join(folder, 'certs')]]);
  });
  it('is a name to save under', async () => {
    const { paths } = await choosing({ ...file, want: 'save' }, enter('certs'), () => ({
      kind: 'choose',
      entries: [],
      name: 'keys.age',
    }));
    expect(paths).toEqual([join(folder, 'certs', 'keys.age')]);
  });
});

describe('a new folder', () => {
  const make = (name: string) => (): AnswerValue => ({ kind: 'make-folder', name });

  it('is made private where the person is, and is where they are then', async () => {
    const { paths } = await choosing({ ...file, want: 'directory' }, enter('certs'), make('safe'), choose());
    expect(paths).toEqual([join(folder, 'certs', 'safe')]);
    expect(statSync(join(folder, 'certs', 'safe')).mode & 0o777).toBe(0o700);
  });
  it('that is there already is gone into', async () => {
    const { places } = await choosing({ ...file, want: 'save' }, make('certs'), () => ({
      kind: 'choose',
      entries: [],
      name: 'x',
    }));
    expect(places).toEqual([folder, join(folder, 'certs')]);
  });
  it.each(['', '..', '../x', '/tmp/x', 'a/b', 'nul'])('is not made under the name %j', async (name) => {
    await expect(choosing({ ...file, want: 'directory' }, make(name))).rejects.toMatchObject({
      code: 'ipc/refused',
    });
  });
  it.each(['file', 'files'] as const)('is not made where a %s is asked for', async (want) => {
    await expect(choosing({ ...file, want }, make('safe'))).rejects.toMatchObject({ code: 'ipc/refused' });
    expect(existsSync(join(folder, 'safe'))).toBe(false);
  });
});

describe('a choice is refused', () => {
  it.each<[string, FileQuestion['want'], (shown: Shown) => AnswerValue]>([
    ['a path', 'file', () => ({ kind: 'choose', entries: ['/etc/passwd'] })],
    ['a name', 'file', () => ({ kind: 'choose', entries: ['a.pem'] })],
    ['the parent', 'file', () => ({ kind: 'choose', entries: ['..'] })],
    ['nothing', 'file', () => ({ kind: 'choose', entries: [] })],
    ['a folder as a file', 'file', choose('certs')],
    ['two files as one', 'file', choose('a.pem', 'b.pem')],
    ['no files', 'files', () => ({ kind: 'choose', entries: [] })],
    ['a folder among files', 'files', choose('a.pem', 'certs')],
    ['a file as a folder', 'directory', choose('a.pem')],
    [
      'a name where none was asked',
      'file',
      (shown) => ({ kind: 'choose', entries: [idOf(shown, 'a.pem')], name: 'x' }),
    ],
    ['no name to save under', 'save', () => ({ kind: 'choose', entries: [] })],
    [
      'an entry to save under',
      'save',
      (shown) => ({ kind: 'choose', entries: [idOf(shown, 'a.pem')], name: 'x' }),
    ],
    ['a name that leads elsewhere', 'save', () => ({ kind: 'choose', entries: [], name: '../x' })],
    ['entering a file', 'file', enter('a.pem')],
    ['entering a path', 'file', () => ({ kind: 'enter', entry: '/etc' })],
  ])('%s (%s)', async (_what, want, answer) => {
    await expect(choosing({ title: 'x', want }, answer)).rejects.toMatchObject({ code: 'ipc/refused' });
  });
  it('when an ID of an earlier listing is used', async () => {
    let early = '';
    const remember = (shown: Shown): AnswerValue => {
      early = idOf(shown, 'a.pem');
      return enter('certs')(shown);
    };
    const replay = (): AnswerValue => ({ kind: 'choose', entries: [early] });
    await expect(choosing(file, remember, replay)).rejects.toMatchObject({ code: 'ipc/refused' });
  });
  it('by the person', async () => {
    await expect(choosing(file)).rejects.toMatchObject({ code: 'prompt/cancelled' });
  });
});

describe('a listing', () => {
  it('has folders first, then names, and nothing that cannot be chosen', async () => {
    const { entries } = await listFolder(folder);
    expect([...entries.values()]).toEqual([
      { name: 'certs', directory: true },
      { name: 'a.pem', directory: false },
      { name: 'b.pem', directory: false },
    ]);
  });
  it('of what is no folder says so', async () => {
    await expect(listFolder(join(folder, 'a.pem'))).rejects.toMatchObject({
      code: 'config/unreadable',
      details: { reason: 'ENOTDIR' },
    });
    await expect(listFolder(join(folder, 'none'))).rejects.toMatchObject({ details: { reason: 'ENOENT' } });
  });
  it('ends at the top', () => expect(parentOf('/')).toBe('/'));
});

describe('a file name', () => {
  it.each(['keys.age', 'Keys 2026', '.hidden', 'ünïcode', 'con-sole', 'a'.repeat(200)])('is %s', (name) =>
    expect(isFileName(name)).toBe(true),
  );
  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'C:x',
    'a\0b',
    'a\nb',
    'CON',
    'nul.txt',
    'LPT1',
    'end.',
    'end ',
    'a*',
    '?',
    'a'.repeat(201),
  ])('is not %j', (name) => expect(isFileName(name)).toBe(false));
});
