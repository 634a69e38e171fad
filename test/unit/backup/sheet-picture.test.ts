/** Codes of a recovery sheet in pictures: found wherever they are, and refused with the reason otherwise. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import qrcode from 'qrcode';
import { describe, expect, it } from 'vitest';
import { readSheetCodes, sheetCodes } from '../../../electron/backup/sheet-code.ts';
import { readPictures } from '../../../electron/backup/sheet-picture.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { findKey, storeKey } from '../../../electron/keystore/store-key.ts';
import { rootId, secret, useBackupLab } from './backup-fixture.ts';
import { openDesk } from './desk-fixture.ts';

const lab = useBackupLab();

async function drawn(text: string): Promise<PNG> {
  return PNG.sync.read(await qrcode.toBuffer(text, { errorCorrectionLevel: 'M', margin: 4, scale: 4 }));
}

/** Grey paper with pictures on it, side by side. */
function onPaper(pictures: readonly PNG[]): PNG {
  const width = pictures.reduce((sum, picture) => sum + picture.width + 40, 40);
  const paper = new PNG({ width, height: Math.max(...pictures.map(({ height }) => height)) + 80 });
  paper.data.fill(200);
  let left = 40;
  for (const picture of pictures) {
    PNG.bitblt(picture, paper, 0, 0, picture.width, picture.height, left, 40);
    left += picture.width + 40;
  }
  return paper;
}

const rootCode = async (): Promise<string> => {
  const [code] = await sheetCodes(await findKey(lab.trustDir, rootId));
  return code?.text ?? '';
};

describe('a picture', () => {
  it.each(['png', 'jpg'] as const)('as %s gives the text of its code, byte for byte', async (kind) => {
    const text = await rootCode();
    const paper = onPaper([await drawn(text)]);
    const bytes = kind === 'png' ? PNG.sync.write(paper) : jpeg.encode(paper, 60).data;
    expect(await readPictures([lab.put(`photo.${kind}`, bytes)])).toEqual([text]);
  });

  it('of several codes gives all of them, and pictures may be several, of the same', async () => {
    const key = await storeKey(
      lab.trustDir,
      await generateKey('RSA 2048'),
      { role: 'root' },
      secret('passphrase'),
    );
    const texts = (await sheetCodes(key)).map(({ text }) => text);
    const drawings = await Promise.all(texts.map(drawn));
    const all = lab.put('all.png', PNG.sync.write(onPaper(drawings)));
    const last = lab.put('last.png', PNG.sync.write(onPaper(drawings.slice(-1))));
    const found = await readPictures([all, last]);
    expect(found.toSorted()).toEqual(texts.toSorted());
    expect(readSheetCodes(found)[0]?.promisedId).toBe(key.id);
  });
});

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function headerOf(width: number, height: number, interlaced: 0 | 1 = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, interlaced], 8);
  return header;
}

