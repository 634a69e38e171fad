/** Asks before a copy is no longer counted, and says which offline key that leaves with too few. Privileged process. */
import { leftShortText, type ShortKey } from '../../../shared/copy-standing.ts';
import type { DeskSetup } from './desk-setup.ts';

/** Throws `prompt/cancelled`. */
export async function confirmForget(
  { prompts }: DeskSetup,
  { name, label }: { readonly name: string; readonly label: string },
  short: readonly ShortKey[],
): Promise<void> {
  const what = `${name} is no longer counted as a copy. The file itself is not touched. Checking it again brings it back to the list.`;
  await prompts.confirm({
    title: `Forget the copy on ${label}?`,
    text: [...short.map(leftShortText), what].join('\n\n'),
    confirmLabel: 'Forget this copy',
    destructive: true,
  });
}
