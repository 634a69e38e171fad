/** The sentences of a plan: what consumers notice, where a publish stands. Pure. */
import type { ConsequenceView, PlanLineView, PlanView, ReceiptView } from '../../../shared/ipc/plans.ts';
import { namesText } from '../../copy/trust-words.ts';
import type { PublishStep } from './plan-store.ts';

/** What can be done with a plan on this computer now. */
export function nextStep({ saved, roles }: PlanView): 'publish' | 'sign' | 'carry' {
  if (saved !== undefined) return saved.isSigned ? 'publish' : saved.canSign ? 'sign' : 'carry';
  return roles.every(hasKeysHere) ? 'publish' : 'carry';
}

function hasKeysHere({ signatures, threshold }: PlanView['roles'][number]): boolean {
  return signatures.filter(({ place }) => place.kind !== 'elsewhere').length >= threshold;
}

/** What the sheet says of a plan that waits for the person. */
export function reviewText(plan: PlanView, server: string): string {
  switch (nextStep(plan)) {
    case 'publish':
      return `Nothing has been sent yet. This is what will change on ${server}.`;
    case 'sign':
      return 'From a saved plan, checked again here. Signing adds to its file and sends nothing.';
    case 'carry':
      if (snapshotComesLater(plan))
        return 'The snapshot key is here and signs last: open the plan where the other keys are, and then here again.';
      return `${missingText(plan)} Save the plan and open it where they are, or plug in their token and plan again.${lastText(plan)}`;
  }
}

function lastText({ roles }: PlanView): string {
  return roles.some(({ role }) => role === 'snapshot') ? ' The snapshot key signs last.' : '';
}

/** Its key is here, and the files that it is signed over lack signatures. */
function snapshotComesLater({ saved, roles }: PlanView): boolean {
  const waiting = saved?.signatures.find(({ waits }) => waits)?.role;
  return roles.some((role) => role.role === waiting && hasKeysHere(role));
}

/** The lines of a plan that was published, with the keys that were made for it: until then they have names only. */
export function publishedLines({ lines }: PlanView, { roles }: ReceiptView): readonly PlanLineView[] {
  const signersOf = (role: string): readonly string[] =>
    roles.find((published) => published.role === role)?.signedBy.map(({ keyId }) => keyId) ?? [];
  return lines.map((line) => {
    if (line.kind === 'delegation-added')
      return { ...line, keyIds: [...withMade(line.keyIds, line.keyIds, signersOf(line.role))] };
    if (line.kind !== 'base-keys-replaced') return line;
    return { ...line, to: [...withMade(line.to, [...line.from, ...line.to], signersOf(line.role))] };
  });
}

/** Only the one signer that is not known already can be the key that was made. */
function withMade(
  ids: readonly string[],
  known: readonly string[],
  signers: readonly string[],
): readonly string[] {
  const [key, ...others] = signers.filter((id) => !known.includes(id));
  if (key === undefined || others.length > 0) return ids;
  return ids.map((id) => (id.startsWith('new-') ? key : id));
}

