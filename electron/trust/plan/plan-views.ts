/** Plans and receipts in the shapes of the bridge. Pure; nothing secret is in either. */
import type * as z from 'zod/mini';
import type { PlanView, plan, receipt } from '../../../shared/ipc/plans.ts';
import type { Plan, PlanLine, Consequence } from './plan.ts';
import type { Receipt } from './receipt.ts';

type PlanInput = z.input<typeof plan>;
type ReceiptInput = z.input<typeof receipt>;

export function toPlanView(plan: Plan): PlanView {
  const { id, kind, title, gun, server, createdAt, staged } = plan;
  return {
    id,
    kind,
    title,
    gun,
    server,
    createdAt,
    staged: staged.length,
    lines: plan.lines.map(toLine),
    consequences: plan.consequences.map(toConsequence),
    roles: plan.roles.map(({ signatures, ...role }) => ({
      ...role,
      signatures: signatures.map(({ keyId, owner, place }) => ({ keyId, owner, place: { ...place } })),
    })),
  };
}

function toLine(line: PlanLine): PlanInput['lines'][number] {
  switch (line.kind) {
    case 'delegation-added':
      return { ...line, keyIds: [...line.keyIds], paths: [...line.paths] };
    case 'delegation-removed':
      return { ...line, keyIds: [...line.keyIds] };
    case 'base-keys-replaced':
    case 'paths-changed':
      return { ...line, from: [...line.from], to: [...line.to] };
    default:
      return line;
  }
}

function toConsequence(consequence: Consequence): PlanInput['consequences'][number] {
  if (consequence.kind === 'signature-lost') return { ...consequence, left: [...consequence.left] };
  if (consequence.kind !== 'role-unusable') return consequence;
  return { ...consequence, remedyKeyIds: [...consequence.remedyKeyIds] };
}

export function toReceiptView(receipt: Receipt, movedTags: ReceiptInput['movedTags']): ReceiptInput {
  const { roles, restorePoint, ...rest } = receipt;
  return {
    ...rest,
    ...(restorePoint === undefined ? {} : { restorePoint }),
    roles: roles.map((role) => ({ ...role, signedBy: [...role.signedBy] })),
    movedTags,
  };
}
