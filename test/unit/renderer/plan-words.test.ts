/** What a plan says will be noticed afterwards: the grave first, the same about many tags once. */
import { describe, expect, test } from 'vitest';
import { publishedLines, summariseAfterwards } from '../../../renderer/features/plans/plan-words.ts';
import { selectionState } from '../../../renderer/features/repository/name-selection.ts';
import type { ConsequenceView, PlanView, ReceiptView } from '../../../shared/ipc/plans.ts';
import { hex } from '../../fakes/trust-data.ts';

const planOf = (...consequences: readonly ConsequenceView[]): PlanView => ({
  id: 'p',
  kind: 'signer-remove',
  title: 'Remove signer jeff',
  gun: 'a/b',
  server: 'https://n',
  createdAt: '2026-01-01T00:00:00Z',
  lines: [],
  roles: [],
  consequences: [...consequences],
  staged: 0,
});
const lost = (tag: string, ...left: readonly string[]): ConsequenceView => ({
  kind: 'signature-lost',
  tag,
  signer: 'jeff',
  left: [...left],
});
const texts = (plan: PlanView) => summariseAfterwards(plan, 8).shown;

describe('tags that lose a signer', () => {
  test('who is still signed by others is told apart from who has nobody left', () => {
    expect(texts(planOf(lost('1', 'ops'), lost('2'), lost('3', 'ops')))).toEqual([
      {
        tone: 'warn',
        text: '2 is no longer signed by jeff, and nobody else is named. Pulling still works; docker shows “(Repo Admin)”.',
      },
      { tone: 'plain', text: '1 and 3 are no longer signed by jeff, still by ops.' },
    ]);
  });

  test('many are said once, with some of them and how many more', () => {
    const tags = Array.from({ length: 75 }, (_, at) => lost(`v${at}`, 'ops', 'kim'));
    expect(texts(planOf(...tags))).toEqual([
      {
        tone: 'plain',
        text: 'v0, v1, v2, v3, and 71 more are no longer signed by jeff, still by ops and kim.',
      },
    ]);
  });
});

test('what can no longer be pulled comes first, in one sentence', () => {
  const gone = ['1', '2'].map((tag): ConsequenceView => ({ kind: 'tag-unpullable', tag }));
  expect(texts(planOf(lost('3'), ...gone))[0]).toEqual({
    tone: 'bad',
    text: '1 and 2 can no longer be pulled with content trust.',
  });
});

describe('the tick above a list', () => {
  const names = ['a', 'b', 'c'];
  test.each<[shown: readonly string[], selected: readonly string[], state: string]>([
    [names, [], 'none'],
    [names, ['a'], 'some'],
    [names, names, 'all'],
    // Nothing is left to be ticked.
    [[], names, 'none'],
    // Of a filtered list, what is ticked elsewhere does not count.
    [['a'], ['b', 'c'], 'some'],
    [['a'], ['a', 'b'], 'all'],
  ])('%j with %j ticked: %s', (shown, selected, state) => {
    expect(selectionState(shown.length, new Set(selected), (row) => shown[row] ?? '')).toBe(state);
  });
});

describe('what was published', () => {
  const [old = '', made = '', other = ''] = ['old', 'made', 'other'].map(hex);
  const rotation = (role: string, to: string): PlanView => ({
    ...planOf(),
    lines: [{ kind: 'base-keys-replaced', role, from: [old], to: [to] }],
  });
  const signedBy = (role: string, ...keyIds: readonly string[]): ReceiptView => ({
    planId: 'p',
    gun: 'a/b',
    server: 'https://n',
    title: 'Rotate',
    publishedAt: '2026-01-01T00:00:00Z',
    roles: [
      { role, version: 2, sha256: hex('file'), signedBy: keyIds.map((keyId) => ({ keyId, owner: role })) },
    ],
    tries: 1,
    movedTags: [],
  });

  test('names the key that was made for it', () => {
    expect(publishedLines(rotation('root', 'new-root-key'), signedBy('root', made, old))).toMatchObject([
      { from: [old], to: [made] },
    ]);
  });

  test('names the key of a first signer', () => {
    const plan: PlanView = {
      ...planOf(),
      lines: [{ kind: 'delegation-added', role: 'targets/kim', keyIds: ['new-signer-key'], paths: [''] }],
    };
    expect(publishedLines(plan, signedBy('targets/kim', made))).toMatchObject([{ keyIds: [made] }]);
  });

  test('leaves what is known already, and a key of the server, which signs elsewhere', () => {
    for (const [role, to] of [
      ['root', made],
      ['timestamp', 'new-server-key'],
    ] as const) {
      const receipt = signedBy('root', made, old);
      expect(publishedLines(rotation(role, to), receipt)).toMatchObject([{ to: [to] }]);
    }
  });

  test('does not guess among several', () => {
    const receipt = signedBy('root', made, other, old);
    expect(publishedLines(rotation('root', 'new-root-key'), receipt)).toMatchObject([
      { to: ['new-root-key'] },
    ]);
  });
});
