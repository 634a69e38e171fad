/** What people read: times, counts, abilities, findings, and the small parsers behind input fields. */
import { describe, expect, test } from 'vitest';
import { findActions } from '../../../renderer/app/actions.ts';
import { errorText, toWireError } from '../../../renderer/copy/error-text.ts';
import { countOf, sizeText } from '../../../renderer/copy/sizes.ts';
import { ageText, expiryTone, shortAgeText, untilText } from '../../../renderer/copy/times.ts';
import { abilityDetail, abilityText, placeText } from '../../../renderer/copy/trust-words.ts';
import { stepLines } from '../../../renderer/features/doctor/doctor-steps.ts';
import { registryOf } from '../../../renderer/features/first-run/connect-sheet.tsx';
import { filterKeys } from '../../../renderer/features/keys/key-filter.ts';
import { parseReferences } from '../../../renderer/features/repositories/add-sheet.tsx';
import {
  canPlan,
  canSign,
  findingsOf,
  rolesToRenew,
  signersToChoose,
} from '../../../renderer/features/repository/health.ts';
import { indentJson, receivedLines } from '../../../renderer/features/repository/raw-lines.ts';
import { signerHue } from '../../../renderer/ui/signer-chip.tsx';
import { AppError } from '../../../shared/errors.ts';
import type { RepositoryRow } from '../../../shared/ipc/repositories.ts';
import { acmeApp, day, detailOf, hex, keyList, rows, today } from '../../fakes/trust-data.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('times', () => {
  test.each<[span: number, text: string]>([
    [0, 'just now'],
    [59_000, 'just now'],
    [-5000, 'just now'],
    [minute, '1 minute ago'],
    [59 * minute, '59 minutes ago'],
    [hour, '1 hour ago'],
    [23.9 * hour, '23 hours ago'],
    [day, '1 day ago'],
    [41.9 * day, '41 days ago'],
    [800 * day, '2 years ago'],
  ])('%d ms ago', (span, text) => {
    expect(ageText(today - span, today)).toBe(text);
  });

  test('are shorter in a table', () => {
    expect([2 * minute, 3 * hour, 2 * day].map((span) => shortAgeText(today - span, today))).toEqual([
      '2 min ago',
      '3 h ago',
      '2 days ago',
    ]);
  });

  test('lie ahead or behind', () => {
    expect(untilText(today + 41.2 * day, today)).toBe('in 41 days');
    expect(untilText(today - 3 * day, today)).toBe('3 days ago');
  });

  test.each<[days: number, tone: string]>([
    [-1, 'bad'],
    [0, 'bad'],
    [44, 'warn'],
    [46, 'muted'],
  ])('an expiry in %d days is %s', (days, tone) => {
    expect(expiryTone(today + days * day, today)).toBe(tone);
  });
});

