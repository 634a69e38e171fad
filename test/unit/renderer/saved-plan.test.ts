/** A saved plan in the window: what comes next, and what opening and signing leave on the screen. */
import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { PlanView } from '../../../shared/ipc/plans.ts';
import { createPlanStore } from '../../../renderer/features/plans/plan-store.ts';
import { nextStep, reviewText } from '../../../renderer/features/plans/plan-words.ts';
import { fakeBridge } from '../../fakes/bridge.ts';

type Place = PlanView['roles'][number]['signatures'][number]['place'];

const planWith = (places: readonly Place[], threshold = 1, saved?: PlanView['saved']): PlanView => ({
  id: 'p',
  kind: 'sign',
  title: 'Sign 1 tag',
  gun: 'registry.example.test/acme/app',
  server: 'https://registry.example.test',
  createdAt: '2026-06-01T12:00:00Z',
  lines: [],
  consequences: [],
  staged: 0,
  roles: [
    {
      role: 'targets/jeff',
      fromVersion: 1,
      toVersion: 2,
      expires: '2029-06-01T12:00:00Z',
      threshold,
      signatures: places.map((place, index) => ({ keyId: String(index), owner: 'jeff', place })),
    },
  ],
  ...(saved === undefined ? {} : { saved }),
});

const file: Place = { kind: 'file' };
const elsewhere: Place = { kind: 'elsewhere' };
const saved = (isSigned: boolean, canSign: boolean): NonNullable<PlanView['saved']> => ({
  trust: 'known',
  isSigned,
  canSign,
  signatures: [],
});

const withSnapshot = (plan: PlanView, place: Place): PlanView => {
  const [first] = plan.roles;
  if (first === undefined) throw new Error('a role');
  const signatures = [{ keyId: 'snapshot', owner: 'repository', place }];
  return { ...plan, roles: [first, { ...first, role: 'snapshot', signatures }] };
};

test.each<[string, PlanView, ReturnType<typeof nextStep>]>([
  ['its key is here', planWith([file]), 'publish'],
  ['a key is here and another is not', planWith([file, elsewhere]), 'publish'],
  ['its key is not here', planWith([elsewhere]), 'carry'],
  ['two of three are needed and one is here', planWith([file, elsewhere, elsewhere], 2), 'carry'],
  ['saved, unsigned, and a key is here', planWith([file], 1, saved(false, true)), 'sign'],
  ['saved, unsigned, and no key is here', planWith([elsewhere], 1, saved(false, false)), 'carry'],
  ['saved and signed, wherever the keys are', planWith([elsewhere], 1, saved(true, false)), 'publish'],
])('%s', (_, plan, next) => {
  expect(nextStep(plan)).toBe(next);
});

test.each<[string, PlanView, string]>([
  ['no key is here', planWith([elsewhere]), 'The keys are not here. Save'],
  [
    'the snapshot key is elsewhere',
    withSnapshot(planWith([file]), elsewhere),
    'Not all of its keys are here. Save the plan and open it where they are, or plug in their token and plan again. The snapshot key signs last.',
  ],
  [
    'the snapshot key is here, and jeff has not signed',
    withSnapshot(
      planWith([elsewhere], 1, {
        ...saved(false, false),
        signatures: [
          { role: 'targets/jeff', have: 0, need: 1 },
          { role: 'snapshot', have: 0, need: 1, waits: true },
        ],
      }),
      file,
    ),
    'The snapshot key is here and signs last',
  ],
])('says of a plan that is carried on that %s', (_, plan, words) => {
  expect(nextStep(plan)).toBe('carry');
  expect(reviewText(plan, 'a server')).toContain(words);
});

const refuse = (error: AppError) => () => {
  throw error;
};

test('a plan that was opened is reviewed; not choosing one changes nothing', async () => {
  const plan = planWith([file], 1, saved(false, true));
  const opened = createPlanStore(fakeBridge({ 'plans.open': () => plan }).bridge, () => undefined);
  await opened.getState().open();
  expect(opened.getState().review).toEqual({ kind: 'reviewing', plan, error: undefined });
  const cancelled = fakeBridge({ 'plans.open': refuse(new AppError('prompt/cancelled', {})) });
  const store = createPlanStore(cancelled.bridge, () => undefined);
  await store.getState().open();
  expect(store.getState().review).toEqual({ kind: 'closed' });
});

test('a file that is no plan is refused with its reason', async () => {
  const error = new AppError('plan/file-unreadable', { path: '/x', reason: 'it holds something else' });
  const store = createPlanStore(fakeBridge({ 'plans.open': refuse(error) }).bridge, () => undefined);
  await store.getState().open();
  expect(store.getState().review).toMatchObject({ kind: 'refused', error: { code: 'plan/file-unreadable' } });
});

test('signing shows the plan as it is signed then, and stays in the review when it fails', async () => {
  const plan = planWith([file], 1, saved(false, true));
  const signed = planWith([file], 1, saved(true, false));
  const answers = [
    refuse(new AppError('plan/no-key-here', { gun: plan.gun, keyIds: ['0'] })),
    refuse(new AppError('prompt/cancelled', {})),
    () => signed,
  ];
  const side = fakeBridge({
    'plans.open': () => plan,
    'plans.signSaved': () => (answers.shift() ?? (() => plan))(),
  });
  const store = createPlanStore(side.bridge, () => undefined);
  await store.getState().open();
  const reviewAfter = async () => {
    await store.getState().signSaved();
    return store.getState().review;
  };
  expect(await reviewAfter()).toMatchObject({ kind: 'reviewing', plan, error: { code: 'plan/no-key-here' } });
  expect(await reviewAfter()).toEqual({ kind: 'reviewing', plan, error: undefined });
  expect(await reviewAfter()).toEqual({ kind: 'reviewing', plan: signed, error: undefined });
});
