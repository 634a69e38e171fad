/**
 * Frames from the page: text to values, or nothing. Pure.
 */
import * as z from 'zod/mini';
import type { ClientFrame } from '../../shared/ipc/socket.ts';

/** Bytes of one frame. Above what `isModest` lets through, so that honest mistakes get an answer. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

const frame = z.union([
  z.strictObject({ hello: z.string().check(z.maxLength(128)) }),
  z.strictObject({
    id: z.int().check(z.nonnegative()),
    call: z.string().check(z.maxLength(128)),
    input: z.optional(z.unknown()),
  }),
]);

/** `undefined` for anything that the protocol does not have. */
export function parseFrame(text: string): ClientFrame | undefined {
  try {
    const parsed = frame.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
