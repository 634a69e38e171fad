/**
 * multipart bodies (RFC 2046) as Go's mime/multipart reads them, for uploads of a few metadata files. Pure.
 */

export interface Part {
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

const CR = 13;
const LF = 10;
const DASH = 45;
/** Bytes of the headers of one part; Go allows more, nobody needs them. */
const MAX_PART_HEADER_BYTES = 16 * 1024;
const MAX_PARTS = 2000;

const ascii = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/** The boundary of a multipart/form-data or multipart/mixed content type; undefined for anything else. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const parsed = parseHeaderValue(contentType ?? '');
  if (parsed === undefined) return undefined;
  if (parsed.value !== 'multipart/form-data' && parsed.value !== 'multipart/mixed') return undefined;
  return parsed.parameters.get('boundary');
}

/**
 * A header value with parameters (`form-data; name="files"; filename="root"`). Names and the value are
 * lower-cased; undefined when there is no value or a parameter is malformed.
 */
export function parseHeaderValue(
  text: string,
): { readonly value: string; readonly parameters: ReadonlyMap<string, string> } | undefined {
  const [, value = '', rest = ''] = /^\s*([^;\s]*)\s*(.*)$/s.exec(text) ?? [];
  if (value === '') return undefined;
  const parameters = new Map<string, string>();
  const pattern = /\s*;\s*(?:([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?\s*/gsy;
  while (pattern.lastIndex < rest.length) {
    const found = pattern.exec(rest);
    if (found === null) return undefined;
    const [, name, quoted, plain] = found;
    if (name === undefined) continue;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted === undefined ? (plain ?? '') : unescapeQuoted(quoted));
  }
  return { value: value.toLowerCase(), parameters };
}

/** Go undoes the escaping of a quote and a backslash only: other backslashes are part of Windows file names. */
const unescapeQuoted = (text: string): string => text.replace(/\\(["\\])/g, '$1');

/** All parts, or undefined when the body is cut short or is no multipart body with that boundary. */
export function parseMultipart(body: Uint8Array, boundary: string): readonly Part[] | undefined {
  const delimiter = Buffer.from(`--${boundary}`);
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.length);
  const parts: Part[] = [];
  let at = startOfFirst(buffer, delimiter);
  while (at !== undefined && parts.length < MAX_PARTS) {
    const after = at + delimiter.length;
    if (buffer[after] === DASH && buffer[after + 1] === DASH) return parts;
    const start = skipLineEnd(buffer, after);
    const end =
      start === undefined ? -1 : buffer.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), start - 2);
    if (start === undefined || end < 0) return undefined;
    const part = parsePart(buffer.subarray(start, Math.max(start, end)));
    if (part === undefined) return undefined;
    parts.push(part);
    at = end + 2;
  }
  return undefined;
}

/** The first delimiter stands at the very beginning or at the beginning of a line behind a preamble. */
function startOfFirst(buffer: Buffer, delimiter: Buffer): number | undefined {
  if (buffer.subarray(0, delimiter.length).equals(delimiter)) return 0;
  const found = buffer.indexOf(Buffer.concat([Buffer.from('\n'), delimiter]));
  return found < 0 ? undefined : found + 1;
}

function skipLineEnd(buffer: Buffer, at: number): number | undefined {
  let next = at;
  while (buffer[next] === 32 || buffer[next] === 9) next++;
  if (buffer[next] === CR && buffer[next + 1] === LF) return next + 2;
  return buffer[next] === LF ? next + 1 : undefined;
}

function parsePart(bytes: Buffer): Part | undefined {
  // No header at all: the empty line comes at once.
  if (bytes[0] === CR && bytes[1] === LF) return { headers: new Map(), body: bytes.subarray(2) };
  const end = bytes.subarray(0, MAX_PART_HEADER_BYTES).indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const headers = new Map<string, string>();
  for (const line of ascii(bytes.subarray(0, end)).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) return undefined;
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: new Uint8Array(bytes.subarray(end + 4)) };
}
