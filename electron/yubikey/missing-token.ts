/** Waiting for a token that was unplugged, or is not here yet. Privileged process. */
import { AppError } from '../../shared/errors.ts';
import type { SignerParts } from './token-signer.ts';

const lookAgainMs = 500;

/** Shows that the token is awaited until it is plugged in. @throws `prompt/cancelled` when the person gives up */
export async function untilPluggedIn(
  { finder, prompts, wait }: Pick<SignerParts, 'finder' | 'prompts' | 'wait'>,
  serial: string,
  purpose: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const gaveUp = new AbortController();
  const giveUp = (): void => gaveUp.abort();
  signal?.addEventListener('abort', giveUp, { once: true });
  const shown = prompts.showMissing({ token: finder.remembered(serial), purpose }, over.signal);
  void shown.catch(() => (over.signal.aborted ? undefined : giveUp()));
  try {
    for (;;) {
      const state = await finder.look();
      if (state.kind === 'ready' && state.devices.some((device) => device.serial === serial)) return;
      await wait(lookAgainMs, gaveUp.signal).catch(() => undefined);
      if (gaveUp.signal.aborted || signal?.aborted === true) throw new AppError('prompt/cancelled', {});
    }
  } finally {
    over.abort();
    signal?.removeEventListener('abort', giveUp);
  }
}
