/** What a sheet shows while main opens a backup: what it does or asks, and the way to stop it. */
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Waiting } from '../../ui/surface.tsx';

interface StopOrCancelProps {
  readonly isBusy: boolean;
  readonly onStop: () => void;
  readonly onCancel: () => void;
}

export function StopOrCancel({ isBusy, onStop, onCancel }: StopOrCancelProps) {
  return isBusy ? <Button onPress={onStop}>Stop</Button> : <Button onPress={onCancel}>Cancel</Button>;
}

interface WhileOpeningProps {
  readonly isBusy: boolean;
  /** `Opening the backup`. */
  readonly doing: string;
  /** What main asks meanwhile. */
  readonly question: ReactNode;
  /** What is chosen before. */
  readonly children: ReactNode;
}

export function WhileOpening({ isBusy, doing, question, children }: WhileOpeningProps) {
  if (!isBusy) return children;
  return question === undefined ? <Waiting>{doing}</Waiting> : <div className="ask">{question}</div>;
}
