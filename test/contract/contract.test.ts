/** The contract as an attacker in the window sees it: what is let in, and what can come out. */
import { describe, expect, it, vi } from 'vitest';
import type * as z from 'zod/mini';
import { createDispatch } from '../../electron/ipc/dispatch.ts';
import type { Handlers } from '../../electron/ipc/handlers-of.ts';
import { silentLog } from '../../electron/log/log.ts';
import { callNames } from '../../shared/ipc/channels.ts';
import { contract, type Call, type Event } from '../../shared/ipc/contract.ts';
import { examplesOf, partsOf, type Part } from './schema-walk.ts';

const entries = Object.entries(contract).flatMap(([noun, verbs]) =>
  Object.entries(verbs as Record<string, Call | Event>).map(([verb, entry]) => ({
    name: `${noun}.${verb}`,
    entry,
  })),
);
const calls = entries.flatMap(({ name, entry }) => (entry.kind === 'call' ? [{ name, ...entry }] : []));
const outward = entries.map(({ name, entry }) => ({
  name,
  schema: entry.kind === 'call' ? entry.output : entry.payload,
}));

/** A dispatcher whose handlers record their input and answer with `output`. */
function recordingDispatch(output?: (name: string) => unknown) {
  const handled = vi.fn();
  const handlers = Object.fromEntries(
    Object.entries(contract).map(([noun, verbs]) => [
      noun,
      Object.fromEntries(
        Object.entries(verbs as Record<string, Call | Event>)
          .filter(([, { kind }]) => kind === 'call')
          .map(([verb]) => [
            verb,
            (input: unknown) => {
              handled(`${noun}.${verb}`, input);
              return output?.(`${noun}.${verb}`);
            },
          ]),
      ),
    ]),
  ) as unknown as Handlers;
  return { handled, dispatch: createDispatch(handlers, { log: silentLog, newId: () => 'bug-1' }) };
}

const junk: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a number', 7],
  ['NaN', Number.NaN],
  ['a text', 'text'],
  ['true', true],
  ['an array', []],
  ['a nested array', [[[]]]],
  ['bytes', new Uint8Array(8)],
  ['a date', new Date(0)],
  ['a map', new Map([['gun', 'x']])],
  ['a function', () => 'x'],
  ['an object with strange members', JSON.parse('{"__proto__":{"admin":true},"constructor":1}')],
];

async function expectRefused(name: string, input: unknown) {
  const { dispatch, handled } = recordingDispatch();
  const reply = await dispatch(name, input);
  expect(reply).toMatchObject({
    ok: false,
    error: { code: 'ipc/invalid-input', details: { channel: name } },
  });
  expect(handled).not.toHaveBeenCalled();
}

/** Every copy of `value` with one place changed by `change`, which answers undefined where it has nothing to change. */
function* changedOnce(value: unknown, change: (part: unknown) => unknown): Generator {
  const here = change(value);
  if (here !== undefined) yield here;
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      for (const changed of changedOnce(entry, change)) yield value.with(index, changed);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, entry] of Object.entries(value)) {
      for (const changed of changedOnce(entry, change)) yield { ...value, [name]: changed };
    }
  }
}

describe.each(calls)('$name', ({ name, input }) => {
  const examples = examplesOf(input);

  it('takes what the contract says', async () => {
    for (const example of examples) {
      const { dispatch, handled } = recordingDispatch();
      await dispatch(name, example);
      expect(handled).toHaveBeenCalledExactlyOnceWith(name, example);
    }
  });

  it.each(junk)('refuses %s', async (_what, value) => expectRefused(name, value));

  it('refuses members that it does not have, at every depth', async () => {
    const withMore = (part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part) ? { ...part, extra: 1 } : undefined;
    const changed = examples.flatMap((example) => [...changedOnce(example, withMore)]);
    if (examples[0] === undefined) changed.push({ extra: 1 });
    expect(changed).not.toHaveLength(0);
    for (const value of changed) await expectRefused(name, value);
  });

  it('refuses another kind of value in every place', async () => {
    const swap = (part: unknown) => (typeof part === 'object' ? 7 : { not: 'this' });
    const changed = examples.flatMap((example) => [...changedOnce(example, swap)]);
    for (const value of changed) await expectRefused(name, value);
    expect(changed).not.toHaveLength(0);
  });

  it('refuses texts and lists without end', async () => {
    const stretch = (part: unknown) =>
      typeof part === 'string'
        ? 'x'.repeat(70_000)
        : Array.isArray(part)
          ? Array<unknown>(1001).fill(part[0])
          : undefined;
    const changed = examples.flatMap((example) => [...changedOnce(example, stretch)]);
    if (changed.length === 0) changed.push('x'.repeat(70_000));
    for (const value of changed) await expectRefused(name, value);
    expect(changed).not.toHaveLength(0);
  });

  it('refuses what is missing a member', async () => {
    const required = [...partsOf(input)].filter(
      ({ def }) => def.type === 'object' && Object.keys(def['shape'] as object).length > 0,
    );
    const { dispatch, handled } = recordingDispatch();
    const optionalOnly = (part: Part) =>
      Object.values(part.def['shape'] as Record<string, z.core.$ZodType>).every(
        ({ _zod }) => _zod.def.type === 'optional',
      );
    const isOptional = required[0] !== undefined && optionalOnly(required[0]);
    await dispatch(name, {});
    expect(handled).toHaveBeenCalledTimes(isOptional ? 1 : 0);
  });
});

