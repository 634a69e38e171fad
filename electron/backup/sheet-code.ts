/**
 * Keys as text that fits into QR codes on paper, and back. Privileged process. The text is notary's own export
 * bundle, so that any reader of QR codes gives something `notary key import` takes, with or without us.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { exportBundle } from '../keystore/export-key.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { type KeyFileEntry, parseKeyFile } from '../keystore/private-key-file.ts';

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
const PART = /^trustdesk key part (\d+) of (\d+) ([0-9a-f]{8})\n/;
/** A key of 16,384 bits has fewer. */
const MAX_PARTS = 16;

/** The codes of one stored key, under its passphrase. Throws what reading a stored key throws. */
export async function sheetCodes(key: StoredKey): Promise<readonly SheetCode[]> {
  return codesOf(await exportBundle([key]));
}

/** @param text an export bundle of one key */
export function codesOf(text: string): readonly SheetCode[] {
  if (text.length <= MAX_CODE_BYTES) return [{ text, part: 1, parts: 1 }];
  const check = checkOf(text);
  const header = (part: number, parts: number) => `trustdesk key part ${part} of ${parts} ${check}\n`;
  const room = MAX_CODE_BYTES - header(99, 99).length;
  const parts = Math.ceil(text.length / room);
  return Array.from({ length: parts }, (_, index) => {
    const slice = text.slice(index * room, (index + 1) * room);
    return { text: header(index + 1, parts) + slice, part: index + 1, parts };
  });
}

/** A code as SVG, black on white, for print. */
export async function toSvg(code: SheetCode): Promise<string> {
  const { default: qrcode } = await import('qrcode');
  return qrcode.toString(code.text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
}

/**
 * The keys in texts that were scanned or pasted, in any order. Line ends may have changed on the way.
 *
 * Throws `backup/code-unreadable` with what is missing or wrong.
 */
export function readSheetCodes(texts: readonly string[]): readonly KeyFileEntry[] {
  const normal = texts.map((text) => text.replace(/\r\n?/g, '\n').replace(/^\s+/, ''));
  const whole = normal.filter((text) => !PART.test(text));
  const joined = joinParts(normal.filter((text) => PART.test(text)));
  const entries = [...whole, ...joined].flatMap(readEntries);
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
  return [...byCheck].map(([check, parts]) => joinOne(check, parts));
}

function joinOne(check: string, parts: ReadonlyMap<number, string>): string {
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
  const text = findFitting(
    wanted.map((part) => parts.get(part) ?? ''),
    check,
  );
  if (text !== undefined) return text;
  throw new AppError('backup/code-unreadable', { reason: 'its parts do not fit together' });
}

/**
 * Scanners drop the last line break of a code, and pasting adds some: each part is tried with one at its end and with
 * none. The check tells which is right.
 */
function findFitting(parts: readonly string[], check: string): string | undefined {
  const bare = parts.map((part) => part.replace(/\n+$/, ''));
  for (let breaks = 0; breaks < 2 ** bare.length; breaks++) {
    const text = bare.map((part, at) => (((breaks >> at) & 1) === 1 ? `${part}\n` : part)).join('');
    if (checkOf(text) === check) return text;
  }
  return undefined;
}

/** The codes in a text that several of them were pasted into, one after the other. */
export function splitSheetText(text: string): readonly string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/^(?=trustdesk key part \d)/m)
    .filter((part) => part.trim() !== '');
}

function readEntries(text: string): readonly KeyFileEntry[] {
  try {
    return parseKeyFile('the code', new TextEncoder().encode(text)).entries;
  } catch (error) {
    throw new AppError('backup/code-unreadable', { reason: 'there is no key in it' }, { cause: error });
  }
}

function checkOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
