/** What the window says of keys, their backups, and what is lost without them. */
import { describe, expect, test } from 'vitest';
import type { Holdings, KeyRow, KeyWhereabouts, RoleHolding } from '../../../shared/ipc/keys.ts';
import {
  adviceFor,
  consumerNotice,
  deadlinesOf,
  deleteCommand,
  meanwhileText,
  rotateCommand,
} from '../../../shared/lost-key-advice.ts';
import {
  backupWords,
  impactText,
  keyName,
  keyTitle,
  whereKeysAre,
} from '../../../renderer/features/keys/key-words.ts';
import { keyTag } from '../../../renderer/features/keys/keys-store.ts';
import { hex } from '../../fakes/trust-data.ts';

describe('keys', () => {
  test.each([
    ['root', 'Root key', 'the root key'],
    ['targets', 'Repository key', 'the repository key'],
    ['jeff', 'Signer key jeff', 'jeff’s key'],
    ['', 'Key without a name', `key ${hex('k').slice(0, 12)}`],
  ])('of %j', (role, title, name) => {
    expect([keyTitle({ role }), keyName({ role, id: hex('k') })]).toEqual([title, name]);
  });

  test('of one ID are told apart by where they are', () => {
    const id = hex('k');
    const tags = [
      keyTag({ id, sandbox: false }),
      keyTag({ id, sandbox: true }),
      keyTag({ id, sandbox: false, place: { kind: 'yubikey', serial: '1' } }),
    ];
    expect(new Set(tags).size).toBe(3);
    expect(keyTag({ id, sandbox: false, place: { kind: 'file' } })).toBe(tags[0]);
  });
});

describe('the head of the page', () => {
  const key = (more: Partial<KeyRow>): KeyRow => ({
    id: hex('k'),
    role: 'jeff',
    algorithm: 'ECDSA P-256',
    place: { kind: 'file' },
    sandbox: false,
    location: '/home/mia/.docker/trust/private',
    encrypted: true,
    usedBy: [],
    ...more,
  });
  const own = '/home/mia/.docker/trust';
  const theirs = '/home/mia/.trustdesk/sandbox/trust/private';

  test('counts each folder’s keys beside it, and what lies in none', () => {
    const ofSandbox = key({ sandbox: true, location: theirs });
    const token = key({ place: { kind: 'yubikey', serial: '1' }, location: 'YubiKey 1, slot 9c' });
    expect(whereKeysAre([key({}), ofSandbox, ofSandbox, token], own)).toEqual([
      { text: '1 private key', folder: `${own}/private` },
      { text: '1 key on YubiKeys' },
      { text: '2 keys of the sandbox', folder: theirs },
    ]);
    expect(whereKeysAre([], own)).toEqual([{ text: '0 private keys', folder: `${own}/private` }]);
  });
});

describe('a backup', () => {
  const lastProof = '2026-06-15T12:00:00Z';
  test.each([
    [undefined, 'Unknown', 'warn'],
    [{ copies: 0, provenCopies: 0, drillDue: false }, 'None', 'muted'],
    [{ copies: 2, provenCopies: 0, drillDue: true }, 'Unproven', 'warn'],
    [{ copies: 2, provenCopies: 1, drillDue: false, lastProof }, 'Proven', 'ok'],
    [{ copies: 2, provenCopies: 0, drillDue: true, lastProof }, 'Drill due', 'warn'],
    [{ copies: 2, provenCopies: 2, drillDue: false, besideKeys: true, lastProof }, 'Same disk', 'warn'],
  ] as const)('%j', (state, word, tone) => {
    expect(backupWords(state)).toMatchObject({ word, tone });
  });

  test('that is proven in part says so', () => {
    const state = { copies: 2, provenCopies: 1, drillDue: false, lastProof };
    expect(backupWords(state).sentence).toBe('Proven at 1 of 2 places on 2026-06-15.');
  });
});

describe('what is lost', () => {
  const none = { gun: 'g', othersHere: [], othersElsewhere: [], signsTags: false };
  const others = ['a', 'b', 'c', 'd'].map(hex);
  test.each([
    [{ ...none, role: 'root', effect: 'nobody-can-sign' }, /anybody: it is the only key/],
    [
      {
        ...none,
        role: 'targets',
        effect: 'nobody-can-sign',
        signsTags: true,
        wayOut: { with: 'root', where: 'offline' },
      },
      /^Signing tags, and deciding who may sign, is no longer .* until the root key, which is kept offline, is brought back/,
    ],
    [{ ...none, role: 'root', effect: 'nobody-can-sign', othersElsewhere: others }, /too few keys are left/],
    [
      { ...none, role: 'targets/jeff', effect: 'others-must-sign', othersElsewhere: others },
      /^Signing as jeff .* and 1 more\.$/,
    ],
    [
      { ...none, role: 'targets/releases', effect: 'still-signable-here', othersHere: others.slice(0, 1) },
      /^Signing releases is still possible here, with key /,
    ],
  ] as const)('%#', (impact, words) => {
    expect(
      impactText({
        ...impact,
        othersHere: [...impact.othersHere],
        othersElsewhere: [...impact.othersElsewhere],
      }),
    ).toMatch(words);
  });
});