describe('what comes in', () => {
  const inward = calls.flatMap(({ name, input }) =>
    [...partsOf(input)].map((part) => ({ call: name, ...part })),
  );

  it('is bounded in every text and list', () => {
    const unbounded = inward.filter(
      ({ def, checks }) =>
        (def.type === 'string' || def.type === 'array') &&
        !checks.some((check) => check['check'] === 'max_length' || check['pattern'] !== undefined),
    );
    expect(unbounded.map(({ call, path }) => `${call} ${path}`)).toEqual([]);
  });

  it('has no unknown, no open object and no loose record', () => {
    const open = inward.filter(
      ({ def }) => ['unknown', 'any', 'record'].includes(def.type) || isOpenObject(def),
    );
    expect(open.map(({ call, path }) => `${call} ${path}`)).toEqual([]);
  });

  it('names no path, library or command, and one address that the other side checks', () => {
    const suspicious = inward.filter(({ name }) =>
      /path|dir|folder|file|librar|module|command|shell|exec|url|href/i.test(name),
    );
    expect(suspicious.map(({ call, path }) => `${call} ${path}`)).toEqual(['settings.addServer url']);
  });

  it('has a secret only in the answer to a prompt', () => {
    const secrets = inward.filter(({ call, name }) => secretName.test(name) && call !== 'prompts.answer');
    expect(secrets.map(({ call, path }) => `${call} ${path}`)).toEqual([]);
  });
});

const secretName =
  /pass(?:phrase|word)|(?:^|_)pin(?:$|_)|^pin[A-Z]|Pin$|puk|token|secret|private|credential|mnemonic|seed/i;
const isOpenObject = (def: Part['def']): boolean =>
  def.type === 'object' && (def['catchall'] as z.core.$ZodType | undefined)?._zod.def.type !== 'never';

describe('what goes out', () => {
  const parts = outward.flatMap(({ name, schema }) =>
    [...partsOf(schema)].map((part) => ({ from: name, ...part })),
  );

  it('has no member that is called like a secret', () => {
    expect(
      parts.filter(({ name }) => secretName.test(name)).map(({ from, path }) => `${from} ${path}`),
    ).toEqual([]);
  });

  it('has no open object, and nothing unknown but the details of outcomes', () => {
    const open = parts.filter(
      ({ def, name }) =>
        isOpenObject(def) || (['unknown', 'any', 'record'].includes(def.type) && name !== 'details'),
    );
    expect(open.map(({ from, path }) => `${from} ${path}`)).toEqual([]);
  });

  it('lets every valid example pass', async () => {
    for (const { name, output } of calls) {
      const inputs = examplesOf(calls.find((call) => call.name === name)!.input);
      for (const example of examplesOf(output)) {
        const reply = await recordingDispatch(() => example).dispatch(name, inputs[0]);
        expect(reply).toEqual({ ok: true, value: example });
      }
    }
  });

  it('never carries a member that the contract does not have, at any depth', async () => {
    const leak = (part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part) && !('key' in part)
        ? { ...part, passphrase: 'hunter2' }
        : undefined;
    let tried = 0;
    for (const { name, input, output } of calls) {
      const leaking = examplesOf(output).flatMap((example) => [...changedOnce(example, leak)]);
      for (const value of leaking) {
        tried += 1;
        const reply = await recordingDispatch(() => value).dispatch(name, examplesOf(input)[0]);
        expect(reply).toEqual({ ok: false, error: { code: 'app/internal', details: { id: 'bug-1' } } });
      }
    }
    expect(tried).toBeGreaterThan(50);
  });

  it('covers every call', () => {
    expect(calls.map(({ name }) => name)).toEqual(callNames);
  });
});