test.each<[bytes: number, text: string]>([
  [0, '0 B'],
  [999, '999 B'],
  [1362, '1.4 kB'],
  [48_000, '48 kB'],
  [8_123_456, '8.1 MB'],
])('%d bytes', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test('counts agree with their word', () => {
  expect([countOf(1, 'tag'), countOf(75_000, 'tag'), countOf(0, 'repository', 'repositories')]).toEqual([
    '1 tag',
    '75,000 tags',
    '0 repositories',
  ]);
});

describe('abilities', () => {
  test.each<[abilities: RepositoryRow['abilities'], text: string, detail: string]>([
    [{ signAs: [], administer: false, rootKey: false }, 'Watch only', 'None of its keys is on this computer'],
    [{ signAs: ['jeff'], administer: false, rootKey: false }, 'Sign', 'Sign as jeff'],
    [{ signAs: [], administer: true, rootKey: false }, 'Administer', 'Administer with the repository key'],
    [
      { signAs: ['jeff', 'ops'], administer: true, rootKey: true },
      'Sign, administer',
      'Sign as jeff and ops. Administer with the repository key and the root key',
    ],
  ])('%o', (abilities, text, detail) => {
    expect([abilityText(abilities), abilityDetail(abilities)]).toEqual([text, detail]);
  });

  test('a key on a token is named by its serial', () => {
    expect(placeText({ kind: 'yubikey', serial: '12 345 678' })).toBe('YubiKey 12 345 678');
  });
});

describe('errors', () => {
  test('a known code has the words of the shared table', () => {
    const { title, fix } = errorText({ code: 'network/dns', details: { host: 'nowhere.example' } });
    expect(title).toContain('nowhere.example');
    expect(fix).not.toBe('');
  });

  test.each(['toString', '__proto__', 'trust/invented'])(
    'the unknown code %s is named, not hidden',
    (code) => {
      expect(errorText({ code, details: {} }).title).toContain(code);
    },
  );

  test('what is no outcome becomes an internal error without its message', () => {
    expect(toWireError(new Error('password=x'))).toEqual({ code: 'app/internal', details: { id: 'window' } });
    expect(toWireError(new AppError('prompt/cancelled', {}))).toEqual({
      code: 'prompt/cancelled',
      details: {},
    });
  });
});

describe('findings', () => {
  const row = rows().find(({ gun }) => gun === acmeApp)!;
  const titles = (change: Partial<RepositoryRow>) =>
    findingsOf(detailOf({ ...row, ...change }), today).map(({ tone, title, fix }) => [tone, title, fix]);
  const refused = { code: 'network/refused', details: { host: 'h', port: 443 } };
  const expired = { code: 'trust/expired', details: { role: 'targets', expiredAt: '2026-11-17T00:00:00Z' } };

  test('nothing to say about a healthy repository', () => {
    expect(titles({ warnings: [] })).toEqual([]);
  });

  test('an expiry ahead names the signer and what is lost', () => {
    const [finding] = findingsOf(detailOf(row), today);
    expect(finding).toMatchObject({ tone: 'warn', title: 'Signatures of ops expire in 41 days.' });
    expect(finding?.text).toMatch(/^3 tags would lose this signature on 20\d\d-/);
  });

  test('of what is due, all that can be signed from here is renewed at once', () => {
    const due = ['root', 'targets/jeff', 'targets/ops', 'targets/old'];
    const abilities = { signAs: ['jeff', 'mia', 'old'], administer: true, rootKey: true };
    const of = (change: Partial<RepositoryRow>) => rolesToRenew({ ...detailOf({ ...row, ...change }), due });
    expect(of({ abilities })).toEqual(['root', 'targets/jeff', 'targets/old']);
    expect(of({ abilities: { ...abilities, signAs: [], rootKey: false } })).toEqual([]);
  });

  test('cached data says so, with age and reason, and offers the doctor', () => {
    const freshness = { kind: 'cached', at: today - 3 * hour, reason: refused } as const;
    const [finding] = findingsOf(detailOf({ ...row, freshness, warnings: [] }), today);
    expect(finding).toMatchObject({ tone: 'warn', fix: 'diagnose' });
    expect(finding?.text).toBe('Shown as verified 3 hours ago. Nothing answers at h, port 443.');
  });

  test('a failure of trust is not blamed on the connection', () => {
    const freshness = { kind: 'failed', at: today, error: expired } as const;
    const nextExpiry = { role: 'targets', at: today - day };
    const said = titles({ freshness, nextExpiry, warnings: [] });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject(['bad', expect.stringContaining('expired'), 'refresh']);
  });

  test('an expiry that passed is said as passed, not as soon', () => {
    const at = today - day;
    expect(
      titles({
        nextExpiry: { role: 'targets/ops', at },
        warnings: [{ kind: 'expires-soon', role: 'targets/ops', at }],
      }),
    ).toMatchObject([['bad', expect.stringMatching(/^Signatures of ops expired on/), 'lost-keys']]);
  });

  test.each<[role: string, abilities: Partial<RepositoryRow['abilities']>, fix: unknown]>([
    ['targets/ops', { signAs: ['ops'] }, { renew: 'targets/ops' }],
    ['targets/ops', { signAs: ['jeff'], administer: true }, 'lost-keys'],
    ['targets/releases', { signAs: ['jeff'] }, { renew: 'targets/releases' }],
    ['targets', { administer: true }, { renew: 'targets' }],
    ['targets', { signAs: ['jeff'] }, 'lost-keys'],
    ['root', { rootKey: true }, { renew: 'root' }],
    ['root', { administer: true }, 'lost-keys'],
  ])('an expiry of %s is renewed from here only with its own key: %j', (role, given, fix) => {
    const abilities = { signAs: [], administer: false, rootKey: false, ...given };
    const at = today + 30 * day;
    const change = { abilities, warnings: [{ kind: 'expires-soon' as const, role, at }] };
    expect(titles(change)[0]?.[2]).toEqual(fix);
  });

  test('a repository without trust data is new, not broken', () => {
    const error = { code: 'trust/no-data', details: { gun: 'a/b', server: 'https://n' } };
    const freshness = { kind: 'failed', at: today, error } as const;
    expect(titles({ freshness, warnings: [], signedTags: undefined })).toMatchObject([
      ['info', expect.stringContaining('Nothing is signed'), 'create'],
    ]);
    // Not beside tags that were read before.
    expect(titles({ freshness, warnings: [], signedTags: 2 })).toMatchObject([
      ['warn', expect.stringContaining('no trust data of it any more'), 'create'],
    ]);
    const cached = { kind: 'cached', at: today - 3 * hour, reason: error } as const;
    const gone = detailOf({ ...row, freshness: cached, warnings: [] });
    expect(findingsOf(gone, today)[0]).toMatchObject({ tone: 'warn', fix: 'create' });
    expect(findingsOf(gone, today)[0]?.text).toMatch(
      /verified 3 hours ago\. If nobody meant to delete it, restore it .* hide it from the list\.$/,
    );
    expect(canPlan(gone)).toBe(false);
  });

  test('what was deleted on the server is not said to expire, and is not offered to be signed again', () => {
    const reason = { code: 'trust/no-data', details: { gun: acmeApp, server: 'https://h' } };
    const freshness = { kind: 'cached', at: today - 3 * hour, reason } as const;
    const abilities = { signAs: ['ops'], administer: true, rootKey: true };
    const gone = { ...detailOf({ ...row, freshness, abilities }), due: ['targets', 'targets/ops'] };
    expect(findingsOf(gone, today)).toHaveLength(1);
    expect(rolesToRenew(gone)).toEqual([]);
  });

  test('the most urgent comes first', () => {
    const freshness = { kind: 'failed', at: today, error: refused } as const;
    const [first, second] = titles({ freshness });
    expect([first?.[0], second?.[0]]).toEqual(['bad', 'warn']);
  });
});

describe('input', () => {
  test.each<[text: string, references: readonly string[]]>([
    ['', []],
    [' \n\n ', []],
    ['a/b', ['a/b']],
    ['a/b\n  c/d:1 \r\ne/f', ['a/b', 'c/d:1', 'e/f']],
    ['a/b\na/b', ['a/b']],
    // A blank is a mistake to be named, not a second repository.
    ['my app:1.0', ['my app:1.0']],
    ['# all of ours\na/b # the app\n', ['a/b']],
    ['a/b@sha256:00#x', ['a/b@sha256:00#x']],
  ])('references in %j', (text, references) => {
    expect(parseReferences(text)).toEqual(references);
  });

  test.each<[reference: string, registry: string]>([
    ['alpine', 'docker.io'],
    ['library/alpine', 'docker.io'],
    ['registry.example.com/a/b', 'registry.example.com'],
    ['localhost/a', 'localhost'],
    ['localhost:5000/a', 'localhost:5000'],
    ['host:5000', 'docker.io'],
  ])('the registry of %s', (reference, registry) => {
    expect(registryOf(reference)).toBe(registry);
  });

  test('keys are found by ID, role, repository and use', () => {
    const { keys } = keyList();
    const roles = (query: string) => filterKeys(keys, query).map(({ role }) => role);
    expect(roles('worker')).toEqual(['root', 'jeff']);
    expect(roles(hex('ops 1').slice(0, 12).toUpperCase())).toEqual(['ops']);
    expect(roles('legacy snapshot')).toEqual(['snapshot']);
    expect(roles('nothing')).toEqual([]);
  });
});

describe('doctor', () => {
  const ok = (id: 'reference' | 'server') => ({ id, status: 'ok', found: 'x' }) as const;

  test('while it runs the next check is under way and the others wait', () => {
    const lines = stepLines(acmeApp, [ok('reference'), ok('server')], true);
    expect(lines.map(({ state }) => state).slice(0, 4)).toEqual(['ok', 'ok', 'running', 'waiting']);
  });

  test('a server address has no image to look at', () => {
    const ids = stepLines('https://notary.example.com', [], true).map(({ id }) => id);
    expect(ids).not.toContain('reference');
    expect(ids[0]).toBe('server');
  });

  test('at the end only what was done is shown', () => {
    expect(stepLines(acmeApp, [ok('reference')], false)).toHaveLength(1);
  });
});

describe('raw metadata', () => {
  test('is indented for reading', () => {
    expect(indentJson('{"a":[1]}')).toEqual(['{', '  "a": [', '    1', '  ]', '}']);
  });

  test.each(['not json', '', '{"a":'])('that is not JSON is shown as it is: %j', (text) => {
    expect(indentJson(text).join('')).toBe(text);
  });

  test('as received loses no character', () => {
    const text = `{"x":"${'a'.repeat(500)}"}`;
    expect(receivedLines(text).join('')).toBe(text);
    expect(receivedLines('a\n\nb')).toEqual(['a', '', 'b']);
  });
});

test('a signer keeps its colour', () => {
  expect(signerHue('jeff')).toBe(signerHue('jeff'));
  const hues = new Set(Array.from({ length: 200 }, (_, at) => signerHue(`signer-${at}`)));
  expect([...hues].every((hue) => Number.isInteger(hue) && hue >= 0 && hue < 8)).toBe(true);
  expect(hues.size).toBe(8);
});

test('actions are found by every word, those that begin with it first', () => {
  const action = (id: string, title: string, group: 'Do' | 'Go to') =>
    ({ id, title, group, icon: (() => null) as never, run: () => undefined }) as const;
  const actions = [
    action('a', 'Refresh all repositories', 'Do'),
    action('b', 'Repositories', 'Go to'),
    action('c', 'Settings', 'Go to'),
  ];
  const ids = (query: string) => findActions(actions, query, 10).map(({ id }) => id);
  expect(ids('repos')).toEqual(['b', 'a']);
  expect(ids('all refresh')).toEqual(['a']);
  expect(ids('go to')).toEqual(['b', 'c']);
  expect(ids('zzz')).toEqual([]);
  expect(findActions(actions, '', 2)).toHaveLength(2);
  // A group's heading stands once, however its actions rank.
  const groups = findActions([...actions, action('d', 'Open the log', 'Do')], 're', 10).map(
    ({ group }) => group,
  );
  expect(groups.filter((group, at) => groups[at - 1] !== group)).toEqual([...new Set(groups)]);
});

describe('what a computer without keys can plan', () => {
  const row = rows().find(({ gun }) => gun === acmeApp)!;
  const none = { signAs: [], administer: false, rootKey: false };
  const withKeys = { ...row.abilities, signAs: ['ops'] };

  test('everybody that the plan could be carried to is offered, or those whose key is here', () => {
    const detail = detailOf({ ...row, abilities: none });
    expect(signersToChoose(detail)).toEqual(
      detail.signers.filter(({ keys }) => keys.length > 0).map(({ name }) => name),
    );
    expect(signersToChoose(detailOf({ ...row, abilities: withKeys }))).toEqual(['ops']);
  });

  test('signers of signers are not', () => {
    const detail = detailOf({ ...row, abilities: none });
    const [signer] = detail.signers;
    const nested = { ...signer!, name: 'team/jeff', role: 'targets/team/jeff' };
    expect(signersToChoose({ ...detail, signers: [nested] })).toEqual([]);
  });

  test('what was read can be planned, what was not cannot, and the keys here tell who can sign', () => {
    const detail = detailOf({ ...row, abilities: none });
    expect([canPlan(detail), canSign(detail)]).toEqual([true, false]);
    expect(canPlan(detailOf({ ...row, signedTags: undefined }))).toBe(false);
  });
});
