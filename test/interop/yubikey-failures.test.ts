/**
 * Every act with a token, interrupted at every PKCS#11 call and at every step of the card. Whatever happens, the person
 * gets a coded outcome, no try of the PIN is lost, and the same act goes through afterwards.
 */
import { type ExpectStatic, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { openScope } from '../lab/scope.ts';
import { openDesk } from '../lab/yubikey-desk.ts';
import { startYubikeyStack, yubikeyPeers } from '../lab/yubikey-stack.ts';
import type { LogEntry } from '../simulator/yubikey/device.ts';
import type { Failure } from '../simulator/yubikey/failures.ts';
import { factory } from '../simulator/yubikey/piv-state.ts';
import { acts, outcomeOf, SERIAL, type Act, type Bench } from './yubikey-acts.ts';

/** An act may take several seconds where the token has to come back; there are some hundred interruptions of each. */
const LIMIT_MS = 600_000;

/** What only reads is interrupted once between two calls that change something: the next would fail alike. */
const reading: ReadonlySet<string> = new Set([
  'facts',
  'slotsWithToken',
  'tokenFacts',
  'find',
  'attribute',
  'isUserLoggedIn',
]);

function pointsOf(calls: readonly string[]): readonly number[] {
  let seen = new Set<string>();
  return calls.flatMap((name, index) => {
    if (!reading.has(name)) seen = new Set();
    if (seen.has(name)) return [];
    seen.add(name);
    return [index];
  });
}

/** Commands that ask about slots come by the dozen: the first and the last of them stand for all. */
const asking: ReadonlySet<number> = new Set([0xf9, 0xf7, 0xcb, 0xc0]);

/** The same command means the same step, so a step is named by its instruction and which one of these it is. */
function stepsOf(log: readonly LogEntry[]): readonly Failure[] {
  return [...new Set(log.map(({ ins }) => ins))].flatMap((ins) => {
    const count = log.filter((entry) => entry.ins === ins).length;
    if (asking.has(ins))
      return [0, count - 1].map((after) => ({ kind: 'unplug-before' as const, ins, after }));
    return Array.from({ length: count }, (_, after) => after).flatMap((after) =>
      (['unplug-before', 'unplug-after'] as const).map((kind) => ({ kind, ins, after })),
    );
  });
}

/** Nobody waits for the logout at the end: it may take the token process with it unseen. */
const crashed = /^(?:done|yubikey\/process-ended)$/;

/** Nothing planned any more, the token plugged in, and nothing under way: what ends an act is not waited for by it. */
async function calm(bench: Bench): Promise<boolean> {
  await bench.desk.look();
  const isHit = bench.hasFailed();
  bench.plan();
  await bench.key.fail();
  await bench.key.insert();
  return isHit;
}

/** Everything as at the beginning of the act, and nothing planned. */
async function begin({ undo }: Act, bench: Bench): Promise<void> {
  await calm(bench);
  await undo(bench);
  await bench.restart();
  bench.person.forget();
  bench.person.onMissing = () => void bench.key.insert();
  await bench.key.clearLog();
}

/** One run without failures: which calls and commands the act consists of. */
async function watch(
  act: Act,
  bench: Bench,
): Promise<{ readonly calls: readonly string[]; readonly log: readonly LogEntry[] }> {
  await bench.key.insert();
  await bench.key.restore();
  await bench.restart();
  bench.person.pins.PIN = [factory.pin];
  await act.prepare(bench);
  await begin(act, bench);
  await act.run(bench);
  return { calls: bench.calls(), log: await bench.key.log() };
}

/** Interrupts it, and then does it again; answers what the person was told at the interruption. */
async function interrupted(
  act: Act,
  bench: Bench,
  what: string,
  plan: () => Promise<void> | void,
  expect: ExpectStatic,
): Promise<{ readonly outcome: string; readonly isHit: boolean }> {
  await begin(act, bench);
  await plan();
  const outcome = await outcomeOf(() => act.run(bench));
  const isHit = await calm(bench);
  const wasLeftUnlocked = (await bench.key.state()).isPinVerified;
  const wrongPins = (await bench.key.log()).filter(
    ({ ins, sw }) => ins === 0x20 && sw?.startsWith('63') === true,
  );
  const after = await outcomeOf(() => (act.again ?? act.run)(bench));
  // Whoever is done has locked it: asked after that, it answers after that.
  await bench.desk.look();
  const { pinTries, pukTries, isPinVerified } = await bench.key.state();
  const triesAsked = wrongPins.filter(({ length }) => length > 0).length;
  expect(
    { after, triesAsked, pinTries, pukTries, wasLeftUnlocked, isPinVerified },
    `${act.name}, after ${what} and ${outcome}`,
  ).toEqual({
    after: 'done',
    triesAsked: 0,
    pinTries: 3,
    pukTries: 3,
    wasLeftUnlocked: false,
    isPinVerified: false,
  });
  return { outcome, isHit };
}

/** Outcomes that say what happened and what to do. */
const interruption =
  /^(?:done|yubikey\/(?:refused|removed|not-plugged-in|no-service|no-token|process-ended|login-needed|library-failed|slot-empty|phantom))$/;

/** What may go wrong with a call, and what it is called. */
const ways = [
  ['every call: the library refuses', 'before', 'CKR_FUNCTION_FAILED'],
  ['every call that changes something: the token seems lost', 'before', 'CKR_DEVICE_ERROR'],
  ['every call that changes something: done, and said to have failed', 'after', 'CKR_GENERAL_ERROR'],
  ['every call that changes something: the library crashes', 'crash', ''],
] as const;

async function failEveryCall(
  act: Act,
  bench: Bench,
  [way, kind, rv]: (typeof ways)[number],
  expect: ExpectStatic,
): Promise<void> {
  bench.hurry(true);
  const { calls } = await watch(act, bench);
  // A session that was opened without telling its handle is one that nobody can close: no library does that.
  const isOut = (at: number) => kind === 'after' && calls[at] === 'openSession';
  const isMeant = (at: number) =>
    !isOut(at) && (rv === 'CKR_FUNCTION_FAILED' || !reading.has(calls[at] ?? ''));
  const points = pointsOf(calls).filter(isMeant);
  let hits = 0;
  for (const at of points) {
    const what = `${way}, at call ${at} (${calls[at] ?? ''})`;
    const plan = () => bench.plan({ at, kind, rv });
    const { outcome, isHit } = await interrupted(act, bench, what, plan, expect);
    expect(outcome, what).toMatch(kind === 'crash' ? crashed : interruption);
    if (isHit) hits += 1;
  }
  // Nearly all: which calls an act takes depends a little on what was there before.
  expect(hits, way).toBeGreaterThan(points.length * 0.8);
}

async function pullAtEveryStep(act: Act, bench: Bench, expect: ExpectStatic): Promise<void> {
  bench.hurry(false);
  const { log } = await watch(act, bench);
  for (const step of stepsOf(log)) {
    const what = `${step.kind} ${step.ins?.toString(16) ?? ''} number ${step.after ?? 0}`;
    const { outcome } = await interrupted(act, bench, what, () => bench.key.fail(step), expect);
    expect(outcome, what).toMatch(interruption);
  }
}

describeWithPeers('a token that fails', yubikeyPeers, () => {
  // Nearly all of it is waiting, for readers that look every 400 ms: every act has a machine of its own, all at once.
  it.concurrent.for(acts)(
    'while $name: at every call of the library, and pulled out at every step of the card',
    { timeout: LIMIT_MS },
    async (act, { expect }) => {
      const scope = await openScope();
      try {
        const stack = await startYubikeyStack(scope, { devices: [{ serial: SERIAL }] });
        const bench: Bench = { ...(await openDesk(scope, stack)), key: stack.keys[0]! };
        for (const way of ways) await failEveryCall(act, bench, way, expect);
        await pullAtEveryStep(act, bench, expect);
      } finally {
        await scope.close();
      }
    },
  );
});
