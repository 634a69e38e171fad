/**
 * Here-documents of a Dockerfile's line. Pure. Rules: BuildKit's parser, whose lexer knows no escape but `\` there.
 *
 * SECURITY: who takes an instruction for the line of a here-document does not see it. BuildKit's versions differ in the
 * odd ones; what all of them read alike is told apart here.
 */
import { hasOpenQuote, splitWords } from './dockerfile-words.ts';
import { textOfTracked, type Tracked } from './tracked-text.ts';

export interface Heredoc {
  readonly name: string;
  /** Tabs before its end do not count. */
  readonly chomp: boolean;
}

/** What stands in the form of a JSON list has none. */
const withHeredocs = /^[\t-\r ]*(?:onbuild[\t-\r ]+)?(?:run|copy|add)[\t-\r ]+(?!\[)/i;
const escape = '\\';

export function heredocsOf(marks: Tracked): readonly Heredoc[] {
  const line = textOfTracked(marks);
  if (!line.includes('<<') || !withHeredocs.test(line)) return [];
  // Its lexer gives up, and then there are none.
  if (hasOpenQuote(marks, escape) || /\$\{(?:[{}:]|$)/.test(line)) return [];
  const words = splitWords(marks, escape).map(textOfTracked);
  return words.flatMap((word, at) => {
    const [, chomp, rest = ''] = /^\d*<<(-?)([^<]*)$/.exec(word) ?? [];
    // Blanks may stand before the name.
    const name = (rest === '' ? (words[at + 1] ?? '') : rest).replace(/["'\\]/g, '');
    return chomp === undefined || name === '' || name.includes('<') ? [] : [{ name, chomp: chomp === '-' }];
  });
}

/** True when a line could be one with a here-document for one reader and not for another. */
export function isDoubtful(marks: Tracked, fileEscape: string): boolean {
  const line = textOfTracked(marks);
  const looks = line.match(/(?<=^|[\s"'`\\])\d*<<(?!<)/g)?.length ?? 0;
  if (looks === 0) return false;
  const plain = splitWords(marks, escape).filter((word) =>
    /^\d*<<-?(["']?)[\w.-]*[\w.]\1$/.test(textOfTracked(word)),
  );
  return (
    plain.length !== looks ||
    heredocsOf(marks).length !== looks ||
    /\$\{(?![A-Za-z_]\w*\})/.test(line) ||
    (fileEscape !== escape && /[`\\]/.test(line))
  );
}
