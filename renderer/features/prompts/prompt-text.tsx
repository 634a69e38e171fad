/**
 * The text of a question that main asks, so that it can be taken in at a glance: what main writes as an enumeration is a list
 * here. Every word stays, in its order.
 */
interface Item {
  readonly text: string;
  /** What is to be said of it. */
  readonly notes: readonly string[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly lead: string; readonly items: readonly Item[] };

/** Paragraphs stand between blank lines. */
export function blocksOf(text: string): readonly Block[] {
  return text.split('\n\n').map((part) => indented(part) ?? enumerated(part) ?? { kind: 'text', text: part });
}

/** `Lead:` over lines that are further in; a line that is still further in belongs to the one above it. */
function indented(part: string): Block | undefined {
  const [lead = '', ...lines] = part.split('\n');
  if (!lead.endsWith(':') || lines.length === 0 || lines.some((line) => !line.startsWith('  ')))
    return undefined;
  const items: Item[] = [];
  for (const line of lines) {
    const above = items.at(-1);
    const isNote = line.startsWith('    ') && above !== undefined;
    if (isNote) items[items.length - 1] = { ...above, notes: [...above.notes, line.trim()] };
    else items.push({ text: line.trim(), notes: [] });
  }
  return { kind: 'list', lead, items };
}

/** `Lead: one; two; three.` in one sentence. */
function enumerated(part: string): Block | undefined {
  const [, lead = '', rest = ''] = /^([^:\n]+:) ([^\n]+;[^\n]+)\.$/.exec(part) ?? [];
  if (lead === '') return undefined;
  return { kind: 'list', lead, items: rest.split('; ').map((text) => ({ text, notes: [] })) };
}

export function PromptText({ text }: { readonly text: string }) {
  return (
    <div className="prompt-text selectable">
      {blocksOf(text).map((block, at) =>
        block.kind === 'text' ? <p key={at}>{block.text}</p> : <Enumeration key={at} {...block} />,
      )}
    </div>
  );
}

function Enumeration({ lead, items }: Extract<Block, { kind: 'list' }>) {
  return (
    <div>
      <p className="prompt-lead">{lead}</p>
      <ul className="prompt-list">
        {items.map(({ text, notes }) => (
          <li key={text}>
            {text}
            {notes.map((note) => (
              <p key={note} className="muted">
                {note}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}
