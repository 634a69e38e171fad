/**
 * The instructions of a Dockerfile, each as one line with the places of its characters: continuations joined, comments
 * and the bodies of here-documents left out. Pure. Rules: BuildKit's parser and its parser directives.
 *
 * Written here because the readers there are keep no places of what they read, or the whole text of an instruction only.
 */
import type { Mark, Tracked } from './tracked-text.ts';
import { textOfTracked, trackedSlice } from './tracked-text.ts';

export interface DockerfileText {
  /** `\` unless the file names another. */
  readonly escape: string;
  /** What `# syntax=` names: an image that reads the file. */
  readonly syntax: Tracked | undefined;
  readonly instructions: readonly Tracked[];
}

interface Line {
  readonly from: number;
  /** Without its line break. */
  readonly to: number;
}

/** Reads what is there; never throws. */
export function readDockerfile(text: string): DockerfileText {
  const lines = linesOf(text);
  const { escape, syntax } = readDirectives(text, lines);
  const instructions: Tracked[] = [];
  for (let at = 0; at < lines.length;) {
    const { marks, next } = joinLines(text, lines, at, escape);
    at = next;
    if (marks.length === 0) continue;
    instructions.push(marks);
    for (const heredoc of heredocsOf(marks, escape)) at = skipHeredoc(text, lines, at, heredoc);
  }
  return { escape, syntax, instructions };
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  // A byte order mark is no part of the first instruction.
  let from = text.startsWith('\ufeff') ? 1 : 0;
  while (from < text.length) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    lines.push({ from, to: text.charAt(end - 1) === '\r' && end > from ? end - 1 : end });
    from = end + 1;
  }
  return lines;
}

/** `# name=value` lines at the very top, until something else stands there. */
function readDirectives(text: string, lines: readonly Line[]): Pick<DockerfileText, 'escape' | 'syntax'> {
  let escape = '\\';
  let syntax: Tracked | undefined;
  for (const { from, to } of lines) {
    const found = /^\s*#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S+)/d.exec(text.slice(from, to));
    if (found === null) break;
    const name = found[1]?.toLowerCase();
    const [start, end] = found.indices?.[2] ?? [0, 0];
    if (name === 'syntax') syntax ??= trackedSlice(text, from + start, from + end);
    if (name === 'escape' && (found[2] === '`' || found[2] === '\\')) escape = found[2];
  }
  return { escape, syntax };
}

/** One instruction from line `first` on: as many lines as are continued; comments and empty lines between do not count. */
function joinLines(
  text: string,
  lines: readonly Line[],
  first: number,
  escape: string,
): { readonly marks: Tracked; readonly next: number } {
  const marks: Mark[] = [];
  let next = first;
  for (; next < lines.length; next++) {
    const { from, to } = lines[next] ?? { from: 0, to: 0 };
    const line = text.slice(from, to);
    const isBlank = line.trim() === '' || line.trimStart().startsWith('#');
    if (isBlank && marks.length === 0) return { marks: [], next: next + 1 };
    if (isBlank) continue;
    const end = continuedAt(line, escape);
    marks.push(...trackedSlice(text, from, from + (end ?? line.length)));
    if (end === undefined) return { marks, next: next + 1 };
  }
  return { marks, next };
}

/** Where the escape character that continues a line stands; one that is escaped itself continues nothing. */
function continuedAt(line: string, escape: string): number | undefined {
  let last = line.length;
  while (last > 0 && ' \t'.includes(line.charAt(last - 1))) last--;
  const isEscape = (at: number): boolean => at >= 0 && line.charAt(at) === escape;
  return isEscape(last - 1) && !isEscape(last - 2) ? last - 1 : undefined;
}

interface Heredoc {
  readonly name: string;
  /** Tabs before its end do not count. */
  readonly chomp: boolean;
}

const withHeredocs = /^\s*(?:onbuild\s+)*(?:run|copy|add)\s/i;

function heredocsOf(marks: Tracked, escape: string): readonly Heredoc[] {
  const line = textOfTracked(marks);
  if (!withHeredocs.test(line) || !line.includes('<<')) return [];
  return splitWords(marks, escape).flatMap((word) => {
    const [, chomp, rest = ''] = /^\d*<<(-?)([^<]+)$/.exec(textOfTracked(word)) ?? [];
    const name = rest.replace(/["']/g, '').replaceAll(escape, '');
    return chomp === undefined || name === '' ? [] : [{ name, chomp: chomp === '-' }];
  });
}

/** The line after the end of a here-document; after the last line when it has none. */
function skipHeredoc(text: string, lines: readonly Line[], from: number, { name, chomp }: Heredoc): number {
  for (let at = from; at < lines.length; at++) {
    const line = lines[at];
    const words = line === undefined ? '' : text.slice(line.from, line.to);
    if ((chomp ? words.replace(/^\t+/, '') : words) === name) return at + 1;
  }
  return lines.length;
}

/** Words between blanks; quotes and escapes hold a word together and stay in it. */
export function splitWords(marks: Tracked, escape: string): readonly Tracked[] {
  const words: Mark[][] = [];
  let word: Mark[] = [];
  let quote = '';
  for (let at = 0; at < marks.length; at++) {
    const mark = marks[at] as Mark;
    if (quote === '' && /\s/.test(mark.char)) {
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
  return words;
}
