/** Reading what may be of any length: a file, a pipe, standard input. Privileged side and command line. */
import { createReadStream } from 'node:fs';

/**
 * All of it, or as much as shows that it is longer than `length` bytes.
 * @param source a file's absolute path, or a stream
 * @throws what the system answers
 */
export async function readAtMost(source: string | NodeJS.ReadableStream, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of typeof source === 'string' ? createReadStream(source) : source) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    chunks.push(bytes);
    size += bytes.length;
    if (size > length) break;
  }
  return Buffer.concat(chunks);
}
