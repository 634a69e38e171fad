import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StagedChange } from '../../../electron/notary/changelist.ts';
import { toChanges } from '../../../electron/trust/plan/staged-changes.ts';

const folder = path.resolve(import.meta.dirname, '../../vectors/docker-trust/changelist');

async function vectors(): Promise<readonly StagedChange[]> {
  const files = (await readdir(folder)).sort();
  return Promise.all(
    files.map(async (file) => {
      const { role, data, ...rest } = JSON.parse(await readFile(path.join(folder, file), 'utf8')) as {
        role: string;
        data: string | null;
      };
      const parts = rest as Pick<StagedChange, 'action' | 'type' | 'path'>;
      return { file, scope: role, ...parts, data: data === null ? undefined : Buffer.from(data, 'base64') };
    }),
  );
}

const staged = (parts: Partial<StagedChange>): StagedChange => ({
  file: 'x.change',
  action: 'create',
  scope: 'targets',
  type: 'target',
  path: '1.0',
  data: Buffer.from('{"length":1,"hashes":{}}'),
  ...parts,
});

describe('staged changes', () => {
  test('every kind that notary stages becomes a change of a plan', async () => {
    const kinds = (await vectors()).flatMap(toChanges).map((change) => `${change.kind} ${change.role}`);
    expect(kinds.length).toBeGreaterThanOrEqual(11);
    expect(new Set(kinds.map((kind) => kind.split(' ')[0]))).toEqual(
      new Set([
        'add-target',
        'remove-target',
        'add-delegation',
        'remove-delegation-keys',
        'remove-delegation-paths',
        'purge-keys',
        'witness',
      ]),
    );
  });

  test('a deleted delegation', () => {
    const change = staged({
      type: 'delegation',
      action: 'delete',
      scope: 'targets/a',
      path: '',
      data: undefined,
    });
    expect(toChanges(change)).toEqual([{ kind: 'remove-delegation', role: 'targets/a' }]);
  });

  test.each<[string, Partial<StagedChange>, string]>([
    ['a rotation', { type: 'role' }, 'plan/staged-unreadable'],
    ['no data', { data: undefined }, 'plan/staged-unreadable'],
    ['data that is no object', { data: Buffer.from('[]') }, 'plan/staged-unreadable'],
    ['no hashes', { data: Buffer.from('{"length":1}') }, 'plan/staged-unreadable'],
    ['no length', { data: Buffer.from('{"hashes":{}}') }, 'plan/staged-unreadable'],
    ['data that is not JSON', { data: Buffer.from('{') }, 'trust/malformed'],
    ['a role that is none', { scope: '../x' }, 'reference/invalid-role'],
    [
      'a key of an unknown type',
      {
        type: 'delegation',
        scope: 'targets/a',
        data: Buffer.from('{"add_keys":[{"keytype":"x","keyval":{"public":"AA=="}}]}'),
      },
      'plan/staged-unreadable',
    ],
  ])('refuses %s', (_, parts, code) => {
    expect(() => toChanges(staged(parts))).toThrow(expect.objectContaining({ code }));
  });
});
