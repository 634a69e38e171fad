/**
 * The token's questions over the window. Privileged process.
 * SECURITY: a PIN comes in once, as the answer to a question with a one-time ID, and becomes secret bytes here. A touch
 * is shown with what it signs, taken from the plan that this side made.
 */
import { AppError } from '../../shared/errors.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import type { TokenName, TokenPrompts } from '../yubikey/token-prompts.ts';
import type { Broker } from './broker.ts';
import { windowConfirm } from './window-prompts.ts';

/** More tags than this say nothing more. */
const shownTags = 100;

export function windowTokenPrompts(broker: Broker): TokenPrompts {
  return {
    ...windowConfirm(broker),
    askPin: async (question, signal) => {
      const { token, slot, what, isNew, purpose, problem, left, canKeep } = question;
      const answer = await broker.ask(
        {
          kind: 'pin',
          device: toDevice(token),
          what,
          isNew,
          purpose: [...purpose],
          left,
          canKeep,
          ...(slot === undefined ? {} : { slot }),
          ...(problem === undefined ? {} : { problem }),
        },
        signal,
      );
      if (answer.kind !== 'pin') throw new AppError('ipc/refused', { channel: 'prompts.answer' });
      return { pin: SecretBytes.fromText(answer.pin), keep: answer.keep };
    },
    showTouch: async (question, signal) => {
      const { token, slot, purpose, gun, roles, tags, following, seconds } = question;
      await broker.ask(
        {
          kind: 'touch',
          device: toDevice(token),
          slot,
          purpose: [...purpose],
          roles: [...roles],
          tags: tags.slice(0, shownTags),
          following,
          seconds,
          ...(gun === undefined ? {} : { gun }),
        },
        signal,
      );
    },
    showMissing: async ({ token, purpose }, signal) => {
      await broker.ask({ kind: 'plug-in', device: toDevice(token), purpose: [...purpose] }, signal);
    },
  };
}

function toDevice({ serial, name, model }: TokenName) {
  return { serial, model, ...(name === undefined ? {} : { name }) };
}
