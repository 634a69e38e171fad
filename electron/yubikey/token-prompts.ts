/**
 * What a person is asked about a token, whoever brings the question: a window or a terminal. Types only.
 * SECURITY: a PIN comes from a person's keystrokes and from nowhere else; never from the environment, never a default.
 */
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import type { ConfirmPrompt } from '../prompts/prompts.ts';
import type { SecretName } from './token-failures.ts';
import type { TriesLeft } from './token-messages.ts';

/** Which token, so that the person picks up the right one. */
export interface TokenName {
  readonly serial: string;
  /** Given by the person. */
  readonly name: string | undefined;
  readonly model: string;
}

export interface PinQuestion {
  readonly token: TokenName;
  /** `9a`; absent where the whole token is meant. */
  readonly slot: string | undefined;
  readonly what: SecretName;
  /** To be chosen: typed twice. */
  readonly isNew: boolean;
  /** What it will do, in whole lines. */
  readonly purpose: readonly string[];
  readonly problem: 'wrong' | 'malformed' | 'factory' | undefined;
  readonly left: TriesLeft;
  /** The token can stay unlocked until it is unplugged or the session is locked. */
  readonly canKeep: boolean;
}

export interface PinAnswer {
  /** Ownership passes to the one who asked. */
  readonly pin: SecretBytes;
  readonly keep: boolean;
}

export interface TouchQuestion {
  readonly token: TokenName;
  readonly slot: string;
  /** What is being signed, in whole lines. */
  readonly purpose: readonly string[];
  readonly gun: string | undefined;
  readonly roles: readonly string[];
  readonly tags: readonly string[];
  /** Signatures that come after this one and may want a touch, of all tokens in the same piece of work. */
  readonly following: number;
  /** The token gives up after this long. */
  readonly seconds: number;
}

export interface MissingQuestion {
  readonly token: TokenName;
  /** What goes on when it is back. */
  readonly purpose: readonly string[];
}

export interface TokenPrompts extends ConfirmPrompt {
  /** Rejects with `prompt/cancelled` or `prompt/no-terminal`. */
  readonly askPin: (question: PinQuestion, signal?: AbortSignal) => Promise<PinAnswer>;
  /** Shows that a touch is awaited, until `signal` aborts. Rejects with `prompt/cancelled` when the person gives up. */
  readonly showTouch: (question: TouchQuestion, signal: AbortSignal) => Promise<void>;
  /** Shows that a token is awaited, until `signal` aborts. Rejects with `prompt/cancelled` when the person gives up. */
  readonly showMissing: (question: MissingQuestion, signal: AbortSignal) => Promise<void>;
}
