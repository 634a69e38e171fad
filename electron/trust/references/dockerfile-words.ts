/** The words of an instruction, and the options before them as BuildKit's parser takes them. Pure. */
import { type Mark, textOfTracked, type Tracked } from './tracked-text.ts';

/** No other blank ends a word there. */
const isBlank = /[\t-\r ]/;

/** Words between blanks; quotes and escapes hold a word together and stay in it. */
export function splitWords(marks: Tracked, escape: string): readonly Tracked[] {
  return split(marks, escape).words;
}

/** True when a quote in it is never closed. */
export function hasOpenQuote(marks: Tracked, escape: string): boolean {
  return split(marks, escape).quote !== '';
}

function split(
  marks: Tracked,
  escape: string,
): { readonly words: readonly Tracked[]; readonly quote: string } {
  const words: Mark[][] = [];
  let word: Mark[] = [];
  let quote = '';
  for (let at = 0; at < marks.length; at++) {
    const mark = marks[at] as Mark;
    if (quote === '' && isBlank.test(mark.char)) {
      if (word.length > 0) words.push(word);
      word = [];
      continue;
    }
    word.push(mark);
    const following = marks[at + 1];
    if (mark.char === escape && quote !== "'" && following !== undefined) word.push(marks[++at] as Mark);
    else if (mark.char === quote) quote = '';
    else if (quote === '' && (mark.char === '"' || mark.char === "'")) quote = mark.char;
  }
  if (word.length > 0) words.push(word);
  return { words, quote };
}

/** An option without its quotes and escapes: BuildKit takes them away wherever they stand, also in its name. */
export function unquoted(flag: Tracked, escape: string): string {
  let text = '';
  let quote = '';
  for (let at = 0; at < flag.length; at++) {
    const { char } = flag[at] as Mark;
    if (char === escape) text += flag[++at]?.char ?? '';
    else if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else text += char;
  }
  return text;
}

/** The options behind the first word, and what follows them. */
export function splitFlags(words: readonly Tracked[]): {
  readonly flags: readonly Tracked[];
  readonly rest: readonly Tracked[];
} {
  const found = words.findIndex((word) => !textOfTracked(word).startsWith('--'));
  const end = found === -1 ? words.length : found;
  return { flags: words.slice(0, end), rest: words.slice(end) };
}
