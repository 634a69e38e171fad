/**
 * The questions that services ask a person, whoever brings them: a window, a native dialog, a terminal. Types only.
 * Every question rejects with `prompt/cancelled` when the person declines, does not answer in time, or is gone.
 */
export interface Confirmation {
  readonly title: string;
  /** What will happen and what stops working, in whole sentences. */
  readonly text: string;
  /** Names the act and its object, e.g. `Remove signer jeff`. */
  readonly confirmLabel: string;
  readonly destructive: boolean;
  /** What the person has to type before it counts as confirmed, exactly. */
  readonly typed?: string | undefined;
}

export interface FileQuestion {
  readonly title: string;
  readonly want: 'file' | 'directory' | 'files' | 'save';
  /** For `save`: the name that is offered. */
  readonly suggestedName?: string;
}

/** Asks for a decision. Resolves when it was confirmed. */
export interface ConfirmPrompt {
  readonly confirm: (question: Confirmation, signal?: AbortSignal) => Promise<void>;
}

/** Asks for files. Resolves with absolute paths: one, or at least one for `files`. */
export interface FilePrompt {
  readonly chooseFile: (question: FileQuestion, signal?: AbortSignal) => Promise<readonly string[]>;
}

export type Prompts = ConfirmPrompt & FilePrompt;
