/** The sentences of a plan: what consumers notice, where a publish stands. Pure. */
import type { ConsequenceView, PlanView } from '../../../shared/ipc/plans.ts';
import type { PublishStep } from './plan-store.ts';

/** One sentence, and whether it is a warning. */
export interface Afterwards {
  readonly tone: 'plain' | 'warn' | 'bad';
  readonly text: string;
}

const short = (id: string): string => id.slice(0, 12);

export function afterwardsOf(consequence: ConsequenceView): Afterwards {
  switch (consequence.kind) {
    case 'tag-moves':
      return { tone: 'plain', text: `Consumers who pull ${consequence.tag} get another image from now on.` };
    case 'tag-unpullable':
      return { tone: 'bad', text: `${consequence.tag} can no longer be pulled with content trust.` };
    case 'signature-lost':
      return { tone: 'warn', text: `${consequence.tag} is no longer signed by ${consequence.signer}.` };
    case 'admin-copy-differs':
      return {
        tone: 'warn',
        text: `The administrator’s own copy of ${consequence.tag} keeps another digest; docker shows both.`,
      };
    case 'role-unusable':
      return {
        tone: 'bad',
        text: `${consequence.role} loses its last valid signature until ${remedy(consequence.remedyKeyIds)} signs it again.`,
      };
    case 'role-without-keys':
      return { tone: 'bad', text: `${consequence.role} cannot be used until a key is added to it.` };
    case 'root-expires-soon':
      return { tone: 'warn', text: `The root expires on ${consequence.at.slice(0, 10)}.` };
  }
}

function remedy(ids: readonly string[]): string {
  if (ids.length === 0) return 'a key that is added to it';
  return ids.length === 1 ? `the key ${ids.map(short).join('')}` : `one of ${ids.map(short).join(', ')}`;
}

/** The same sentence about many tags is said once, with their number. */
export function summariseAfterwards(
  plan: PlanView,
  most: number,
): { readonly shown: readonly Afterwards[]; readonly more: number } {
  const all = plan.consequences.map(afterwardsOf);
  const rank = { bad: 0, warn: 1, plain: 2 } as const;
  const sorted = [...all].sort((a, b) => rank[a.tone] - rank[b.tone]);
  return { shown: sorted.slice(0, most), more: Math.max(0, sorted.length - most) };
}

const steps: Readonly<Record<PublishStep, string>> = {
  reading: 'Reading the repository again',
  signing: 'Signing',
  'keeping-restore-point': 'Keeping a restore point',
  uploading: 'Uploading',
  'reading-back': 'Reading back from the server',
};

export function stepText(step: PublishStep | undefined): string {
  return step === undefined ? 'Starting' : steps[step];
}
