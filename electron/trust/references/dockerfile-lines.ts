/**
 * The instructions of a Dockerfile, each as one line with the places of its characters: continuations joined, comments
 * and the bodies of here-documents left out. Pure. Rules: BuildKit's parser and its parser directives.
 *
 * Written here because the readers there are keep no places of what they read, or the whole text of an instruction only.
 */
import { type Heredoc, heredocsOf } from './dockerfile-heredocs.ts';
import { type Mark, type Tracked, trackedSlice } from './tracked-text.ts';

export interface DockerfileText {
  /** `\` unless the file names another. */
  readonly escape: string;
  /** What `# syntax=` names: an image that reads the file. */
  readonly syntax: Tracked | undefined;
  readonly instructions: readonly Tracked[];
  /** Whoever does not know here-documents takes their lines for instructions. */
  readonly hasHeredocs: boolean;
  /** One of them has no end. */
  readonly hasOpenHeredoc: boolean;
  /** The names of the lines at the top, in lower case. */
  readonly directives: readonly string[];
}

interface Line {
  readonly from: number;
  /** Without its line break. */
  readonly to: number;
}

/** Reads what is there; never throws. */
export function readDockerfile(text: string): DockerfileText {
  const lines = linesOf(text);
  const { escape, syntax, directives } = readDirectives(text, lines);
  const instructions: Tracked[] = [];
  let hasHeredocs = false;
  let hasOpenHeredoc = false;
  for (let at = 0; at < lines.length;) {
    const { marks, next } = joinLines(text, lines, at, escape);
    at = next;
    if (marks.length === 0) continue;
    instructions.push(marks);
    for (const heredoc of heredocsOf(marks)) {
      hasHeredocs = true;
      const end = endOfHeredoc(text, lines, at, heredoc);
      hasOpenHeredoc ||= end === undefined;
      at = end ?? lines.length;
    }
  }
  return { escape, syntax, directives, instructions, hasHeredocs, hasOpenHeredoc };
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  // A byte order mark is no part of the first instruction.
  let from = text.startsWith('\ufeff') ? 1 : 0;
  while (from < text.length) {
    const found = text.indexOf('\n', from);
    const end = found === -1 ? text.length : found;
    let to = end;
    while (to > from && text.charAt(to - 1) === '\r') to--;
    lines.push({ from, to });
    from = end + 1;
  }
  return lines;
}

/** What Go calls a blank: a byte order mark is none, and U+0085 is one. */
export const blank = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const leadingBlanks = new RegExp(`^${blank}+`);
export const withoutLeadingBlanks = (line: string): string => line.replace(leadingBlanks, '');

const directive = new RegExp(
  `^#${blank}*([A-Za-z][A-Za-z0-9]*)[\\t\\n\\f\\r ]*=[\\t\\n\\f\\r ]*(?=[^\\t\\n\\f\\r ])`,
);

/**
 * `# name=value` lines at the very top, until something else stands there. Where BuildKit looks for the image that reads
 * the file, a first line with `#!` does not count, and ends the lines of its parser.
 */
function readDirectives(
  text: string,
  lines: readonly Line[],
): Pick<DockerfileText, 'escape' | 'syntax' | 'directives'> {
  const [first] = lines;
  const hasShebang = first !== undefined && text.startsWith('#!', first.from);
  let escape = '\\';
  let syntax: Tracked | undefined;
  const directives: string[] = [];
  for (const { from, to } of hasShebang ? lines.slice(1) : lines) {
    const line = text.slice(from, to);
    const bare = withoutLeadingBlanks(line);
    const [lead = '', word = ''] = directive.exec(bare) ?? [];
    const value = withoutTrailingBlanks(bare.slice(lead.length));
    const name = word.toLowerCase();
    if (!['syntax', 'escape', 'check'].includes(name)) break;
    directives.push(name);
    const start = from + line.length - bare.length + lead.length;
    if (name === 'syntax')
      syntax ??= trackedSlice(text, start, start + (value.split(' ', 1)[0] ?? '').length);
    if (name === 'escape' && !hasShebang && (value === '`' || value === '\\')) escape = value;
  }
  return { escape, syntax, directives };
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
    const bare = withoutLeadingBlanks(line);
    const isBlank = bare === '' || bare.startsWith('#');
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

/** The line after the end of a here-document. */
function endOfHeredoc(
  text: string,
  lines: readonly Line[],
  from: number,
  { name, chomp }: Heredoc,
): number | undefined {
  for (let at = from; at < lines.length; at++) {
    const line = lines[at];
    const words = line === undefined ? '' : text.slice(line.from, line.to);
    if ((chomp ? words.replace(/^\t+/, '') : words) === name) return at + 1;
  }
  return undefined;
}

/** A pattern would look at every run of blanks again and again. */
function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && '\t\n\f\r '.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
