/** Byte for byte what notary printed for the very same metadata and keys. */
import { describe, expect, it } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { delegationTable, keyTable, targetLine, targetTable } from '../../../electron/cli/print-notary.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { delegationsOf, targetsByName } from '../../../electron/trust/role-views.ts';
import { findTarget } from '../../../electron/tuf/delegations.ts';
import { TARGETS } from '../../../electron/tuf/names.ts';
import { parseTargets } from '../../../electron/tuf/parse.ts';
import { vectorFiles, vectorText } from '../trust/vector-repository.ts';

const { targets } = vectorFiles();
const print = (pieces: Iterable<string>): string => [...pieces].join('');
const roles = (...names: string[]): RoleName[] => names as RoleName[];

describe('notary list', () => {
  it('prints all targets as notary did', () => {
    expect(print(targetTable(targetsByName(targets, [])))).toBe(vectorText('notary-list.txt'));
  });
  it('prints by the priority of the roles as notary did', () => {
    const rows = targetsByName(targets, roles('targets/releases', 'targets'));
    expect(print(targetTable(rows))).toBe(vectorText('notary-list-releases.txt'));
  });
  it("sorts by the bytes of the names, also where the file has them in JavaScript's order behind escapes", () => {
    const meta = '{"hashes":{"sha256":"' + Buffer.alloc(32, 1).toString('base64') + '"},"length":1}';
    const [high, low] = ['\\ud83d\\ude00', '\\uff01'];
    const signed =
      '{"_type":"Targets","delegations":{"keys":{},"roles":[]},"expires":"2029-11-19T18:00:00Z",' +
      `"targets":{"${high}":${meta},"${low}":${meta}},"version":1}`;
    const file = parseTargets(TARGETS, Buffer.from(`{"signatures":[],"signed":${signed}}`));
    const listed = targetsByName(new Map([[TARGETS, file]]), []);
    expect(listed.targets.map(({ name }) => name)).toEqual(['\uff01', '\u{1f600}']);
  });
  it.each([['targets/nobody'], ['releases'], ['snapshot'], ['']])(
    'says so when role "%s" has none',
    (role) => {
      expect(print(targetTable(targetsByName(targets, roles(role))))).toBe(
        '\nNo targets present in this repository.\n\n',
      );
    },
  );
});

describe('notary lookup', () => {
  it('prints a target as notary did', () => {
    expect(targetLine(findTarget(targets, '1.10')!)).toBe(vectorText('notary-lookup.txt'));
  });
  it('takes the admin variant where two roles differ, as notary does', () => {
    expect(targetLine(findTarget(targets, 'dual')!)).toContain('sha256:1cf08033');
  });
});

describe('notary delegation list', () => {
  it('prints roles, paths and canonical key IDs as notary did', () => {
    expect(print(delegationTable(delegationsOf(targets, nodeCrypto)))).toBe(
      vectorText('notary-delegation-list.txt'),
    );
  });
  it('says so when there are none', () => {
    expect(print(delegationTable([]))).toBe('\n\nNo delegations present in this repository.\n\n\n');
  });
  it('puts further paths and keys on lines of their own', () => {
    const view = { role: 'targets/a', paths: ['x/', 'y/'], keyIds: ['k1'], threshold: 2 };
    const bare = { role: 'targets/b', paths: [], keyIds: [], threshold: 1 };
    const table = print(delegationTable([view, bare] as never));
    expect(table.split('\n').slice(3, 6)).toEqual([
      'targets/a    x/       k1         2',
      '             y/                  ',
      'targets/b                        1',
    ]);
  });
});

describe('notary key list', () => {
  const location = '/home/custodian/.docker/trust/private';
  const key = (role: string, id: string, gun?: string) => ({ role, id, gun, location });
  const app = 'registry.example.test:5000/acme/app';
  const two = 'registry.example.test:5000/acme/two';

  it('prints keys as notary did', () => {
    const keys = [
      key('targets', '0eba51f961194d49c5632232eb9e6ce3d2ab54fa034feb2febdcf2d30bc64cca', two),
      key('ops', 'e47b66321e7841e040cb78630a479f2cca644553e899ba992ffde8289eff06cd'),
      key('root', '400fbc8b13813cf7074e203493ed49cda1f44e56715183f3440d06022f2bd9fa'),
      key('targets', '0ba33d85c8a1c0c66957b671e3ac4bcdb4c44d1a68e84d6f0fb1d9e774baa0be', app),
      key('ops', 'bce130cff74e9089ebbee94ae21339ab97b13d3c01a83ea69a260cbfb489849c'),
      key('root', '29598dbd1d44772bfcb88399d4082cfabf72241154743313a9307bcf0977f38b'),
      key('jeff', '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76'),
    ];
    expect(print(keyTable(keys))).toBe(vectorText('notary-key-list.txt'));
  });
  it('says so when there are none', () => {
    expect(print(keyTable([]))).toBe('\nNo signing keys found.\n\n');
  });
  it.each([
    ['25 characters stay', 'a'.repeat(25), 'a'.repeat(25)],
    ['26 do not', `b${'a'.repeat(25)}`, `...${'a'.repeat(22)}`],
  ])('repository: %s', (_, gun, shown) => {
    expect(print(keyTable([key('targets', 'id', gun)]))).toContain(`targets    ${shown}    id`);
  });
  it('shortens a long place from the left', () => {
    const long = `/very/long/${'x'.repeat(40)}/trust/private`;
    expect(print(keyTable([{ ...key('root', 'id'), location: long }]))).toContain(
      `    ...${long.slice(-37)}\n`,
    );
  });
});
