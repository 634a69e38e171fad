/**
 * What one builder reads in another way than the next, or another version of it. Pure.
 *
 * SECURITY: in such a file an image can be hidden from whoever looks up what is signed, so nothing of it counts as signed.
 */
import { AppError } from '../../../shared/errors.ts';
import { isDoubtful } from './dockerfile-heredocs.ts';
import type { DockerfileText } from './dockerfile-lines.ts';
import { splitFlags, splitWords } from './dockerfile-words.ts';
import { lineCounter } from './found-reference.ts';
import { textOfTracked, type Tracked } from './tracked-text.ts';

const instructions = new Set(
  (
    'add arg cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell stopsignal user ' +
    'volume workdir'
  ).split(' '),
);

interface Doubt {
  /** Where in the text it is. */
  readonly at: number;
  /** After "alike:". */
  readonly reason: string;
}

/** @throws `reference/file-doubtful`, `reference/file-malformed` for what is no Dockerfile */
export function refuseDoubtful(text: string, file: DockerfileText, name: string): void {
  const doubt = doubtInText(text) ?? doubtInDirectives(file) ?? doubtInInstructions(file);
  if (doubt !== undefined) {
    const { at, reason } = doubt;
    throw new AppError('reference/file-doubtful', { name, line: lineCounter(text)(at), reason });
  }
  for (const instruction of file.instructions) {
    const [word = []] = splitWords(instruction, file.escape);
    const first = textOfTracked(word);
    // BuildKit also looks for the image that reads the file in first lines that are none of a Dockerfile's.
    if (instructions.has(first.toLowerCase())) continue;
    const reason = `${shortened(first)} is no instruction`;
    throw new AppError('reference/file-malformed', { name, reason });
  }
}

const shortened = (text: string): string => text.slice(0, 100);

function doubtInText(text: string): Doubt | undefined {
  // A carriage return alone ends a line for some, and blanks of other scripts make a comment for some.
  const control = text.search(/(?![\t\n\r])\p{Cc}|\r(?!\n)/u);
  if (control !== -1) return { at: control, reason: 'it holds control characters that not all take alike' };
  const blank = /^[ \t]*[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|\n[ \t]*\ufeff/m.exec(
    text,
  );
  if (blank === null) return undefined;
  const at = blank.index + blank[0].length - 1;
  return { at, reason: 'the line begins with a blank that not every builder takes for one' };
}

function doubtInDirectives({ directives }: DockerfileText): Doubt | undefined {
  const check = directives.indexOf('check');
  return check === -1 || check > directives.indexOf('escape')
    ? undefined
    : { at: 0, reason: 'its line # escape= stands behind # check=, where not every builder looks' };
}

function doubtInInstructions({
  instructions: all,
  escape,
  hasOpenHeredoc,
}: DockerfileText): Doubt | undefined {
  if (hasOpenHeredoc) return doubtIn(all.at(-1), () => 'a here-document has no end');
  const odd = all.find((one) => isDoubtful(one, escape));
  if (odd !== undefined)
    return doubtIn(odd, (words) => `not every builder takes the same for a here-document in ${words}`);
  // A stage that begins with this one reads it once more, and then with the usual escape.
  const isReread = (line: string): boolean => /^[\t-\r ]*onbuild[\t-\r ]/i.test(line) && line.includes('\\');
  const reread = escape === '\\' ? undefined : all.find((one) => isReread(textOfTracked(one)));
  if (reread !== undefined)
    return doubtIn(reread, () => 'ONBUILD in it is read with another escape than the file');
  // BuildKit takes bytes for characters there, and some of them for blanks.
  const flags = all.flatMap((one) => flagsOf(one, escape));
  const foreign = flags.find((flag) => /[^\0-\x7f]/.test(textOfTracked(flag)));
  return foreign && doubtIn(foreign, (words) => `the option ${words} has letters beyond ASCII`);
}

function doubtIn(marks: Tracked | undefined, say: (words: string) => string): Doubt {
  return { at: marks?.[0]?.at ?? 0, reason: say(shortened(textOfTracked(marks ?? []))) };
}

function flagsOf(instruction: Tracked, escape: string): readonly Tracked[] {
  const words = splitWords(instruction, escape);
  const first = words.findIndex((word) => textOfTracked(word).toLowerCase() !== 'onbuild');
  return splitFlags(words.slice(first + 1)).flags;
}
