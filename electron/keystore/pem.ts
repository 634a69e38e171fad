/**
 * PEM as Go's `encoding/pem` reads and writes it, because docker and notary do: headers in alphabetical order
 * (`Proc-Type` first), 64 columns, `\n`. Pure bytes; no file access, no cryptography, no heavy import (`key list`
 * goes through here). OpenSSL's reader cannot be used: it refuses blocks with headers it does not know.
 */
import { Buffer } from 'node:buffer';

export interface PemBlock {
  /** The label, e.g. `ENCRYPTED PRIVATE KEY`. */
  readonly type: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded body. May hold a private key: whoever decodes it wipes it. */
  readonly bytes: Uint8Array;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Every well-formed block in order; text around blocks and malformed blocks are passed over, as Go does. */
export function decodePemBlocks(input: Uint8Array | string): readonly PemBlock[] {
  const text =
    typeof input === 'string'
      ? input
      : Buffer.from(input.buffer, input.byteOffset, input.length).toString('utf8');
  const lines = text.split('\n');
  const blocks: PemBlock[] = [];
  for (let at = 0; at < lines.length;) {
    const found = readBlock(lines, at);
    if (found.block !== undefined) blocks.push(found.block);
    at = found.next;
  }
  return blocks;
}

/** The first well-formed block, the only one that docker and notary look at in a stored key. */
export function decodeFirstPemBlock(input: Uint8Array | string): PemBlock | undefined {
  return decodePemBlocks(input)[0];
}

function readBlock(lines: readonly string[], at: number): { block?: PemBlock; next: number } {
  const opening = trimRight(lines[at] ?? '');
  const none = { next: at + 1 };
  if (
    !opening.startsWith(BEGIN) ||
    !opening.endsWith(DASHES) ||
    opening.length < BEGIN.length + DASHES.length
  )
    return none;
  const type = opening.slice(BEGIN.length, -DASHES.length);
  const headers = new Map<string, string>();
  let line = at + 1;
  for (; line < lines.length; line++) {
    const header = /^([^:]*):(.*)$/s.exec(lines[line] ?? '');
    if (header === null) break;
    headers.set((header[1] ?? '').trim(), (header[2] ?? '').trim());
  }
  const closing = END + type + DASHES;
  const bodyStart = line;
  while (line < lines.length && !(lines[line] ?? '').startsWith(END)) line++;
  if (trimRight(lines[line] ?? '') !== closing) return none;
  const body = lines
    .slice(bodyStart, line)
    .join('')
    .replace(/[ \t\r]/g, '');
  if (!BASE64.test(body)) return none;
  return { block: { type, headers, bytes: new Uint8Array(Buffer.from(body, 'base64')) }, next: line + 1 };
}

function trimRight(line: string): string {
  return line.replace(/[ \t\r]+$/, '');
}

/**
 * Writes one block exactly as Go's `pem.Encode`. Throws a plain `Error` for a type or header that could not be
 * read back (line breaks, a colon in a name): callers only pass validated roles and GUNs, so that is a bug.
 */
export function encodePem(block: PemBlock): string {
  assertOneLine(block.type);
  const lines = [`${BEGIN}${block.type}${DASHES}`];
  for (const name of headerOrder(block.headers)) {
    const value = block.headers.get(name) ?? '';
    // SECURITY: a line break in a value would let a name smuggle in further headers.
    assertOneLine(value);
    if (name === '' || name.includes(':')) throw new Error('malformed PEM header name');
    assertOneLine(name);
    lines.push(`${name}: ${value}`);
  }
  if (block.headers.size > 0) lines.push('');
  const body = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.length).toString('base64');
  for (let i = 0; i < body.length; i += 64) lines.push(body.slice(i, i + 64));
  lines.push(`${END}${block.type}${DASHES}`, '');
  return lines.join('\n');
}

/** Go: `Proc-Type` first (RFC 1421), the others sorted by bytes. */
function headerOrder(headers: ReadonlyMap<string, string>): readonly string[] {
  const names = [...headers.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return names.includes('Proc-Type') ? ['Proc-Type', ...names.filter((name) => name !== 'Proc-Type')] : names;
}

function assertOneLine(text: string): void {
  if (/[\r\n]/.test(text)) throw new Error('line break in a PEM header');
}