function missingText({ roles }: PlanView): string {
  return roles.some(hasKeysHere) ? 'Not all of its keys are here.' : 'The keys are not here.';
}

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
      return { tone: 'warn', text: lostText([consequence.tag], consequence.signer, consequence.left) };
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
    case 'root-certificate-changes':
      return {
        tone: 'plain',
        text: 'Consumers follow to the new root by themselves. Whoever pins its certificate has to pin the new one.',
      };
    case 'snapshot-signed-by':
      return consequence.by === 'server'
        ? {
            tone: 'plain',
            text: 'The server signs the snapshot from now on; publishing no longer needs a key for it.',
          }
        : { tone: 'warn', text: 'Every publish needs the snapshot key from now on, which only you have.' };
    case 'snapshot-holder-untold':
      return {
        tone: 'warn',
        text: 'This account may not publish, so the server does not say whether it signs the snapshot. Where the owner does, an account that may publish has to make this plan.',
      };
    case 'key-not-needed':
      return {
        tone: 'plain',
        text: `The key ${short(consequence.keyId)} signs nothing here any more. Its file stays until you remove it.`,
      };
    case 'repository-gone':
      return {
        tone: 'bad',
        text: 'Whoever used the repository refuses its name when it is made again, until the old root is forgotten there. Keys and images stay.',
      };
    case 'role-revived':
      return {
        tone: 'bad',
        text: `Nobody’s valid signature is on the present file of ${consequence.role}. All that is in it is signed anew: look at every line above.`,
      };
    case 'role-returns':
      return {
        tone: 'warn',
        text: `The server still has an earlier file of ${consequence.role}: what its key signed then counts again, if the key is the same.`,
      };
    case 'other-root-known':
      return {
        tone: 'bad',
        text: 'Another root of this name was trusted before: whoever trusts it refuses the new repository, until that root is forgotten there.',
      };
    case 'content-unknown':
      return {
        tone: 'warn',
        text: `What is deleted could not be verified (${consequence.code}): no restore point can be kept.`,
      };
  }
}

function remedy(ids: readonly string[]): string {
  if (ids.length === 0) return 'a key that is added to it';
  return ids.length === 1 ? `the key ${ids.map(short).join('')}` : `one of ${ids.map(short).join(', ')}`;
}

const mostTags = 4;

function tagsText(tags: readonly string[]): string {
  const more = tags.length - mostTags;
  return namesText([...tags.slice(0, mostTags), ...(more > 0 ? [`${more} more`] : [])]);
}

/** A released tag stays pullable; docker shows it as the administrator's when nobody is left. */
function lostText(tags: readonly string[], signer: string, left: readonly string[]): string {
  const are = tags.length === 1 ? 'is' : 'are';
  return left.length > 0
    ? `${tagsText(tags)} ${are} no longer signed by ${signer}, still by ${namesText(left)}.`
    : `${tagsText(tags)} ${are} no longer signed by ${signer}, and nobody else is named. Pulling still works; docker shows “(Repo Admin)”.`;
}

type Lost = Extract<ConsequenceView, { kind: 'signature-lost' }>;

/** Tags that lose the same signer and keep the same others, in one sentence. */
function lostTogether(consequences: readonly ConsequenceView[]): readonly Afterwards[] {
  const groups = new Map<string, Lost[]>();
  for (const one of consequences) {
    if (one.kind !== 'signature-lost') continue;
    const key = JSON.stringify([one.signer, one.left]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .toSorted((a, b) => (a[0]?.left.length ?? 0) - (b[0]?.left.length ?? 0))
    .map((group) => {
      const [{ signer, left } = { signer: '', left: [] }] = group;
      const text = lostText(
        group.map(({ tag }) => tag),
        signer,
        left,
      );
      return { tone: left.length === 0 ? ('warn' as const) : ('plain' as const), text };
    });
}

/** Tags that can no longer be pulled, in one sentence. */
function unpullableTogether(consequences: readonly ConsequenceView[]): readonly Afterwards[] {
  const tags = consequences.flatMap((one) => (one.kind === 'tag-unpullable' ? [one.tag] : []));
  if (tags.length === 0) return [];
  return [{ tone: 'bad', text: `${tagsText(tags)} can no longer be pulled with content trust.` }];
}

/** The same sentence about many tags is said once, with some of them and their number. */
export function summariseAfterwards(
  plan: PlanView,
  most: number,
): { readonly shown: readonly Afterwards[]; readonly more: number } {
  const { consequences } = plan;
  const single = consequences.filter(({ kind }) => kind !== 'signature-lost' && kind !== 'tag-unpullable');
  const all = [
    ...unpullableTogether(consequences),
    ...single.map(afterwardsOf),
    ...lostTogether(consequences),
  ];
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
