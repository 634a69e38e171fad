/**
 * Writes a picture of a window as an indexed PNG: its few colours need a third of the bytes. Pure but for zlib.
 * Half of the palette are the most frequent colours, half those farthest from them, so that a rare hue keeps its own;
 * all others (the edges of letters) become the nearest of these.
 */
import { crc32, deflateSync } from 'node:zlib';

const MOST_COLOURS = 256;

/** Most frequent first, as 0xRRGGBB. */
function frequentColours(pixels) {
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
}

function distance(a, b) {
  const part = (shift) => ((a >> shift) & 255) - ((b >> shift) & 255);
  return part(16) ** 2 + part(8) ** 2 + part(0) ** 2;
}

/** `colours` are sorted by frequency. */
function paletteOf(colours) {
  const palette = colours.slice(0, MOST_COLOURS / 2);
  const rest = colours.slice(palette.length);
  const far = rest.map((colour) => Math.min(...palette.map((other) => distance(colour, other))));
  while (palette.length < MOST_COLOURS && palette.length < colours.length) {
    const farthest = far.indexOf(far.reduce((most, next) => Math.max(most, next)));
    const chosen = rest[farthest];
    palette.push(chosen);
    rest.forEach((colour, at) => {
      far[at] = at === farthest ? -1 : Math.min(far[at], distance(colour, chosen));
    });
  }
  return palette;
}

/** From each colour to its place in the palette. */
function places(colours, palette) {
  const found = new Map(palette.map((colour, place) => [colour, place]));
  for (const colour of colours) {
    if (found.has(colour)) continue;
    let best = 0;
    for (let place = 1; place < palette.length; place += 1) {
      if (distance(colour, palette[place]) < distance(colour, palette[best])) best = place;
    }
    found.set(colour, best);
  }
  return found;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** `pixels` are RGBA, row by row, without transparency. */
export function smallPng(pixels, width, height) {
  const colours = frequentColours(pixels);
  const palette = paletteOf(colours);
  const placeOf = places(colours, palette);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      rows[y * (width + 1) + 1 + x] = placeOf.get(
        (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2],
      );
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk(
      'PLTE',
      Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])),
    ),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
