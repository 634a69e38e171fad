/** How far a saved plan is signed, and what its metadata is believed by. Shows only. */
import { Check, Circle, TriangleAlert } from 'lucide-react';
import type { PlanView } from '../../../shared/ipc/plans.ts';
import { Section } from '../../ui/surface.tsx';

interface SavedSignaturesProps {
  readonly saved: NonNullable<PlanView['saved']>;
}

export function SavedSignatures({ saved: { signatures, trust } }: SavedSignaturesProps) {
  return (
    <Section title="Signatures in the file">
      <ul className="plan-list">
        {signatures.map(({ role, have, need, waits }) => (
          <li key={role} className="plan-row plan-role">
            <span className="mono plan-name truncate">
              {have >= need ? (
                <Check className="icon plan-ok" size={15} aria-hidden />
              ) : (
                <Circle className="icon muted" size={15} aria-hidden />
              )}{' '}
              {role}
            </span>
            <span className="muted numeric">
              {have} signed, {need} needed
              {waits === true && ', after the others'}
            </span>
          </li>
        ))}
      </ul>
      {trust === 'first-use' && (
        <ul className="plan-afterwards">
          <li data-tone="warn">
            <TriangleAlert className="icon" size={15} aria-hidden />
            <span>
              This computer has never seen the repository: nothing but the file vouches for it. Have somebody
              who knows it compare its root.
            </span>
          </li>
        </ul>
      )}
    </Section>
  );
}
