/** Turns a metadata file into lines to show. Pure. */

/** Long enough to fill the view, short enough to lay out. */
const lineLength = 96;

/** Indented by two spaces. What is not JSON is shown as it is. */
export function indentJson(text: string): readonly string[] {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2).split('\n');
  } catch {
    return receivedLines(text);
  }
}

/** The very characters, broken into lines only because a screen has an edge. */
export function receivedLines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const parts = [];
    for (let at = 0; at < line.length; at += lineLength) parts.push(line.slice(at, at + lineLength));
    return parts.length === 0 ? [''] : parts;
  });
}
