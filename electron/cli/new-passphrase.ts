/**
 * New passphrases on the command line: from the environment, generated and shown once, or typed twice with its
 * strength said. Command line.
 */
import { AppError } from '../../shared/errors.ts';
import { type GeneratedPassphrase, minimumPassphraseLength } from '../../shared/passphrase-rules.ts';
import {
  assertLongEnough,
  generateCharacters,
  generateWords,
  type PassphraseStrength,
  ratePassphrase,
} from '../keystore/passphrase.ts';
import { setPassphraseVariables } from '../keystore/passphrase-variables.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import { keyName, problems } from '../prompts/terminal-passphrase.ts';
import { type Arguments, usage, valueOf } from './command.ts';
import { askSecret, maximumAttempts, secretFromVariable, type SecretQuestion, tell } from './secrets.ts';
import type { Terminal } from './terminal.ts';

export interface NewPassphrase {
  /** As in `Enter passphrase for new ...`: `backup`, `root key with ID 400fbc8`. */
  readonly name: string;
  /** Our own variable, whose content is held to the minimum length as if it were typed. */
  readonly variable?: string | undefined;
  /** What an attacker would try first: names of repositories and signers. */
  readonly related?: readonly string[];
  readonly generate?: Generate | undefined;
  /** Said before the first question: what the passphrase is asked for. */
  readonly purpose?: readonly string[] | undefined;
}

type Generate = 'words' | 'characters';

/** @throws `cli/usage` */
export function generateOf(args: Arguments): Generate | undefined {
  const value = valueOf(args, 'generate');
  if (value === undefined || value === 'words' || value === 'characters') return value;
  throw usage(`invalid argument "${value}" for "--generate" flag: must be words or characters`);
}

/** notary: the tries at choosing a passphrase that is long enough and typed twice. */
const maximumNewAttempts = 11;

/** The caller wipes it. @throws `keystore/short-passphrase`, `prompt/no-terminal`, `prompt/cancelled` */
export async function newPassphrase(wanted: NewPassphrase, terminal: Terminal): Promise<SecretBytes> {
  const { generate, variable } = wanted;
  if (generate !== undefined) return generated(generate, wanted, terminal);
  const given = variable === undefined ? undefined : secretFromVariable(variable, terminal);
  if (given === undefined) return typed(wanted, terminal);
  assertLongEnough(given);
  return given;
}

/**
 * For a key that is about to be stored. What docker's variables hold is taken as it is, as docker takes it.
 * The caller wipes it. @throws as `newPassphrase`
 */
export async function newKeyPassphrase(
  key: { readonly id: string; readonly role: string; readonly gun?: string | undefined },
  generate: Generate | undefined,
  terminal: Terminal,
): Promise<SecretBytes> {
  const { id: keyId, role, gun } = key;
  const [variable] = setPassphraseVariables(role, terminal.env);
  if (variable !== undefined && generate === undefined) return SecretBytes.fromText(variable[1]);
  const related = [role, ...(gun ?? '').split(/[/.:]/)].filter((word) => word !== '');
  return newPassphrase({ name: keyName({ role, keyId }), related, generate }, terminal);
}

async function generated(kind: Generate, wanted: NewPassphrase, terminal: Terminal): Promise<SecretBytes> {
  const made = await madeUp(kind, wanted, terminal);
  if (made === undefined) throw new AppError('prompt/cancelled', {});
  return made;
}

/**
 * Shown on a screen of its own, which is gone, with what was on it, once the passphrase was typed back. Undefined when
 * that did not work out.
 */
