/**
 * The token's questions over a terminal. Command line.
 * SECURITY: a PIN is typed on the terminal itself, unseen; standard input and the environment are not asked.
 */
import { timingSafeEqual } from 'node:crypto';
import { printable } from '../../shared/printable.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import type { PinAnswer, PinQuestion, TokenName, TokenPrompts } from '../yubikey/token-prompts.ts';
import { openTerminal, readHidden, type Terminal, terminalConfirm } from './terminal.ts';

type Open = (what: string) => Terminal;

/** `say` writes a line where the person reads it, not where results go. */
export function terminalTokenPrompts(say: (line: string) => void, open: Open = openTerminal): TokenPrompts {
  return {
    ...terminalConfirm(open),
    askPin: (question) => ask(question, open),
    showTouch: async ({ token, purpose, tags, following }, signal) => {
      const after = following === 0 ? '' : ` (${String(following)} more after this one)`;
      say(`Touch ${nameOf(token)} now${after}.\n${[...purpose, ...tagLine(tags)].map(indented).join('\n')}`);
      await ended(signal);
    },
    showMissing: async ({ token, purpose }, signal) => {
      say(`Plug in ${nameOf(token)} to go on (Ctrl+C gives up).\n${purpose.map(indented).join('\n')}`);
      await ended(signal);
    },
  };
}

const problems = {
  wrong: 'That was wrong.',
  malformed: 'That cannot be right; no try was used up.',
  factory: 'That is the one every token comes with. Choose another.',
} as const;

async function ask(question: PinQuestion, open: Open): Promise<PinAnswer> {
  const { what, isNew, token, problem, purpose } = question;
  const name = `${isNew ? 'new ' : ''}${what} of ${nameOf(token)}`;
  const lead = problem === undefined ? [...purpose] : [problems[problem]];
  for (let words = lead; ; words = ['They are not the same.']) {
    const head = words.map((line) => `${line}\n`).join('');
    const pin = await readPin(`${head}Enter ${name}${left(question)}: `, name, open);
    if (!isNew) return { pin, keep: true };
    const again = await readPin(`Repeat ${name}: `, name, open);
    const same = isSame(pin, again);
    again.wipe();
    if (same) return { pin, keep: true };
    pin.wipe();
  }
}

function left({ isNew, left: tries }: PinQuestion): string {
  if (isNew) return '';
  return tries === 'last' ? ' (last try)' : tries === 'fewer' ? ' (some tries are used up)' : '';
}

async function readPin(question: string, what: string, open: Open): Promise<SecretBytes> {
  return SecretBytes.take(await readHidden(question, `The ${what}`, open));
}

function isSame(a: SecretBytes, b: SecretBytes): boolean {
  return a.use((x) => b.use((y) => x.length === y.length && timingSafeEqual(x, y)));
}

function nameOf({ name, model, serial }: TokenName): string {
  return name === undefined ? `${model} ${serial}` : `${name} (${serial})`;
}

function tagLine(tags: readonly string[]): readonly string[] {
  if (tags.length === 0) return [];
  const shown = tags.slice(0, 5).join(', ');
  return [`Tags ${shown}${tags.length > 5 ? ` and ${String(tags.length - 5)} more` : ''}`];
}

function indented(line: string): string {
  return `  ${printable(line)}`;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
