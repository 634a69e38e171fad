/** The sheets in which delegations are changed. What they lead to is a plan's review. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { IdentifiedKey } from '../../shared/ipc/plans.ts';
import type { RepositoryDetail } from '../../shared/ipc/repositories.ts';
import { loaded, valueOf } from '../bridge/loadable.ts';
import { AddDelegationSheet } from '../features/plans/add-delegation-sheet.tsx';
import { ChangePathsSheet } from '../features/plans/change-paths-sheet.tsx';
import type { Identify } from '../features/plans/chosen-keys.ts';
import { AddKeysSheet, RemoveKeysSheet } from '../features/plans/delegation-key-sheets.tsx';
import { parentOf } from '../features/plans/delegation-rules.ts';
import type { PlanWork } from '../features/plans/plan-store.ts';
import { PurgeSheet } from '../features/plans/purge-sheet.tsx';
import { hasKeyHere } from '../features/repository/delegation-facts.ts';
import type { DelegationAct } from '../features/repository/repository-screen.tsx';
import type { Stores } from './stores.ts';

export function DelegationSheets({ stores }: { readonly stores: Stores }) {
  const { sheet } = useStore(stores.app);
  if (typeof sheet !== 'object' || sheet.kind !== 'delegation') return null;
  return <OfRepository stores={stores} gun={sheet.gun} act={sheet.act} />;
}

interface OfRepositoryProps {
  readonly stores: Stores;
  readonly gun: string;
  readonly act: DelegationAct;
}

function OfRepository({ stores, gun, act }: OfRepositoryProps) {
  const detail = useStore(stores.repository(gun), (state) => state.detail);
  const [last, setLast] = useState(valueOf(detail));
  // What was typed is not lost because a reading failed meanwhile.
  if (detail.kind === 'ready' && detail.value !== last) setLast(detail.value);
  if (last === undefined) return null;
  return <Chosen stores={stores} gun={gun} act={act} detail={last} />;
}

interface ChosenProps extends OfRepositoryProps {
  readonly detail: RepositoryDetail;
}

function Chosen({ stores, gun, act, detail }: ChosenProps) {
  const { delegations } = detail;
  const isKeyHere = (role: string): boolean => hasKeyHere(role, detail);
  const { close, review } = deskOf(stores);
  const known = useKnownKeys(stores);
  const identify: Identify = (keys) => stores.bridge.plans.identifyKeys({ keys: [...keys] });
  if ('role' in act) return <OfRole {...{ stores, gun, act, detail, known, identify }} />;
  if (act.kind === 'add') {
    return (
      <AddDelegationSheet
        {...{ gun, delegations, known, isKeyHere, identify }}
        onClose={close}
        onAdd={(wish) =>
          review(`Add ${wish.role}`, (calls, chosen) => calls.addDelegation({ ...wish, ...as(chosen) }))
        }
      />
    );
  }
  return (
    <PurgeSheet
      {...{ gun, delegations, known, isKeyHere }}
      onClose={close}
      onPurge={(wish) =>
        review('Remove a key everywhere', (calls, chosen) => calls.purgeKeys({ ...wish, ...as(chosen) }))
      }
    />
  );
}

interface OfRoleProps extends ChosenProps {
  readonly act: Extract<DelegationAct, { role: string }>;
  readonly known: readonly IdentifiedKey[];
  readonly identify: Identify;
}

function OfRole({ stores, gun, act: { kind, role }, detail, known, identify }: OfRoleProps) {
  const { delegations } = detail;
  const entry = delegations.find((one) => one.role === role);
  if (entry === undefined) return null;
  const { close, review } = deskOf(stores);
  const common = { gun, entry, isKeyHere: hasKeyHere(parentOf(role), detail), onClose: close };
  switch (kind) {
    case 'add-keys':
      return (
        <AddKeysSheet
          {...{ ...common, known, identify }}
          onAdd={(wish) =>
            review(`Add to ${role}`, (calls, chosen) => calls.addDelegationKeys({ ...wish, ...as(chosen) }))
          }
        />
      );
    case 'remove-keys':
      return (
        <RemoveKeysSheet
          {...{ ...common, delegations }}
          onRemove={(wish) =>
            review(`Take from ${role}`, (calls, chosen) =>
              calls.removeDelegationKeys({ ...wish, ...as(chosen) }),
            )
          }
        />
      );
    case 'paths':
      return (
        <ChangePathsSheet
          {...{ ...common, delegations }}
          onChange={(wish) =>
            review(`Change the paths of ${role}`, (calls, chosen) =>
              calls.changeDelegationPaths({ ...wish, ...as(chosen) }),
            )
          }
        />
      );
    case 'remove':
      return null;
  }
}

/** Closes the sheet, and goes on to the review. */
function deskOf({ app, plans }: Stores) {
  const close = (): void => app.getState().setSheet(undefined);
  const review = (title: string, work: PlanWork): void => {
    close();
    void plans.getState().make(title, work);
  };
  return { close, review };
}

/** Keys of the repositories that were read; a sheet without them works all the same. */
function useKnownKeys({ bridge }: Stores): readonly IdentifiedKey[] {
  const [known, setKnown] = useState<readonly IdentifiedKey[]>([]);
  useEffect(() => {
    void loaded(bridge.plans.knownKeys()).then((answer) => {
      if (answer.kind === 'ready') setKnown(answer.value);
    });
  }, [bridge]);
  return known;
}

const as = ({ signAs }: { readonly signAs?: string }): { signAs?: string } =>
  signAs === undefined ? {} : { signAs };
