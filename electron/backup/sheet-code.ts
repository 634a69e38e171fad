/**
 * Keys as text that fits into QR codes on paper, and back. Privileged process. The text is notary's own export
 * bundle, with a check below it that tools pass over: what any reader of QR codes gives, `notary key import` takes.
 */
import { createHash, type Hash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { exportBundle } from '../keystore/export-key.ts';
import { assertWholeBlock } from '../keystore/key-block.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { type KeyFileEntry, parseKeyFile } from '../keystore/private-key-file.ts';
import { toCleanPem, withChecks } from './sheet-check.ts';

/** One QR code. */
export interface SheetCode {
  readonly text: string;
  readonly part: number;
  readonly parts: number;
}

/**
 * Bytes in one code: what version 25 holds at the middle level of error correction, still printable at 6 cm. An
 * encrypted EC key needs one code; RSA keys need two or more.
 */
const MAX_CODE_BYTES = 997;
const PART = /^trustdesk\s+key\s+part\s+(\d+)\s+of\s+(\d+)\s+([0-9a-f]{8})\s/;
/** A key of 16,384 bits has fewer. */
const MAX_PARTS = 16;
/** No code of any kind holds more. */
const MAX_PART_LENGTH = 4096;
/** SECURITY: for all that is read at once: a text may hold many parts that never fit. */
const MAX_FITTINGS = 2 ** 17;

/** The codes of one stored key, under its passphrase. Throws what reading a stored key throws. */
export async function sheetCodes(key: StoredKey): Promise<readonly SheetCode[]> {
  return codesOf(await exportBundle([key]));
}

/**
 * A long text is parted at ends of lines, so that the parts without their first lines make up the text again with any
 * tool. `bundle`: an export bundle of one key.
 */
export function codesOf(bundle: string): readonly SheetCode[] {
  const text = withChecks(bundle);
  if (text.length <= MAX_CODE_BYTES) return [{ text, part: 1, parts: 1 }];
  const check = checkOf(text);
  const header = (part: number, parts: number) => `trustdesk key part ${part} of ${parts} ${check}\n`;
  const slices = partAtLines(text, MAX_CODE_BYTES - header(99, 99).length);
  return slices.map((slice, index) => ({
    text: header(index + 1, slices.length) + slice,
    part: index + 1,
    parts: slices.length,
  }));
}

/** A line that is longer than the room, as a long check, is cut. */
function partAtLines(text: string, room: number): readonly string[] {
  const lines = text.match(new RegExp(`.{0,${String(room - 1)}}\\n|.{1,${String(room)}}`, 'g')) ?? [];
  return lines.reduce<readonly string[]>((parts, line) => {
    const last = parts.at(-1);
    if (last === undefined || last.length + line.length > room) return [...parts, line];
    return [...parts.slice(0, -1), last + line];
  }, []);
}

/** A code as SVG, black on white, for print. */
export async function toSvg(code: SheetCode): Promise<string> {
  const { default: qrcode } = await import('qrcode');
  return qrcode.toString(code.text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
}

/**
 * The keys in texts that were scanned, typed or pasted, in any order. Line ends and blanks may have changed on the way;
 * everything else has to be as it was printed, as far as that can be told without the passphrase.
 *
 * Throws `backup/code-unreadable` with what is missing or wrong.
 */
export function readSheetCodes(texts: readonly string[]): readonly KeyFileEntry[] {
  const normal = texts.flatMap(splitSheetText).map((text) => text.replace(/^\s+/, ''));
  const whole = normal.filter((text) => !PART.test(text));
  const joined = joinParts(normal.filter((text) => PART.test(text)));
  const entries = [...whole, ...joined].map(toCleanPem).flatMap(readEntries);
  if (entries.length > 0) return entries;
  throw new AppError('backup/code-unreadable', { reason: 'there is no key in it' });
}

function joinParts(texts: readonly string[]): readonly string[] {
  const byCheck = new Map<string, Map<number, string>>();
  for (const text of texts) {
    const [header = '', part = '', parts = '', check = ''] = PART.exec(text) ?? [];
    const known = byCheck.get(check) ?? new Map<number, string>([[0, parts]]);
    byCheck.set(check, known.set(Number(part), text.slice(header.length)));
  }
  const tries = { left: MAX_FITTINGS };
  return [...byCheck].map(([check, parts]) => joinOne(check, parts, tries));
}

/** How often line ends may still be tried. */
interface Tries {
  left: number;
}

function joinOne(check: string, parts: ReadonlyMap<number, string>, tries: Tries): string {
  const total = Number(parts.get(0));
  if (total < 1 || total > MAX_PARTS) {
    throw new AppError('backup/code-unreadable', { reason: `it claims to be one of ${total} parts` });
  }
  const wanted = Array.from({ length: total }, (_, index) => index + 1);
  const missing = wanted.filter((part) => !parts.has(part));
  if (missing.length > 0) {
    throw new AppError('backup/code-unreadable', {
      reason: `part ${missing.join(', ')} of ${total} is missing`,
    });
  }
  const slices = wanted.map((part) => parts.get(part) ?? '');
  const text = findFitting(slices, check, tries);
  if (text !== undefined) return text;
  // Line ends are not what is wrong with it, then: the key's own check names the line. Older sheets have none.
  const cleaned = toCleanPem(slices.join('\n'));
  if (checkOf(withChecks(cleaned)) === check || checkOf(cleaned) === check) return cleaned;
  throw new AppError('backup/code-unreadable', { reason: 'its parts do not fit together' });
}

/**
 * Scanners drop the last line break of a code, and pasting adds some: each part is tried with one at its end and with
 * none. The check tells which is right.
 */
function findFitting(parts: readonly string[], check: string, tries: Tries): string | undefined {
  if (parts.some((part) => part.length > MAX_PART_LENGTH)) return undefined;
  const bare = parts.map((part) => part.replace(/\n+$/, ''));
  // What a part may be is hashed once for all that may follow it.
  const fit = (before: Hash, at: number): string | undefined => {
    if (tries.left-- <= 0) return undefined;
    if (at === bare.length) return before.digest('hex').startsWith(check) ? '' : undefined;
    for (const part of [`${bare[at] ?? ''}\n`, bare[at] ?? '']) {
      const rest = fit(before.copy().update(part), at + 1);
      if (rest !== undefined) return part + rest;
    }
    return undefined;
  };
  return fit(createHash('sha256'), 0);
}

/** The codes in a text that several of them were pasted into, one after the other. */
export function splitSheetText(text: string): readonly string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/(?=\btrustdesk\s+key\s+part\s+\d)/)
    .filter((part) => part.trim() !== '');
}

function readEntries(text: string): readonly KeyFileEntry[] {
  if (text === '') return [];
  const { entries, skipped } = orUnreadable('there is no key in it', () =>
    parseKeyFile('the code', new TextEncoder().encode(text)),
  );
  const [odd] = skipped;
  if (odd !== undefined) {
    const reason = `it has a block of another kind, ${odd.slice(0, 40)}`;
    throw new AppError('backup/code-unreadable', { reason });
  }
  for (const { block } of entries) {
    if (block !== undefined)
      orUnreadable('the key in it is cut off or damaged', () => assertWholeBlock(block));
  }
  return entries;
}

function orUnreadable<T>(reason: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new AppError('backup/code-unreadable', { reason }, { cause: error });
  }
}

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
