/** What the JSON reader and writer refuse. Pure. */

/** The text is not what the reader was asked to read; becomes `trust/malformed` at the edge. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}
