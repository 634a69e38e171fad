/** Fifth step: each copy read back from where it lies. A backup counts only after this. */
import type { ReactNode } from 'react';
import type { CopyView, Overview, Progress } from '../../../shared/ipc/backups.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Section } from '../../ui/surface.tsx';
import { lossText } from './backup-words.ts';
import { DrillChecks } from './drill-checks.tsx';
import type { WizardState } from './wizard-store.ts';

interface StepProveProps {
  readonly state: WizardState;
  readonly copy: CopyView;
  readonly overview: Overview;
  readonly progress: Progress | undefined;
  readonly question: ReactNode;
}

export function StepProve({ state, copy, overview, progress, question }: StepProveProps) {
  const { error, isBusy, drills, proveWithoutReplug } = state;
  const ids = new Set(copy.keys.map(({ id }) => id));
  const losses = lossText(overview.keys.filter(({ id }) => ids.has(id)));
  return (
    <>
      {error !== undefined && <Problem error={error} />}
      <DrillChecks
        label={copy.place.label}
        file={copy.name}
        seal={copy.seal}
        asksReplug={copy.place.kind === 'drive'}
        isBusy={isBusy}
        progress={progress}
        drill={drills.get(copy.id)}
        whileUnplugged={
          <Button size="small" onPress={() => void proveWithoutReplug()}>
            Go on without unplugging
          </Button>
        }
      />
      {isBusy && question !== undefined && <div className="ask">{question}</div>}
      {!isBusy && losses[0] !== undefined && (
        <Section title="If this key is lost">
          <p>{losses[0]}</p>
        </Section>
      )}
    </>
  );
}