async function madeUp(
  kind: Generate,
  wanted: NewPassphrase,
  terminal: Terminal,
  isOffer = false,
): Promise<SecretBytes | undefined> {
  const made = kind === 'words' ? await generateWords() : generateCharacters();
  const secret = SecretBytes.fromText(made.text);
  const about = {
    what: `Somebody to read the made-up passphrase for new ${wanted.name}`,
    variable: wanted.variable,
  };
  const screen = terminal.env['TERM'] === 'dumb' ? { open: '', close: '' } : otherScreen;
  const offer = isOffer ? 'Enter alone goes back, to choose one of your own.\n' : '';
  await tell(`${screen.open}${shown(made, wanted.name)}${offer}`, about, terminal);
  let isTaken = false;
  try {
    isTaken = await typeBack(secret, { ...about, isOffer }, terminal);
    return isTaken ? secret : undefined;
  } finally {
    if (!isTaken) secret.wipe();
    await tell(screen.close, about, terminal);
  }
}

/** xterm's other screen: nothing of it stays in what can be scrolled back to. */
const otherScreen = { open: '\x1b[?1049h\x1b[H', close: '\x1b[?1049l' };

function shown({ text, entropyBits }: GeneratedPassphrase, name: string): string {
  return (
    `The passphrase for new ${name} (${entropyBits} bits, chosen at random):\n\n    ${text}\n\n` +
    'Write it down or put it into a password manager now: it is not shown again.\n'
  );
}

interface TypeBack extends Pick<SecretQuestion, 'what' | 'variable'> {
  /** It was offered: an empty line declines. */
  readonly isOffer: boolean;
}

/** True when it was typed as it is, within the tries that a passphrase has. */
async function typeBack(
  secret: SecretBytes,
  { isOffer, ...about }: TypeBack,
  terminal: Terminal,
): Promise<boolean> {
  for (let attempt = 0; attempt < maximumAttempts; attempt++) {
    const lead = attempt === 0 ? '' : 'That is another one. ';
    const answer = await askSecret({ ...about, question: `${lead}Type it to go on: `, trim: true }, terminal);
    const [same, isEmpty] = [answer.equals(secret), answer.length === 0];
    answer.wipe();
    if (same) return true;
    if (isOffer && isEmpty) return false;
  }
  return false;
}

/** Said once: the question itself stays docker's. */
const offerOfWords = 'Enter alone makes one up for you, of random words.\n';

async function typed(wanted: NewPassphrase, terminal: Terminal): Promise<SecretBytes> {
  const { name, variable, purpose = [] } = wanted;
  const about = { what: `The passphrase for new ${name}`, variable, trim: true };
  let lead = [...purpose.map((line) => `${line}\n`), offerOfWords].join('');
  for (let attempt = 0; attempt < maximumNewAttempts; attempt++) {
    const question = `${lead}Enter passphrase for new ${name}: `;
    const first = await askSecret({ ...about, question }, terminal);
    if (first.length === 0) {
      const made = await madeUp('words', wanted, terminal, true);
      if (made !== undefined) return made;
      lead = '';
      continue;
    }
    const strength = await ratePassphrase(first, wanted.related ?? []);
    if (!strength.longEnough) lead = `${problems['too-short']}\n`;
    else {
      const repeat = `${strengthLine(strength)}Repeat passphrase for new ${name}: `;
      const second = await askSecret({ ...about, question: repeat }, terminal);
      const same = first.equals(second);
      second.wipe();
      if (same) return first;
      lead = 'Passphrases do not match. Please retry.\n';
    }
    first.wipe();
  }
  throw new AppError('keystore/short-passphrase', { minimum: minimumPassphraseLength });
}

const scores = ['very weak', 'weak', 'fair', 'good', 'strong'] as const;

/** `Strength: weak (1 of 4). Add another word or two.` */
function strengthLine({ score, warning, suggestions }: PassphraseStrength): string {
  const advice = [warning, ...suggestions].filter((text) => text !== undefined && text !== '');
  const more = score >= 3 || advice.length === 0 ? '' : ` ${advice.join(' ')}`;
  const again = score >= 2 ? '' : ' Ctrl+C to start over with another one.';
  return `Strength: ${scores[score]} (${score} of 4).${more}${again}\n`;
}
