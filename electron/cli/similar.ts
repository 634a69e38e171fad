/** What was probably meant by a command that does not exist. Command line; pure, loaded only when one is not found. */

/** The nearest of the `commands` or their groups, when it is near enough to be a slip. */
export function similarCommand(
  typedWords: readonly string[],
  commands: readonly { readonly name: string }[],
): string | undefined {
  const words = withoutOriginals(typedWords);
  // A group is only meant where nothing follows it.
  const groups = words.length > 1 ? [] : commands.map(({ name }) => name.split(' ')[0] ?? '');
  const names = [...new Set([...commands.map(({ name }) => name), ...groups])];
  const candidates = names.map((name) => {
    const typed = words.slice(0, name.split(' ').length).join(' ').toLowerCase();
    return { name, slips: distance(typed, name) };
  });
  const [best] = candidates
    .filter(({ name, slips }) => slips <= Math.max(1, Math.floor(name.length / 3)) && slips < name.length)
    .sort((a, b) => a.slips - b.slips || b.name.length - a.name.length);
  return best?.name;
}

/** `docker trust inspect` is `inspect` here. */
function withoutOriginals(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !['docker', 'trust', 'notary', 'trustdesk', 'help'].includes(word));
  return words.slice(Math.max(first, 0));
}

/** Letters inserted, left out, replaced or swapped with their neighbour. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : Infinity;
      (rows[i] ?? [])[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped);
    }
  }
  return at(a.length, b.length);
}
