/**
 * Texts that were printed and have to come back in: shares of a passphrase, the codes of a recovery sheet.
 * Privileged process. SECURITY: each comes in once, as the answer to a question with a one-time ID.
 */
import { AppError, type WireError } from '../../shared/errors.ts';
import type { Broker } from './broker.ts';

export interface PrintedTextQuestion {
  readonly what: 'share' | 'sheet-code';
  readonly purpose: readonly string[];
  /** How many were taken, and how many are needed once that is known. */
  readonly have: number;
  readonly need: number | undefined;
  /** Why the last one was not taken. */
  readonly problem: WireError | undefined;
}

/** Rejects with `prompt/cancelled` when the person declines, does not answer in time, or is gone. */
export interface PrintedTextPrompt {
  askPrintedText(question: PrintedTextQuestion, signal?: AbortSignal): Promise<string>;
  /** Nobody asks for the same text again: what was typed of it need not be kept to be corrected. */
  printedTextTaken(): void;
}

/** The question over the window. */
export function windowPrintedText(broker: Broker): PrintedTextPrompt {
  return {
    askPrintedText: async ({ what, purpose, have, need, problem }, signal) => {
      const question = {
        kind: 'printed-text' as const,
        what,
        purpose: [...purpose],
        have,
        ...(need === undefined ? {} : { need }),
        ...(problem === undefined
          ? {}
          : { problem: { code: problem.code, details: { ...problem.details } } }),
      };
      const answer = await broker.ask(question, signal);
      if (answer.kind !== 'text') throw new AppError('ipc/refused', { channel: 'prompts.answer' });
      return answer.text;
    },
    printedTextTaken: () => broker.textTaken(),
  };
}
