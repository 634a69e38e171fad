/** Keyboard movement in a grid, as the ARIA authoring practices have it. Pure. */
export interface GridPosition {
  readonly active: number;
  /** -1: the row as a whole. */
  readonly column: number;
  readonly count: number;
  readonly columns: number;
  /** Rows that fit on the screen. */
  readonly page: number;
}

interface Keys {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export interface GridMove {
  readonly active: number;
  readonly column: number;
}

const clamp = (value: number, last: number): number => Math.max(0, Math.min(last, value));

function rowAfter(
  { key, ctrlKey, metaKey }: Keys,
  { active, count, page }: GridPosition,
): number | undefined {
  const last = count - 1;
  const jump = ctrlKey || metaKey;
  switch (key) {
    case 'ArrowDown':
      return jump ? last : clamp(active + 1, last);
    case 'ArrowUp':
      return jump ? 0 : clamp(active - 1, last);
    case 'PageDown':
      return clamp(active + page, last);
    case 'PageUp':
      return clamp(active - page, last);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

/** Where a key leads; undefined when it does not move. Alt belongs to the window (back, forward). */
export function moveInGrid(keys: Keys, position: GridPosition): GridMove | undefined {
  if (position.count === 0 || keys.altKey) return undefined;
  const { active, column, columns } = position;
  const row = rowAfter(keys, position);
  if (row !== undefined) return { active: row, column };
  if (keys.ctrlKey || keys.metaKey) return undefined;
  if (keys.key === 'ArrowRight')
    return { active: clamp(active, position.count - 1), column: Math.min(columns - 1, column + 1) };
  if (keys.key === 'ArrowLeft')
    return { active: clamp(active, position.count - 1), column: Math.max(-1, column - 1) };
  return undefined;
}
