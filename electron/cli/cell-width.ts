/**
 * How many terminal cells a text takes, as docker (go-runewidth) and notary (code points) count. Command line; pure.
 */

const plain = /^[\x20-\x7e]*$/;

/** Code points, which is what Go's own tabwriter counts. */
export function countRunes(text: string): number {
  return plain.test(text) ? text.length : Array.from(text).length;
}

/** East Asian wide and emoji take two cells, combining marks none. */
export function cellWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes().segment(text)) width += graphemeWidth(segment);
  return width;
}

// Made on first use: it costs milliseconds, and tags are ASCII.
let segmenter: Intl.Segmenter | undefined;
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }));

/** The first character that is not zero wide decides; a variation selector makes an emoji of a symbol. */
function graphemeWidth(grapheme: string): number {
  for (const character of grapheme) {
    if (zeroWidth.test(character)) continue;
    return wide.test(character) ? 2 : 1;
  }
  return 0;
}

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** Unicode's East Asian Width W and F, in whole blocks, and what is shown as a picture by default. */
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}]$/u;
