/**
 * The text of a printed key: cleaned of what typing and scanning do to line ends, and held against the check that is
 * printed below it, so that a slip is found at once and its line is named. Pure. The check stands outside the PEM block:
 * docker and notary pass it over.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';

/** One line: four hexadecimal digits for each line of the block, then eight for all of them. */
const CHECK = 'trustdesk check';
/**
 * SECURITY: a text comes from others. A name begins with a letter and a block ends at the next, so that reading one takes
 * no longer than the text is long.
 */
const BLOCK =
  /-----BEGIN\s+([A-Z0-9][A-Z0-9\s]*?)-----((?:(?!-----BEGIN\s)[\s\S])*?)-----END\s+([A-Z0-9][A-Z0-9\s]*?)-----(?:\s*trustdesk\s+check((?:\s+[0-9a-fA-F]+\b(?!:))+))?/g;
const HEADER = /^([A-Za-z][A-Za-z-]*):(.*)$/;
/** What is left over of a key. */
const STRAY = /\b(?:BEGIN|END)\b|trustdesk\s+check/i;
/** Of PEM. */
const COLUMNS = 64;

interface Block {
  readonly type: string;
  /** `name: value`, in the order they came. */
  readonly headers: readonly string[];
  /** Whatever stands where base64 should. */
  readonly body: string;
}

/** Puts its check below every block of an export bundle. */
export function withChecks(bundle: string): string {
  return bundle.replace(BLOCK, (whole, type: string, inside: string) => {
    return `${whole}\n${CHECK} ${checkOf(linesOf(toBlock(type, inside))).join(' ')}`;
  });
}

/**
 * The blocks of a text that was typed, scanned or pasted, as PEM again. Blanks for line ends, indented lines, other line
 * ends and other line lengths are nothing. A text without a check, as of older sheets, is only cleaned.
 *
 * Throws `backup/code-unreadable`, which names the line that is not as it was printed.
 */
export function toCleanPem(text: string): string {
  const blocks = [...text.matchAll(BLOCK)];
  const begun = text.match(/-----BEGIN\s/g)?.length ?? 0;
  if (blocks.length < begun) throw unreadable('the end of the key is missing');
  // SECURITY: a key that is silently passed over is one that nobody misses until it is needed.
  if (STRAY.test(text.replace(BLOCK, ''))) throw unreadable('a key in it has no whole first or last line');
  return blocks.map(toPem).join('');
}

function toPem([, type = '', inside = '', end = '', check]: RegExpExecArray): string {
  const block = toBlock(type, inside);
  if (block.type !== toWords(end)) throw unreadable('its last line does not fit its first');
  if (check !== undefined) assertCheck(linesOf(block), check.toLowerCase().split(/\s+/).slice(1));
  assertBase64(block.body);
  const headers = block.headers.length === 0 ? [] : [...block.headers, ''];
  const lines = [...headers, ...cut(block.body)];
  return `-----BEGIN ${block.type}-----\n${lines.join('\n')}\n-----END ${block.type}-----\n`;
}

const toWords = (type: string): string => type.trim().replace(/\s+/g, ' ');

/** The values of headers are single words, so that line ends are not needed to tell where one ends. */
function toBlock(type: string, inside: string): Block {
  const words = inside.split(/\s+/).filter((word) => word !== '');
  const headers: string[] = [];
  let at = 0;
  for (let found = HEADER.exec(words[at] ?? ''); found !== null; found = HEADER.exec(words[at] ?? '')) {
    const [, name = '', attached = ''] = found;
    headers.push(`${name}: ${attached === '' ? (words[++at] ?? '') : attached}`);
    at++;
  }
  return { type: toWords(type), headers, body: words.slice(at).join('') };
}

function cut(body: string): readonly string[] {
  return body.match(new RegExp(`.{1,${String(COLUMNS)}}`, 'gs')) ?? [];
}

const linesOf = ({ headers, body }: Block): readonly string[] => [...headers, ...cut(body)];

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

function checkOf(lines: readonly string[]): readonly string[] {
  return [...lines.map((line) => digest(line, 4)), digest(lines.join('\n'), 8)];
}

function assertCheck(lines: readonly string[], printed: readonly string[]): void {
  const found = checkOf(lines);
  // The digits for all lines are right, so the lines are: the slip is among the other digits.
  if (found.at(-1) === printed.at(-1)) return;
  const wrong = lines.findIndex((_, at) => found[at] !== printed[at]);
  if (wrong >= 0 && wrong < printed.length - 1) throw unreadable(nameOfLine(lines, wrong));
  if (printed.at(-1)?.length !== 8 || printed.length === found.length) {
    throw unreadable(`its line "${CHECK}" is not as it was printed`);
  }
  throw unreadable(
    printed.length > found.length
      ? 'the end of the key is missing'
      : 'there is more of the key than was printed',
  );
}

function nameOfLine(lines: readonly string[], wrong: number): string {
  const headers = lines.filter((line) => HEADER.test(line)).length;
  const [name = ''] = (lines[wrong] ?? '').split(':', 1);
  const line =
    wrong < headers ? `its line "${name}"` : `line ${String(wrong - headers + 1)} below the empty line`;
  return `${line} is not as it was printed`;
}

/** Strict: Go and Node pass over characters and bits that do not belong there. */
function assertBase64(body: string): void {
  const lines = cut(body);
  const bad = lines.findIndex((line) => /[^A-Za-z0-9+/=]/.test(line) || /=[^=]/.test(line));
  if (bad >= 0) {
    throw unreadable(`line ${String(bad + 1)} below the empty line has a character that cannot be there`);
  }
  if (Buffer.from(body, 'base64').toString('base64') !== body) {
    throw unreadable('letters are missing from the key, or there are too many');
  }
}

function unreadable(reason: string): AppError {
  return new AppError('backup/code-unreadable', { reason });
}
