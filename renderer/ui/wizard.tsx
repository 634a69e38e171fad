/** A sheet in steps: one sentence of purpose, a thin bar, Back and Continue. The steps themselves come from the feature. */
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Sheet } from './sheet.tsx';
import './wizard.css';

/** How far a piece of work in several steps has come. */
export function StepBar({ label, steps, current }: { label: string; steps: number; current: number }) {
  return (
    <div
      className="step-bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={steps}
      aria-valuenow={current + 1}
      aria-valuetext={`Step ${current + 1} of ${steps}`}
    >
      {Array.from({ length: steps }, (_, step) => (
        <span
          key={step}
          className="step"
          data-state={step < current ? 'done' : step === current ? 'now' : 'next'}
        />
      ))}
    </div>
  );
}

export interface WizardStep {
  readonly title: string;
  readonly purpose: ReactNode;
  readonly content: ReactNode;
  readonly note?: ReactNode;
  /** Names the act, e.g. `Write backup`. */
  readonly continueLabel?: string;
  /** Continue waits until what this step asks for is there. */
  readonly isReady: boolean;
  readonly isPending?: boolean;
  /** Steps that changed something cannot be gone back from. */
  readonly canGoBack?: boolean;
  /** What leaving is called where there is no way back: `Cancel`, unless something was done already. */
  readonly closeLabel?: string;
}

interface WizardProps {
  readonly isOpen: boolean;
  readonly label: string;
  readonly steps: readonly WizardStep[];
  readonly current: number;
  readonly onStep: (step: number) => void;
  readonly onContinue: () => void;
  readonly onClose: () => void;
  /** Ends what is under way; absent where it cannot be stopped. */
  readonly onStop?: () => void;
}

export function Wizard(props: WizardProps) {
  const { isOpen, label, steps, current, onStep, onContinue, onClose, onStop } = props;
  const step = steps[current];
  if (step === undefined) return null;
  const { canGoBack = current > 0, isPending = false, closeLabel = 'Cancel' } = step;
  const isStoppable = isPending && onStop !== undefined;
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title={step.title}
      purpose={step.purpose}
      note={step.note}
      size="wide"
      isHeld={isPending}
      actions={
        <>
          {isStoppable ? (
            <Button onPress={onStop}>Stop</Button>
          ) : (
            <Button onPress={() => (canGoBack ? onStep(current - 1) : onClose())} isDisabled={isPending}>
              {canGoBack ? 'Back' : closeLabel}
            </Button>
          )}
          <Button tone="primary" onPress={onContinue} isDisabled={!step.isReady} isPending={isPending}>
            {step.continueLabel ?? 'Continue'}
          </Button>
        </>
      }
    >
      <StepBar label={label} steps={steps.length} current={current} />
      <p className="visually-hidden" role="status">
        {`Step ${current + 1} of ${steps.length}: ${step.title}`}
      </p>
      {step.content}
    </Sheet>
  );
}