describe('advice on lost keys', () => {
  type Place = KeyWhereabouts['place'];
  const role = (name: string, place: Place, more: Partial<KeyWhereabouts> = {}): RoleHolding => ({
    role: name,
    threshold: 1,
    expiresAt: Date.parse('2027-01-01T00:00:00Z'),
    keys: [{ id: hex(name), place, copies: [], ...more }],
  });
  const holdings = (...roles: RoleHolding[]): Holdings => ({
    gun: 'registry.example.test/acme/app',
    server: 'https://notary.example.test:4443',
    trustDirectory: '/home/anna/my docker/trust',
    sandbox: false,
    roles,
  });
  const servers = [role('snapshot', 'server'), role('timestamp', 'server')];
  const kinds = (...roles: RoleHolding[]) =>
    adviceFor(holdings(...roles, ...servers)).map(({ kind }) => kind);
  const jeff = (place: Place) => role('targets/jeff', place);

  test.each<[string, RoleHolding[], string[]]>([
    ['nothing', [role('root', 'here'), role('targets', 'here'), jeff('here')], []],
    ['the repository key, root here', [role('root', 'here'), role('targets', 'elsewhere')], ['rotate']],
    ['both', [role('root', 'elsewhere'), role('targets', 'elsewhere')], ['root-lost', 'ask-root']],
    ['the root key', [role('root', 'elsewhere'), role('targets', 'here')], ['root-lost']],
    [
      'a signer’s, of the owner',
      [role('root', 'here'), role('targets', 'here'), jeff('elsewhere')],
      ['replace-signer'],
    ],
    [
      'a signer’s, of somebody else',
      [role('root', 'here'), role('targets', 'elsewhere'), jeff('elsewhere')],
      ['rotate', 'ask-owner'],
    ],
    [
      'what all signers share',
      [role('root', 'here'), role('targets', 'here'), role('targets/releases', 'elsewhere')],
      [],
    ],
  ])('when %s is missing', (_, roles, expected) => {
    expect(kinds(...roles)).toEqual(expected);
  });

  test('a copy comes before everything else', () => {
    const copies = [{ label: 'BLUE', file: 'a.age', created: '2026-01-01T00:00:00Z', proven: true }];
    const [advice] = adviceFor(
      holdings(role('root', 'backup', { copies }), role('targets', 'here'), ...servers),
    );
    expect(advice).toEqual({
      kind: 'restore',
      role: 'root',
      copies: [{ keyId: hex('root'), label: 'BLUE', file: 'a.age', proven: true }],
    });
  });

  test('a key that is kept offline is brought back, not restored', () => {
    const copies = [{ label: 'BLUE', file: 'a.age', created: '2026-01-01T00:00:00Z', proven: true }];
    const away = role('root', 'backup', { copies, offlineSince: '2026-02-01T00:00:00Z' });
    const [advice] = adviceFor(holdings(away, role('targets', 'here'), ...servers));
    expect(advice).toMatchObject({ kind: 'restore', copies: [{ offline: true }] });
  });

  test('without signers nobody signs meanwhile', () => {
    expect(meanwhileText(holdings(role('targets', 'elsewhere'), jeff('here')))).toContain('Signers go on');
    expect(meanwhileText(holdings(role('targets', 'elsewhere')))).toContain('no tag can be signed');
  });

  test('a threshold needs as many keys', () => {
    const two = { ...role('root', 'here'), threshold: 2 };
    expect(kinds(two, role('targets', 'here'))).toEqual(['root-lost']);
  });

  test('the commands name the repository, quoted where a shell would split it', () => {
    const all = holdings(role('root', 'here'), role('targets', 'elsewhere'), ...servers);
    expect(adviceFor(all)).toEqual([{ kind: 'rotate', role: 'targets' }]);
    expect(rotateCommand(all, 'targets')).toBe('trustdesk key rotate registry.example.test/acme/app targets');
    expect(deleteCommand({ ...all, gun: 'a b' })).toBe('trustdesk delete "a b"');
  });

  test('the dates are those that a person has to keep, the earliest first', () => {
    const early = { ...role('targets', 'here'), expiresAt: Date.parse('2026-12-01T00:00:00Z') };
    expect(deadlinesOf(holdings(role('root', 'elsewhere'), early, ...servers))).toMatchObject([
      { role: 'targets', renewable: true },
      { role: 'root', renewable: false },
    ]);
  });

  test('the notice names the repository, the day and what to type', () => {
    const notice = consumerNotice(holdings(), Date.parse('2026-11-24T22:00:00Z'));
    expect(notice).toContain('From 2026-11-24 on');
    expect(notice).toContain('rm -r ~/.docker/trust/tuf/registry.example.test/acme/app');
    expect(notice).toContain('\\trust\\tuf\\registry.example.test\\acme\\app"');
    expect(notice).toContain('The root key of registry.example.test/acme/app is lost.');
    const deleted = consumerNotice(holdings(), Date.parse('2026-11-24T22:00:00Z'), 'deleted');
    expect(deleted).toContain('All signatures of registry.example.test/acme/app were deleted');
    expect(deleted).not.toContain('lost');
  });
});