/** Chunks as a PNG that ends as it should. */
function pngOf(...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([signature, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

const someData = (): Buffer => chunk('IDAT', deflateSync(Buffer.alloc(300 * (1 + 300 * 3))));

/** The head of a PNG that claims a size; nothing follows that it would be unpacked from. */
function head(width: number, height: number, interlaced: 0 | 1): Buffer {
  const data = chunk('IDAT', deflateSync(Buffer.alloc(16)));
  return pngOf(chunk('IHDR', headerOf(width, height, interlaced)), data);
}

describe('what is refused', () => {
  it.each<[string, () => Uint8Array]>([
    ['it is neither a PNG nor a JPEG picture', () => Buffer.from('GIF89a')],
    ['it is neither a PNG nor a JPEG picture', () => Buffer.alloc(0)],
    ['it is larger than 32 MB', () => Buffer.alloc(32 * 1024 * 1024 + 1)],
    ['it has more than 50 million pixels', () => head(100_000, 100_000, 0)],
    ['it is an interlaced PNG, which is not read here', () => head(10, 10, 1)],
    ['it is damaged', () => head(1000, 1000, 0)],
    ['it is damaged', () => head(1, 1, 0).subarray(0, 20)],
    ['no code was found in it', () => PNG.sync.write(new PNG({ width: 300, height: 300 }))],
    ['it is damaged, or a kind of JPEG that is rare', () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4])],
  ])('%s', async (reason, make) => {
    const file = lab.put('picture', make());
    await expect(readPictures([file])).rejects.toMatchObject({
      code: 'backup/picture-unreadable',
      details: { name: 'picture', reason },
    });
  });

  const header = chunk('IHDR', headerOf(300, 300));
  it.each<[string, Buffer]>([
    [
      'a second header, which would be the one that counts',
      pngOf(chunk('IHDR', headerOf(1, 1)), header, someData()),
    ],
    ['a header that is not the first', pngOf(chunk('tEXt', headerOf(1, 1)), header, someData())],
    [
      'a header of another length',
      pngOf(chunk('IHDR', Buffer.concat([headerOf(300, 300), Buffer.alloc(1)])), someData()),
    ],
  ])('a PNG with %s', async (_name, bytes) => {
    const whole = lab.put('whole.png', pngOf(header, someData()));
    await expect(readPictures([whole])).rejects.toMatchObject({
      details: { reason: 'no code was found in it' },
    });
    await expect(readPictures([lab.put('picture.png', bytes)])).rejects.toMatchObject({
      details: { reason: 'it is damaged' },
    });
  });

  it('what is not a file', async () => {
    await expect(readPictures([lab.path])).rejects.toMatchObject({ details: { reason: 'it is not a file' } });
  });

  it('a pipe, without waiting for its writer', async () => {
    const pipe = join(lab.path, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    await expect(readPictures([pipe])).rejects.toMatchObject({ details: { reason: 'it is not a file' } });
  });

  it('more than twenty at once', async () => {
    const text = await rootCode();
    const picture = lab.put('photo.png', PNG.sync.write(onPaper([await drawn(text)])));
    await expect(readPictures(Array<string>(21).fill(picture))).rejects.toMatchObject({
      details: { reason: 'no more than 20 pictures are read at once' },
    });
  });

  it('a JPEG that claims more pixels than are read', async () => {
    const { data } = jpeg.encode({ width: 16, height: 16, data: Buffer.alloc(1024) }, 50);
    const frame = data.indexOf(Buffer.from([0xff, 0xc0]));
    data.writeUInt16BE(60_000, frame + 5);
    data.writeUInt16BE(60_000, frame + 7);
    await expect(readPictures([lab.put('picture.jpg', data)])).rejects.toMatchObject({
      details: { reason: 'it has more than 50 million pixels' },
    });
  });

  it('a file that is not there', async () => {
    await expect(readPictures([join(lab.path, 'none.png')])).rejects.toMatchObject({
      code: 'backup/picture-unreadable',
      details: { name: 'none.png' },
    });
  });
});

describe('in the wizard', () => {
  it('the pictures that main asked for are read, and the key is shown before anything is written', async () => {
    const at = openDesk(lab);
    const picture = lab.put('photo.png', PNG.sync.write(onPaper([await drawn(await rootCode())])));
    const before = readFileSync(join(lab.trustDir, 'private', `${rootId}.key`));
    at.person.files.push(picture);
    expect(await at.desk.planRestore({ from: 'picture' }, 'typed')).toMatchObject({
      name: 'Recovery sheet',
      items: [{ state: 'identical', key: { id: rootId } }],
    });
    expect(readFileSync(join(lab.trustDir, 'private', `${rootId}.key`))).toEqual(before);
  });

  it('a code of something else is told as such', async () => {
    const at = openDesk(lab);
    const drawing = await drawn('https://example.test/a-poster');
    at.person.files.push(lab.put('photo.png', PNG.sync.write(onPaper([drawing]))));
    await expect(at.desk.planRestore({ from: 'picture' }, 'typed')).rejects.toMatchObject({
      code: 'backup/code-unreadable',
    });
  });
});
