/** The order of the examination. Pure. */
import { stepNames } from '../../../shared/doctor-words.ts';
import type { DoctorStep } from '../../../shared/ipc/doctor.ts';
import type { CheckState } from '../../ui/check-list.tsx';

type StepId = DoctorStep['id'];

export interface StepLine {
  readonly id: StepId;
  readonly state: CheckState;
  /** What main reported; absent before it did. */
  readonly step: DoctorStep | undefined;
}

/** A URL has no image name; everything else goes through all steps. */
function expectedSteps(target: string): readonly StepId[] {
  const all = Object.keys(stepNames) as StepId[];
  const ofImage: readonly StepId[] = ['reference', 'trust-data', 'registry'];
  return /^[a-z]+:\/\//i.test(target) ? all.filter((id) => !ofImage.includes(id)) : all;
}

/** Reported steps first, in their order; while it runs, the next one and those still to come. */
export function stepLines(
  target: string,
  steps: readonly DoctorStep[],
  isRunning: boolean,
): readonly StepLine[] {
  const reported = steps.map((step): StepLine => ({ id: step.id, state: step.status, step }));
  if (!isRunning) return reported;
  const seen = new Set(steps.map(({ id }) => id));
  const coming = expectedSteps(target).filter((id) => !seen.has(id));
  return [
    ...reported,
    ...coming.map((id, at): StepLine => ({ id, state: at === 0 ? 'running' : 'waiting', step: undefined })),
  ];
}
