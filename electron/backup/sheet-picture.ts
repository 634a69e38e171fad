/**
 * The codes of a recovery sheet in a picture of it: a photograph or a scan, PNG or JPEG. Privileged process. What is in a
 * picture is untrusted: it is capped in bytes and pixels before anything is unpacked, and what is read goes the way of a
 * text that was pasted.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';

const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
const MAX_PIXELS = 50_000_000;
const MAX_PICTURES = 20;
/** A sheet of a large key has several. */
const MAX_CODES = 16;
/** For the search in one picture; a code that is there is found in a fraction of it. */
const SEARCH_MS = 8000;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Three or four bytes each. */
  readonly data: Uint8Array;
}

/** The texts of every code in these pictures. @throws `backup/picture-unreadable` */
export async function readPictures(files: readonly string[]): Promise<readonly string[]> {
  const [, ...beyond] = files.slice(MAX_PICTURES - 1);
  if (beyond[0] !== undefined) throw unreadable(beyond[0], 'no more than 20 pictures are read at once');
  const texts: string[] = [];
  for (const file of files) {
    const found = await codesIn(await decodePicture(await readPicture(file), file));
    if (found.length === 0) throw unreadable(file, 'no code was found in it');
    texts.push(...found);
  }
  return [...new Set(texts)];
}

async function readPicture(file: string): Promise<Uint8Array> {
  try {
    // Opening a pipe would wait for its writer.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw unreadable(file, 'it is not a file');
      if (found.size > MAX_PICTURE_BYTES) throw unreadable(file, 'it is larger than 32 MB');
      // SECURITY: no more than that, even when it grows meanwhile.
      const bytes = Buffer.alloc(found.size);
      const { bytesRead } = await handle.read(bytes, 0, found.size, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAppError(error)) throw error;
    throw unreadable(file, fileReason(systemCode(error)), error);
  }
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, at) => bytes[at] === byte);

async function decodePicture(bytes: Uint8Array, file: string): Promise<Pixels> {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return decodePng(bytes, file);
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return decodeJpeg(bytes, file);
  throw unreadable(file, 'it is neither a PNG nor a JPEG picture');
}

/** SECURITY: the size is looked at before the rest is unpacked. Interlaced ones are unpacked without a limit. */
async function decodePng(bytes: Uint8Array, file: string): Promise<Pixels> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!hasOneHeader(view)) throw unreadable(file, 'it is damaged');
  refuseLarge(view.getUint32(16), view.getUint32(20), file);
  if (view.getUint8(28) !== 0) throw unreadable(file, 'it is an interlaced PNG, which is not read here');
  const { PNG } = await import('pngjs');
  try {
    return PNG.sync.read(Buffer.from(bytes));
  } catch (error) {
    throw unreadable(file, 'it is damaged', error);
  }
}

/** SECURITY: pngjs believes the last header of several, so that the one that was looked at must be the only one. */
function hasOneHeader(view: DataView): boolean {
  const HEADER = 0x49484452;
  const start = 8;
  if (view.byteLength < 33 || view.getUint32(start) !== 13) return false;
  for (let at = start; at + 8 <= view.byteLength; at += 12 + view.getUint32(at)) {
    if ((view.getUint32(at + 4) === HEADER) !== (at === start)) return false;
  }
  return true;
}

async function decodeJpeg(bytes: Uint8Array, file: string): Promise<Pixels> {
  const { decode } = await import('jpeg-js');
  const limits = { maxResolutionInMP: MAX_PIXELS / 1_000_000, maxMemoryUsageInMB: 1024 };
  try {
    return decode(bytes, { useTArray: true, formatAsRGBA: false, ...limits });
  } catch (error) {
    const isLarge = error instanceof Error && /limit exceeded/.test(error.message);
    throw unreadable(file, isLarge ? tooManyPixels : 'it is damaged, or a kind of JPEG that is rare', error);
  }
}

const tooManyPixels = 'it has more than 50 million pixels';

function refuseLarge(width: number, height: number, file: string): void {
  if (width * height > MAX_PIXELS) throw unreadable(file, tooManyPixels);
}

/** One code after the other: each is painted over before the next is looked for. */
async function codesIn(picture: Pixels): Promise<readonly string[]> {
  const { default: decodeQR } = await import('qr/decode.js');
  const pixels = { ...picture, data: new Uint8Array(picture.data) };
  const texts: string[] = [];
  while (texts.length < MAX_CODES) {
    let place: Box | undefined;
    const pointsOnDetect = ({ boundingBox }: { readonly boundingBox: Box }): void => {
      place = boundingBox;
    };
    try {
      texts.push(decodeQR(pixels, { effort: 3, timeLimit: SEARCH_MS, pointsOnDetect }));
    } catch {
      // The library tells in no other way that there is none, or none that can be read.
      return texts;
    }
    if (place === undefined) return texts;
    paintOver(pixels, place);
  }
  return texts;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function paintOver({ width, height, data }: Pixels, box: Box): void {
  const depth = data.length / (width * height);
  const [left, right] = [Math.max(0, Math.floor(box.x)), Math.min(width, Math.ceil(box.x + box.width))];
  const [top, bottom] = [Math.max(0, Math.floor(box.y)), Math.min(height, Math.ceil(box.y + box.height))];
  for (let y = top; y < bottom; y++) data.fill(255, (y * width + left) * depth, (y * width + right) * depth);
}

function unreadable(file: string, reason: string, cause?: unknown): AppError {
  return new AppError('backup/picture-unreadable', { name: basename(file), reason }, { cause });
}
