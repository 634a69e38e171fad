/**
 * Entry of the token process: a vendor's PKCS#11 library runs here and nowhere else, so that it may block, crash, or
 * leave errors in OpenSSL's queue without harm. Electron's utility process, or a child of plain Node; ends with its parent.
 * SECURITY: the only place where a PIN becomes a string. Nothing is printed: libraries print what they are asked.
 */
import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError } from '../../shared/errors.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { NotBuilt, openPkcs11js } from './pkcs11js-library.ts';
import { type Pkcs11Library, Pkcs11Failure } from './pkcs11-port.ts';
import { TokenEngine } from './token-engine.ts';
import { type NumberedReply, numberedRequest } from './token-messages.ts';

/** The parent's end of the stream, when there is no port of Electron's. */
const streamDescriptor = 3;

const engine = new TokenEngine({
  open: openLibrary,
  wait: (ms) => wait(ms, undefined),
  now: () => performance.now(),
});

async function openLibrary(path: string): Promise<Pkcs11Library> {
  try {
    return await openPkcs11js(path);
  } catch (error) {
    if (error instanceof NotBuilt) throw new AppError('yubikey/not-built', {}, { cause: error });
    if (!(error instanceof Pkcs11Failure)) throw error;
    throw new AppError('yubikey/library-failed', { path, reason: error.rv }, { cause: error });
  }
}

async function answer(message: unknown): Promise<NumberedReply> {
  // SECURITY: whoever sends something else is not our parent, or broken: the process ends.
  const { number, request } = numberedRequest.parse(message);
  try {
    return { ok: true, number, answer: await engine.handle(request) };
  } catch (error) {
    return { ok: false, number, error: toWire(error) };
  }
}

function toWire(error: unknown): { code: string; details: Record<string, string | number | string[]> } {
  if (isAppError(error)) return { code: error.code, details: { ...error.details } as Record<string, string> };
  const words = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  return { code: 'app/internal', details: { id: words.slice(0, 500) } };
}

function serveStream(): void {
  const stream = new Socket({ fd: streamDescriptor, readable: true, writable: true });
  const reader = new FrameReader();
  const reply = async (message: unknown): Promise<void> => {
    stream.write(encodeFrame(await answer(message)));
  };
  stream.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk)) void reply(message);
  });
  stream.on('close', () => end());
  stream.on('error', () => end());
}

function end(): void {
  engine.close();
  process.exit(0);
}

const { parentPort } = process as { parentPort?: Electron.ParentPort };
// Ctrl+C is for the parent; its end is ours.
process.on('SIGINT', () => undefined);
if (parentPort === undefined) serveStream();
else {
  parentPort.on('message', ({ data }) => {
    void answer(data).then((reply) => parentPort.postMessage(reply));
  });
}
