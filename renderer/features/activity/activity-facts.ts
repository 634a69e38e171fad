/** What an entry of the activity log says beyond its title: tags with digests, roles and keys. Pure. */
import type { ActivityEntryView } from '../../../shared/ipc/activity.ts';
import { planLine } from '../../../shared/ipc/plans.ts';

/** One line of an entry; `id` is a digest or a key ID, shown in full on demand. */
export interface ActivityFact {
  readonly text: string;
  readonly id?: string;
}

/** So many are shown; the rest is counted, and is in the exported log. */
const most = 4;

/** @param details as recorded: plain JSON of this or an earlier version of the program, so nothing is taken for granted */
export function activityFacts(details: ActivityEntryView['details']): readonly ActivityFact[] {
  const { lines, keyId, keyIds } = details;
  const facts = [
    ...(Array.isArray(lines) ? lines.flatMap(lineFacts) : []),
    ...[keyId, ...(Array.isArray(keyIds) ? (keyIds as readonly unknown[]) : [])].flatMap(keyFact),
  ];
  const left = facts.length - most;
  return left > 1 ? [...facts.slice(0, most), { text: `and ${String(left)} more` }] : facts;
}

function keyFact(id: unknown): readonly ActivityFact[] {
  return typeof id === 'string' ? [{ text: 'Key', id }] : [];
}

function lineFacts(value: unknown): readonly ActivityFact[] {
  const { success, data } = planLine.safeParse(value);
  if (!success) return [];
  switch (data.kind) {
    case 'tag-added':
      return [{ text: `+ ${data.tag}`, id: data.digest }];
    case 'tag-changed':
      return [{ text: `~ ${data.tag}`, id: data.to }];
    case 'tag-signed-again':
      return [{ text: `= ${data.tag}`, id: data.digest }];
    case 'tag-removed':
      return [{ text: `- ${data.tag}`, id: data.digest }];
    case 'delegation-added':
      return data.keyIds.map((id) => ({ text: `+ ${data.role}`, id }));
    case 'delegation-removed':
      return data.keyIds.map((id) => ({ text: `- ${data.role}`, id }));
    case 'key-added':
      return [{ text: `+ ${data.role}`, id: data.keyId }];
    case 'key-removed':
      return [{ text: `- ${data.role}`, id: data.keyId }];
    case 'base-keys-replaced':
      return data.to.map((id) => ({ text: `~ ${data.role}`, id }));
    default:
      return [];
  }
}
