/** The public keys that a sheet collects: files that main looked at, and keys that are known here by ID. */
import { useState } from 'react';
import type { DroppedKey } from './dropped-files.tsx';
import type { Identified } from './key-cards.tsx';

export type Identify = (keys: readonly DroppedKey[]) => Promise<readonly Identified[]>;

export interface ChosenKeys {
  readonly results: readonly Identified[];
  readonly ticked: ReadonlySet<string>;
  readonly take: (dropped: readonly DroppedKey[]) => Promise<void>;
  readonly leaveOut: (at: number) => void;
  readonly toggle: (id: string) => void;
  /** There is a key, and none that cannot be used. */
  readonly isReady: boolean;
  /** As the contract takes them; a key that is known and was dropped as well goes once. */
  readonly wish: () => { keys: DroppedKey[]; keyIds: string[] };
}

export function useChosenKeys(identify: Identify): ChosenKeys {
  const [keys, setKeys] = useState<readonly DroppedKey[]>([]);
  const [results, setResults] = useState<readonly Identified[]>([]);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  return {
    results,
    ticked,
    take: async (dropped) => {
      const all = [...keys, ...dropped];
      setKeys(all);
      setResults(await identify(all));
    },
    leaveOut: (at) => {
      setKeys(keys.filter((_, index) => index !== at));
      setResults(results.filter((_, index) => index !== at));
    },
    toggle: (id) => setTicked(toggled(ticked, id)),
    isReady: keys.length + ticked.size > 0 && keys.length === results.length && results.every(({ ok }) => ok),
    wish: () => {
      const dropped = results.flatMap((result) => (result.ok ? [result.key.id] : []));
      return { keys: [...keys], keyIds: [...ticked].filter((id) => !dropped.includes(id)) };
    },
  };
}

/** With `id` in it where it was not, without it where it was. */
export function toggled(ticked: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ticked);
  if (!next.delete(id)) next.add(id);
  return next;
}
