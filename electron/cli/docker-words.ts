/**
 * Options of docker's commands among the words typed, by pflag's rules. Command line; pure.
 *
 * SECURITY: who takes an option's value for an image or a folder, or the other way round, looks at another one than docker
 * takes. So an option that is not known is refused, unless its value is joined to it with `=`.
 */
import { unreadableOption, usage } from './command.ts';

export interface KnownOptions {
  /** Those whose value may be a word of its own. */
  readonly withValue: ReadonlySet<string>;
  readonly switches: ReadonlySet<string>;
  readonly lettersWithValue: ReadonlyMap<string, string>;
  readonly switchLetters: ReadonlySet<string>;
}

/** @param letters of options with a value, and their names: `f:file t:tag` */
export function knownOptions(
  withValue: string,
  switches: string,
  letters: string,
  switchLetters: string,
): KnownOptions {
  return {
    withValue: new Set(withValue.split(' ')),
    switches: new Set(switches.split(' ')),
    lettersWithValue: new Map(letters.split(' ').map((one) => [one.charAt(0), one.slice(2)])),
    switchLetters: new Set(switchLetters),
  };
}

export interface OptionWord {
  readonly name: string;
  /** Undefined for a switch. */
  readonly value: string | undefined;
  /** The place behind the option and its value. */
  readonly next: number;
}

/** The option at a place. Of joined letters it is the last one that is named. @throws `cli/usage` */
export function readOption(known: KnownOptions, words: readonly string[], at: number): OptionWord {
  const word = words[at] ?? '';
  const { name, joined, takesNext } = word.startsWith('--')
    ? readLong(known, word)
    : readLetters(known, word);
  refuseWithoutTrust(name, joined);
  if (!takesNext) return { name, value: joined, next: at + 1 };
  const value = words[at + 1];
  if (value === undefined) throw usage(`flag needs an argument: ${word}`, unreadableOption);
  return { name, value, next: at + 2 };
}

/** This command is there to check; who does not want that has docker. */
function refuseWithoutTrust(name: string, value: string | undefined): void {
  if (name === 'disable-content-trust' && !/^(?:0|f|F|FALSE|false|False)$/.test(value ?? ''))
    throw usage('--disable-content-trust is what this command is not for: use docker itself');
}

interface Reading {
  readonly name: string;
  readonly joined: string | undefined;
  readonly takesNext: boolean;
}

function readLong({ withValue, switches }: KnownOptions, word: string): Reading {
  const [, name = '', joined] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (joined !== undefined) return { name, joined, takesNext: false };
  if (!withValue.has(name) && !switches.has(name))
    throw usage(
      `unknown flag: ${word} (of an option that is newer than this program, write ${word}=VALUE)`,
      unreadableOption,
    );
  return { name, joined, takesNext: withValue.has(name) };
}

/** `-it`, `-p 80:80`, `-p80:80`, `-p=80:80`, `-ip 80:80`, `-t=false` */
function readLetters({ lettersWithValue, switchLetters }: KnownOptions, word: string): Reading {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const rest = word.slice(at + 1);
    const name = lettersWithValue.get(letter);
    if (name !== undefined) {
      if (rest === '') return { name, joined: undefined, takesNext: true };
      return { name, joined: rest.replace(/^=/, ''), takesNext: false };
    }
    if (!switchLetters.has(letter))
      throw usage(`unknown shorthand flag: '${letter}' in ${word}`, unreadableOption);
    if (rest.startsWith('=')) break;
  }
  return { name: '', joined: undefined, takesNext: false };
}

/** True for a word that is an option; `-` alone is none. */
export const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';
