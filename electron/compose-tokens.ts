/** Wires tokens: the process that speaks to them, what is known of them, and their keys. Part of `compose.ts`, for its size. */
import { isAppError } from '../shared/errors.ts';
import type { WindowSurroundings } from './ipc/window-services.ts';
import type { PlanTokens } from './trust/plan/available-keys.ts';
import { childProcessLinks } from './yubikey/child-link.ts';
import { TokenDesk } from './yubikey/token-desk.ts';
import { TokenWatch } from './yubikey/token-watch.ts';

interface TokenParts {
  readonly surroundings: WindowSurroundings;
  readonly dataDirectory: string;
  readonly now: () => Date;
  /** Other keys are at hand than before. */
  readonly onKeys: () => void;
}

export interface Tokens {
  readonly desk: TokenDesk;
  readonly watch: TokenWatch;
  /** Keys on tokens, for plans. */
  readonly forPlans: PlanTokens;
}

export function composeTokens({ surroundings, dataDirectory, now, onKeys }: TokenParts): Tokens {
  const { env, prompts, emit, log, startTokenProcess } = surroundings;
  const onProblem = (error: unknown): void =>
    log.warn('tokens', { reason: isAppError(error) ? error.code : String(error) });
  const desk = new TokenDesk({
    start: startTokenProcess ?? childProcessLinks(env),
    prompts,
    dataDirectory,
    env,
    platform: process.platform,
    now,
    onFactory: () => void watch.announce().catch(onProblem),
  });
  const watch = new TokenWatch({
    desk,
    onChanged: (state) => emit('yubikey.changed', state),
    onKeys,
    onProblem,
  });
  return {
    desk,
    watch,
    forPlans: {
      // A token that makes trouble does not stop those who sign with files.
      keys: () =>
        desk.keys().catch((error: unknown) => {
          if (!isAppError(error)) throw error;
          onProblem(error);
          return [];
        }),
      openSigner: (keyId, serial, consent, signal) => desk.openSigner(keyId, serial, consent, signal),
    },
  };
}
