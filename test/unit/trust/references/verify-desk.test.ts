/** The page Verify behind the window: only the last report counts, a stopped examination ends as cancelled. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Places } from '../../../../electron/trust/places.ts';
import { VerifyDesk } from '../../../../electron/trust/references/verify-desk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-desk-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A server that never answers until the examination is stopped. */
function silentPlaces(onAsked: () => void): Places {
  const connect = (_gun: string, { signal }: { signal?: AbortSignal }) =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('stopped')));
      onAsked();
    });
  return { placeOf: () => ({ connector: { connect } }) } as unknown as Places;
}

function open(places = silentPlaces(() => undefined), place = 'unused') {
  const asked: unknown[] = [];
  const desk = new VerifyDesk({
    places,
    now: () => new Date(0),
    prompts: {
      chooseFile: (question) => {
        asked.push(question);
        return Promise.resolve([join(folder, place)]);
      },
    },
    onProgress: () => undefined,
  });
  return { desk, asked };
}

const malformed = [{ name: 'a.txt', text: 'Not:a:ref\n' }];

test('what was stopped ends as cancelled, and leaves no report', async () => {
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const { desk } = open(silentPlaces(() => asked()));
  const checking = desk.check([{ name: 'a.txt', text: 'acme/app:1' }]);
  const outcome = expect(checking).rejects.toMatchObject({ code: 'prompt/cancelled' });
  await isAsked;
  await desk.stop();
  await outcome;
});

test('a new examination ends the one before', async () => {
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const { desk } = open(silentPlaces(() => asked()));
  const outcome = expect(desk.check([{ name: 'a.txt', text: 'acme/app:1' }])).rejects.toMatchObject({
    code: 'prompt/cancelled',
  });
  await isAsked;
  expect((await desk.check(malformed)).documents).toHaveLength(1);
  await outcome;
});

test('only a document of the last report is pinned and saved', async () => {
  const { desk, asked } = open(undefined, 'saved');
  const first = await desk.check(malformed);
  const last = await desk.check([{ name: 'a/..\u202e:b', text: 'Not:a:ref\r\n' }]);
  const wish = { document: 0, update: false };
  for (const bad of [
    { ...wish, id: first.id },
    { ...wish, id: last.id, document: 1 },
    { ...wish, id: '' },
  ]) {
    expect(() => desk.pinned(bad)).toThrow(expect.objectContaining({ code: 'ipc/refused' }));
    await expect(desk.save(bad)).rejects.toMatchObject({ code: 'ipc/refused' });
  }
  expect(desk.pinned({ ...wish, id: last.id })).toEqual({ text: 'Not:a:ref\r\n', changed: [], left: 1 });
  await desk.save({ ...wish, id: last.id });
  expect(asked).toMatchObject([{ suggestedName: 'a_..__b' }]);
  expect(await readFile(join(folder, 'saved'), 'utf8')).toBe('Not:a:ref\r\n');
  expect((await stat(join(folder, 'saved'))).mode & 0o777).toBe(0o644);
});

test('what cannot be read is said of its file alone', async () => {
  const { documents } = await open().desk.check([
    { name: 'a.yml', text: '[' },
    { name: 'b.txt', text: '# nothing' },
    { name: 'Dockerfile', text: 'FROM $X' },
    { name: 'Dockerfile', text: 'FROM a\nRUN "<<A"\nFROM b\nA' },
  ]);
  expect(documents.map(({ problem, references }) => [problem?.code, references[0]?.problem?.code])).toEqual([
    ['reference/file-malformed', undefined],
    ['reference/none-found', undefined],
    [undefined, 'reference/unresolvable'],
    ['reference/file-doubtful', undefined],
  ]);
});
