/** One step of the doctor as a value: what was found, what to do. Privileged process; pure. */
import { type AppError, isAppError } from '../../shared/errors.ts';
import { doctor, textOf } from '../../shared/error-texts.ts';
import { stepNames } from '../../shared/doctor-words.ts';
import type { DoctorStep } from '../../shared/ipc/doctor.ts';

export type StepId = DoctorStep['id'];

/** A step and what the next ones need of it; without a value the steps that need it are skipped. */
export interface Outcome<T> {
  readonly step: DoctorStep;
  readonly value: T | undefined;
}

export function passed<T>(id: StepId, found: string, value: T): Outcome<T> {
  return { step: { id, status: 'ok', found }, value };
}

export function warned<T>(id: StepId, found: string, fix: string, value: T): Outcome<T> {
  return { step: { id, status: 'warning', found, fix }, value };
}

/** The words of the outcome, so that the doctor says what every other place says. */
export function failed(id: StepId, error: AppError): Outcome<never> {
  const { title, fix: whole } = textOf(error);
  const fix = whole.replace(` ${doctor}`, '');
  const wire = { code: error.code, details: { ...error.details } };
  return { step: { id, status: 'failed', found: title, fix, error: wire }, value: undefined };
}

export function skipped(id: StepId, because: StepId): Outcome<never> {
  const found = `Not looked at, because the step "${stepNames[because]}" did not succeed.`;
  return { step: { id, status: 'skipped', found }, value: undefined };
}

export function notNeeded(id: StepId, found: string): Outcome<never> {
  return { step: { id, status: 'skipped', found }, value: undefined };
}

/** Runs one look; an outcome that is thrown becomes a failed step, a bug stays a bug. */
export async function attempt<T>(id: StepId, look: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await look();
  } catch (error) {
    if (isAppError(error)) return failed(id, error);
    throw error;
  }
}
