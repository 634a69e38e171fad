/**
 * What in a Dockerfile not every builder reads alike. Pure.
 * SECURITY: what is looked up, reported as signed and pinned must be what the builder takes, so whatever it could read
 * otherwise is refused.
 */
import { isDoubtful } from './dockerfile-heredocs.ts';
import type { DockerfileText } from './dockerfile-lines.ts';
import { splitFlags, splitWords } from './dockerfile-words.ts';
import { textOfTracked, type Tracked } from './tracked-text.ts';

const instructions = new Set(
  (
    'add arg cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell stopsignal user ' +
    'volume workdir'
  ).split(' '),
);

/** The reason why the file is not read at all; undefined where all builders read the same. */
export function doubtOf(text: string, file: DockerfileText): string | undefined {
  return doubtfulText(text, file) ?? notAnInstruction(file);
}

/** BuildKit also looks for the image that reads the file in first lines that are none of a Dockerfile's. */
function notAnInstruction({ instructions: all, escape }: DockerfileText): string | undefined {
  const first = all
    .map((one) => textOfTracked(splitWords(one, escape)[0] ?? []))
    .find((word) => !instructions.has(word.toLowerCase()));
  return first === undefined ? undefined : `${first.slice(0, 100)} is no instruction`;
}

/** What one builder reads in another way than the next, or another version of it. */
function doubtfulText(text: string, file: DockerfileText): string | undefined {
  // A carriage return alone ends a line for some, and blanks of other scripts make a comment for some.
  if (/(?![\t\n\r])\p{Cc}|\r(?!\n)/u.test(text))
    return 'it holds control characters that not every builder reads alike';
  if (/^[ \t]*[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|\n[ \t]*\ufeff/m.test(text))
    return 'a line begins with a blank that not every builder takes for one';
  const { directives } = file;
  if (directives.includes('check') && directives.indexOf('check') < directives.indexOf('escape'))
    return 'its line # escape= stands behind # check=, where not every builder looks';
  if (file.hasOpenHeredoc) return 'a here-document has no end';
  const odd = file.instructions.find((one) => isDoubtful(one, file.escape));
  if (odd !== undefined)
    return `not every builder takes the same for a here-document in ${textOfTracked(odd).slice(0, 100)}`;
  // A stage that begins with this one reads it once more, and then with the usual escape.
  const isReread = (line: string): boolean => /^[\t-\r ]*onbuild[\t-\r ]/i.test(line) && line.includes('\\');
  if (file.escape !== '\\' && file.instructions.map(textOfTracked).some(isReread))
    return 'ONBUILD in it is read with another escape than the file';
  const flags = file.instructions.flatMap((one) => flagsOf(one, file.escape));
  // BuildKit takes bytes for characters there, and some of them for blanks.
  const foreign = flags.map(textOfTracked).find((flag) => /[^\0-\x7f]/.test(flag));
  return foreign === undefined ? undefined : `the option ${foreign.slice(0, 100)} has letters beyond ASCII`;
}

function flagsOf(instruction: Tracked, escape: string): readonly Tracked[] {
  const words = splitWords(instruction, escape);
  const first = words.findIndex((word) => textOfTracked(word).toLowerCase() !== 'onbuild');
  return splitFlags(words.slice(first + 1)).flags;
}
