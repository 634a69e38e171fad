/** Turns what the registry answered into a state beside each signed digest. Pure. */
import type { CallOutput } from '../../../shared/ipc/bridge.ts';
import type { TagTable } from '../../../shared/ipc/repositories.ts';
import type { WireError } from '../../../shared/errors.ts';
import type { RegistryState } from './tag-view.ts';

type Answer = CallOutput<'repositories.registryDigests'>[number];

/** Tags asked in one call; the contract allows 500, a smaller number shows progress. */
export const batchSize = 200;

function compare(answer: Answer, signed: string | undefined): RegistryState {
  switch (answer.kind) {
    case 'digest':
      return answer.sha256 === signed ? { kind: 'same' } : { kind: 'different', digest: answer.sha256 };
    case 'absent':
      return { kind: 'absent' };
    case 'unknown':
      return { kind: 'unknown', error: answer.error };
  }
}

/** The map with the answers put in; tags that were asked and not answered become unknown for `why`. */
export function withAnswers(
  registry: ReadonlyMap<string, RegistryState>,
  table: TagTable,
  answers: readonly Answer[],
): ReadonlyMap<string, RegistryState> {
  const next = new Map(registry);
  const signed = new Map<string, string | undefined>();
  const asked = new Set(answers.map(({ tag }) => tag));
  table.tags.forEach((tag, at) => {
    if (asked.has(tag)) signed.set(tag, table.digests[at]);
  });
  for (const answer of answers) next.set(answer.tag, compare(answer, signed.get(answer.tag)));
  return next;
}

/** The call itself failed: nothing is known about these tags, and why. */
export function withFailure(
  registry: ReadonlyMap<string, RegistryState>,
  tags: readonly string[],
  error: WireError,
): ReadonlyMap<string, RegistryState> {
  const next = new Map(registry);
  for (const tag of tags) next.set(tag, { kind: 'unknown', error });
  return next;
}

export function withAsking(
  registry: ReadonlyMap<string, RegistryState>,
  tags: readonly string[],
): ReadonlyMap<string, RegistryState> {
  const next = new Map(registry);
  for (const tag of tags) next.set(tag, { kind: 'asking' });
  return next;
}

/** Tags, of those asked so far, under which the registry holds something else by now than what is signed. */
export function differentTags(registry: ReadonlyMap<string, RegistryState>): readonly string[] {
  return [...registry].flatMap(([tag, { kind }]) => (kind === 'different' ? [tag] : []));
}
