/** What can be done with keys from anywhere, for the command palette. */
import { FileBadge, FileInput, FileOutput, KeyRound, KeySquare, LifeBuoy, Trash2 } from 'lucide-react';
import type { KeyRow } from '../../shared/ipc/keys.ts';
import { isSignersKey, keyName } from '../features/keys/key-words.ts';
import { keyTag } from '../features/keys/keys-store.ts';
import type { Action } from './actions.ts';
import type { Stores } from './stores.ts';

/** Making and bringing in keys, the guide for lost ones, and the acts of the key that is looked at. */
export function keyActions({ app, keys }: Stores): readonly Action[] {
  const { begin, list, active } = keys.getState();
  const { route } = app.getState();
  const gun = route.screen === 'repository' ? route.gun : undefined;
  const all = list.kind === 'ready' ? list.value.keys : [];
  const looked = route.screen === 'keys' ? (all.find((key) => keyTag(key) === active) ?? all[0]) : undefined;
  return [
    {
      id: 'key-generate',
      title: 'Generate key…',
      icon: KeySquare,
      group: 'Do',
      run: () => begin({ kind: 'generate' }),
    },
    {
      id: 'key-import',
      title: 'Import keys…',
      icon: FileInput,
      group: 'Do',
      run: () => begin({ kind: 'import', wasDropped: false }),
    },
    {
      id: 'lost-keys',
      title: 'Lost keys…',
      icon: LifeBuoy,
      group: gun === undefined ? 'Do' : 'Repository',
      run: () => app.getState().setSheet({ kind: 'lost-keys', gun }),
    },
    ...(looked?.place.kind === 'file' ? ofKey(looked, begin) : []),
  ];
}

type Begin = ReturnType<Stores['keys']['getState']>['begin'];

function ofKey(key: KeyRow, begin: Begin): readonly Action[] {
  const name = keyName(key);
  return [
    {
      id: 'key-export',
      title: `Export ${name}…`,
      icon: FileOutput,
      group: 'Key',
      run: () => begin({ kind: 'export', keys: [key] }),
    },
    {
      id: 'key-change',
      title: `Change the passphrase of ${name}…`,
      icon: KeyRound,
      group: 'Key',
      run: () => begin({ kind: 'change', key }),
    },
    ...(isSignersKey(key)
      ? [
          {
            id: 'key-certify',
            title: `Make a certificate for ${name}…`,
            icon: FileBadge,
            group: 'Key' as const,
            run: () => begin({ kind: 'certify', key }),
          },
        ]
      : []),
    {
      id: 'key-remove',
      title: `Remove ${name}…`,
      icon: Trash2,
      group: 'Key',
      run: () => begin({ kind: 'remove', key }),
    },
  ];
}
