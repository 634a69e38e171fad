/** The buttons of a sheet that does one act: cancel or do it, and Done once it is done. Presentation only. */
import { Button } from './button.tsx';
import type { ActState } from './use-act.ts';

export interface ActActionsProps {
  readonly state: Pick<ActState<unknown>, 'kind'>;
  readonly onClose: () => void;
  /** Names the act; `Export…`. */
  readonly label: string;
  readonly onAct: () => void;
  readonly isDisabled?: boolean;
}

export function ActActions({ state, onClose, label, onAct, isDisabled = false }: ActActionsProps) {
  const isRunning = state.kind === 'running';
  if (state.kind === 'done') {
    return (
      <Button tone="primary" onPress={onClose} autoFocus>
        Done
      </Button>
    );
  }
  return (
    <>
      <Button onPress={onClose} isDisabled={isRunning}>
        Cancel
      </Button>
      <Button tone="primary" isPending={isRunning} isDisabled={isDisabled} onPress={onAct}>
        {label}
      </Button>
    </>
  );
}
