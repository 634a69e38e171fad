/** What servers and metadata say is printed, and never drives the terminal: neither ESC nor its one-character forms. */
import { expect, test } from 'vitest';
import type { CanonicalKeyId, RoleName, TufKeyId } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { parseArguments } from '../../../electron/cli/command.ts';
import { commands } from '../../../electron/cli/commands.ts';
import { reportFailure } from '../../../electron/cli/failure.ts';
import { toOutput } from '../../../electron/cli/terminal.ts';
import { inspectionsAsJson } from '../../../electron/cli/print-inspection.ts';
import { targetTable } from '../../../electron/cli/print-notary.ts';
import { planAsText } from '../../../electron/cli/print-plan.ts';
import { hexDigestsOf } from '../../../electron/trust/hex-digests.ts';
import type { Inspection } from '../../../electron/trust/inspection.ts';
import { deletionPlan } from '../../../electron/trust/plan/delete-repository.ts';
import type { PlanLine } from '../../../electron/trust/plan/plan.ts';
import type { TargetEntry } from '../../../electron/tuf/model.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { gun, now } from '../trust/publishing-lab.ts';

// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const evil = 'a\u001b[2Jb\u009b2Jc\u202ed\u2066e\u200f';

test.each(['list', 'inspect', 'sign', 'key list'])('a failure of %s', (name) => {
  const command = commands.find((one) => one.name === name);
  if (command === undefined) throw new Error('no such command');
  const failures = [
    new AppError('trust/malformed', { role: 'targets', reason: `member ${evil}` }),
    new AppError('trust/invalid-change', { role: 'targets/ci', reason: `its paths do not cover "${evil}"` }),
    new AppError('network/redirect-refused', { host: 'registry.example', to: evil }),
  ];
  let printed = '';
  const output = { isTerminal: true, write: (text: string | Uint8Array) => void (printed += String(text)) };
  const terminal = {
    env: {},
    workingDirectory: '/',
    homeDirectory: '/',
    now: () => now,
    stdout: output,
    stderr: output,
  };
  for (const failure of failures) reportFailure(command, parseArguments([], []), failure, terminal);
  expect(printed).toContain('\\x1b[2Jb\\x9b2Jc');
  expect(printed).not.toMatch(control);
});

test('a plan', () => {
  const role = 'targets/ci' as RoleName;
  const lines: readonly PlanLine[] = [
    { kind: 'tag-added', tag: evil, digest: 'd' },
    { kind: 'delegation-added', role, keyIds: [], paths: [evil] },
    { kind: 'paths-changed', role, from: [''], to: [evil] },
  ];
  const empty = deletionPlan(
    { gun, server: 'https://s.example', source: undefined, problem: undefined, now },
    nodeCrypto,
  );
  const text = planAsText({ ...empty, lines });
  expect(text).not.toMatch(control);
  expect(text).toContain('+ targets/ci with no key, for paths ["a');
});

test('JSON stays the same JSON, and bytes the same bytes', () => {
  const written: (string | Uint8Array)[] = [];
  const stream = { write: (data: string | Uint8Array) => written.push(data), isTTY: true };
  const output = toOutput(() => stream as unknown as NodeJS.WriteStream);
  const value = { tag: evil, other: '\u05d0\u0628\u65e5 \u200d\u2028' };
  output.write(`${JSON.stringify(value, undefined, 4)}\n`);
  expect(written[0]).not.toMatch(control);
  expect(JSON.parse(String(written[0]))).toEqual(value);
  output.write('Kept: \u05d0\u0628\u65e5\u00e4\t|\r\n');
  output.write('signed\rnot signed\n');
  expect(written.pop()).toBe('signed\\u000dnot signed\n');
  const bytes = Buffer.from(evil);
  output.write(bytes);
  expect(written.slice(1)).toEqual(['Kept: \u05d0\u0628\u65e5\u00e4\t|\r\n', bytes]);
});

test('tags by the thousand are written without a second look, because none is needed', () => {
  const target = { name: evil, sha256: undefined, length: 1 } as unknown as TargetEntry;
  const inspection: Inspection = {
    name: evil,
    tags: {
      tags: [evil],
      digests: hexDigestsOf([target]),
      sizes: [1],
      signers: [0],
      signerSets: [[evil]],
    },
    signers: [{ name: evil, keyIds: [evil as CanonicalKeyId] }],
    rootKeys: [evil as TufKeyId],
    repositoryKeys: [],
  };
  const json = [...inspectionsAsJson([inspection])].join('');
  expect(json).not.toMatch(control);
  expect(JSON.parse(json)).toMatchObject([
    { Name: evil, SignedTags: [{ SignedTag: evil, Signers: [evil] }] },
  ]);
  const table = [...targetTable({ targets: [target], roles: ['targets' as RoleName] })].join('');
  expect(table).not.toMatch(control);
  expect(table).toContain('a\\x1b[2Jb');
});
