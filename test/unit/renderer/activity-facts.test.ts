/** What the activity page says of an entry, whatever earlier versions wrote into the log. */
import { describe, expect, it } from 'vitest';
import { activityFacts } from '../../../renderer/features/activity/activity-facts.ts';

const [digest, key] = ['a'.repeat(64), 'b'.repeat(64)];

describe('an entry', () => {
  it('names tags with their digests, roles with their keys', () => {
    const lines = [
      { kind: 'tag-added', tag: '2.1', digest },
      { kind: 'tag-changed', tag: 'latest', from: key, to: digest },
      { kind: 'delegation-added', role: 'targets/kim', keyIds: [key], paths: [''] },
      { kind: 'repository-created', gun: 'registry.example.test/acme/app' },
    ];
    expect(activityFacts({ lines })).toEqual([
      { text: '+ 2.1', id: digest },
      { text: '~ latest', id: digest },
      { text: '+ targets/kim', id: key },
    ]);
    expect(activityFacts({ keyId: key })).toEqual([{ text: 'Key', id: key }]);
    expect(activityFacts({ keyIds: [key, digest] })).toHaveLength(2);
  });

  it('counts what is too much to show, and never hides one thing behind "1 more"', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ kind: 'tag-removed', tag: String(n), digest }));
    expect(activityFacts({ lines: lines(5) })).toHaveLength(5);
    expect(activityFacts({ lines: lines(1000) }).at(-1)).toEqual({ text: 'and 996 more' });
  });

  it.each([{}, { lines: 'x', keyIds: 3 }, { lines: [null, { kind: 'tag-added' }, { kind: 'later' }] }])(
    'of another shape says nothing: %j',
    (details) => {
      expect(activityFacts(details)).toEqual([]);
    },
  );
});
