/** The sheets about a repository's own keys: rotate one, create a repository. What they lead to is a plan's review. */
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { KeyRow } from '../../shared/ipc/keys.ts';
import type { CodedError } from '../copy/error-text.ts';
import { type CreateWish, CreateSheet } from '../features/plans/create-sheet.tsx';
import type { RotatedRole } from '../features/plans/key-choices.ts';
import { RotateSheet, rotateTitle } from '../features/plans/rotate-sheet.tsx';
import { isInSandbox } from '../features/sandbox/sandbox-store.ts';
import { bringBack, offlineRoots } from './bring-back.ts';
import type { Stores } from './stores.ts';

export function Administration({ stores }: { readonly stores: Stores }) {
  const { sheet } = useStore(stores.app);
  if (typeof sheet !== 'object') return null;
  if (sheet.kind === 'rotate') return <Rotate stores={stores} gun={sheet.gun} role={sheet.role} />;
  if (sheet.kind === 'create') return <Create stores={stores} gun={sheet.gun} />;
  return null;
}

/** The keys of this computer; asked for again, because another program may have brought some. */
function useKeys({ keys }: Stores): readonly KeyRow[] {
  const { list, load } = useStore(keys);
  useEffect(() => {
    void load();
  }, [load]);
  return list.kind === 'ready' ? list.value.keys : [];
}

/** The sandbox has a trust directory of its own; tokens serve both. */
function usableIn(isSandbox: boolean, keys: readonly KeyRow[]): readonly KeyRow[] {
  return keys.filter(({ sandbox, place }) => place.kind === 'yubikey' || sandbox === isSandbox);
}

interface RotateProps {
  readonly stores: Stores;
  readonly gun: string;
  readonly role: RotatedRole;
}

function Rotate({ stores, gun, role }: RotateProps) {
  const { app, plans } = stores;
  const detail = useStore(stores.repository(gun), (state) => state.detail);
  const keys = useKeys(stores);
  if (detail.kind !== 'ready') return null;
  const { adminKeys, row } = detail.value;
  const present = adminKeys
    .filter((key) => key.role === role)
    .map(({ canonicalId, place }) => ({
      id: canonicalId,
      isHere: place.kind === 'file' || place.kind === 'yubikey',
    }));
  const close = (): void => app.getState().setSheet(undefined);
  return (
    <RotateSheet
      gun={gun}
      role={role}
      present={present}
      keys={usableIn(row.sandbox, keys)}
      onClose={close}
      onRotate={(wish) => {
        close();
        void plans.getState().make(rotateTitle(role), (calls) => calls.rotate(wish));
      }}
    />
  );
}

function Create({ stores, gun }: Omit<RotateProps, 'role' | 'gun'> & { readonly gun: string | undefined }) {
  const { app, sandbox } = stores;
  const status = useStore(sandbox, (state) => state.status);
  const keys = useKeys(stores);
  const overview = useStore(stores.backups, (state) => state.overview);
  const offline = useMemo(() => offlineRoots(overview), [overview]);
  const isOfSandbox = (reference: string): boolean =>
    status.kind === 'ready' && isInSandbox(status.value, reference);
  return (
    <CreateSheet
      gun={gun}
      keysFor={(reference) => usableIn(isOfSandbox(reference), keys)}
      offlineFor={(reference) => (isOfSandbox(reference) ? [] : offline)}
      onBringBack={(id) => bringBack(stores, id)}
      onClose={() => app.getState().setSheet(undefined)}
      onCreate={(wish) => create(stores, gun, wish)}
    />
  );
}

/** Its page is opened first: the repository is there afterwards, or can be tried again. Answers what main refused. */
async function create(
  stores: Stores,
  known: string | undefined,
  { reference, rootKey }: CreateWish,
): Promise<CodedError | undefined> {
  const { app, plans, repositories } = stores;
  const [added] = known === undefined ? await repositories.getState().add([reference]) : [];
  if (added?.ok === false) return added.error;
  const gun = known ?? added?.gun ?? reference;
  app.getState().setSheet(undefined);
  app.getState().go({ screen: 'repository', gun, tab: 'keys' });
  await plans.getState().make('Create the repository', (calls) => calls.initialise({ gun, rootKey }));
  return undefined;
}
