/**
 * Draws the icons of every platform from build/icons/icon.svg. Run by hand when the drawing changes; its results are kept
 * in the repository. Runs under Node with a Chromium at hand (CHROMIUM, or /usr/bin/chromium).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'icons');
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
const linuxSizes = [16, 32, 48, 64, 128, 256, 512, 1024];
const windowsSizes = [16, 24, 32, 48, 64, 128, 256];
/** The types of Apple's icon container whose content is a PNG, by edge length in pixels. */
const appleTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
];

async function draw(sizes) {
  const root = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: root ? ['--no-sandbox'] : [],
  });
  const page = await browser.newPage();
  const images = new Map();
  for (const size of sizes) {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(
      `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
    );
    images.set(size, await page.screenshot({ omitBackground: true }));
  }
  await browser.close();
  return images;
}

/** Windows: a directory of images, each a PNG; 0 stands for 256. */
function toIco(images) {
  const header = Buffer.alloc(6 + 16 * windowsSizes.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(windowsSizes.length, 4);
  let offset = header.length;
  for (const [index, size] of windowsSizes.entries()) {
    const at = 6 + 16 * index;
    const { length } = images.get(size);
    header.set([size % 256, size % 256, 0, 0, 1, 0, 32, 0], at);
    header.writeUInt32LE(length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += length;
  }
  return Buffer.concat([header, ...windowsSizes.map((size) => images.get(size))]);
}

/** macOS: typed blocks, each with its length, in one block. */
function toIcns(images) {
  const block = (type, content) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(content.length + 8, 4);
    return Buffer.concat([head, content]);
  };
  return block('icns', Buffer.concat(appleTypes.map(([type, size]) => block(type, images.get(size)))));
}

const images = await draw([...new Set([...linuxSizes, ...windowsSizes])]);
for (const size of linuxSizes) writeFileSync(join(folder, `${size}x${size}.png`), images.get(size));
writeFileSync(join(folder, 'icon.ico'), toIco(images));
writeFileSync(join(folder, 'icon.icns'), toIcns(images));
