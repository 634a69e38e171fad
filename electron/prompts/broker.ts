/**
 * Brings questions to the window and its answers back. Runs in the privileged process.
 * Owns the IDs, the time-outs and the cancelling; must not know what a question is about.
 *
 * SECURITY: an ID is unguessable and good for one answer. An answer to anything else is refused, so that a window
 * cannot confirm what it was not asked, or the same thing twice.
 */
import type * as z from 'zod/mini';
import { AppError } from '../../shared/errors.ts';
import type { answer as answerSchema, Prompt } from '../../shared/ipc/prompts.ts';
import type { Emit } from '../ipc/handlers-of.ts';
import type { Timers } from './timers.ts';

export type Answer = z.output<typeof answerSchema>;
export type AnswerValue = Answer['value'];
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type Question = WithoutId<Prompt>;

/** Long enough to fetch a key from a safe, short enough that a forgotten question does not wait for a stranger. */
export const ANSWER_MS = 5 * 60 * 1000;
/** Questions open at once: more than one is rare, this many is a runaway. */
export const MAX_OPEN = 8;

const fits: Readonly<Record<Question['kind'], readonly AnswerValue['kind'][]>> = {
  confirm: ['confirm', 'cancel'],
  passphrase: ['passphrase', 'cancel'],
  'printed-text': ['text', 'cancel'],
  pin: ['pin', 'cancel'],
  touch: ['cancel'],
  'plug-in': ['cancel'],
  'choose-file': ['enter', 'make-folder', 'choose', 'cancel'],
};

export interface Broker {
  /** Resolves with an answer of a fitting kind that is not `cancel`; otherwise rejects with `prompt/cancelled`. */
  readonly ask: (question: Question, signal?: AbortSignal) => Promise<AnswerValue>;
  /** Takes the window's answer. Throws `ipc/refused` for an ID that is not open, or an answer of another kind. */
  readonly answer: (answer: Answer) => undefined;
  /** Says that no further question about the same printed text follows. */
  readonly textTaken: () => void;
  /** Cancels every open question: the window is gone, the screen was locked, the app ends. */
  readonly cancelAll: () => void;
}

interface Open {
  readonly question: Question;
  readonly settle: (value: AnswerValue) => void;
}

/** `newId` must be unguessable: 128 random bits or more. */
export function createBroker({
  emit,
  newId,
  timers,
}: {
  readonly emit: Emit;
  readonly newId: () => string;
  readonly timers: Timers;
}): Broker {
  const open = new Map<string, Open>();

  const ask = (question: Question, signal?: AbortSignal): Promise<AnswerValue> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true || open.size >= MAX_OPEN) {
        reject(new AppError('prompt/cancelled', {}));
        return;
      }
      const id = newId();
      const cancel = () => settle({ kind: 'cancel' });
      const stopTimer = timers.after(ANSWER_MS, cancel);
      const settle = (value: AnswerValue) => {
        open.delete(id); // SECURITY: one answer only
        stopTimer();
        signal?.removeEventListener('abort', cancel);
        emit('prompts.closed', { id });
        if (value.kind === 'cancel') reject(new AppError('prompt/cancelled', {}));
        else resolve(value);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      open.set(id, { question, settle });
      emit('prompts.asked', { ...question, id });
    });

  const answer = ({ id, value }: Answer): undefined => {
    const found = open.get(id);
    if (found === undefined || !fits[found.question.kind].includes(value.kind)) {
      throw new AppError('ipc/refused', { channel: 'prompts.answer' });
    }
    found.settle(value);
  };

  const cancelAll = (): void => {
    for (const { settle } of [...open.values()]) settle({ kind: 'cancel' });
  };

  return { ask, answer, textTaken: () => emit('prompts.textTaken', {}), cancelAll };
}
