/** What taking a key offline means, in sentences, for the question that is asked before it. Pure. */
import { withoutRootText } from '../../../shared/without-root.ts';
import type { ImpactView } from '../../../shared/ipc/backups.ts';

const plural = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${String(count)} ${many}`;

/** Nothing is removed silently: names the key, what still works, what waits until it is back, and where it is. `copies`: lines. */
export function offlineText(
  { key, roles }: ImpactView,
  copies: readonly string[],
  files: readonly string[],
): string {
  const where = ['Proven copies:', ...copies].join('\n');
  return [...meaning(key.role, roles), where, removedFilesText(files)].join('\n\n');
}

/** Of a key: the file that is used, and what else lies in the key store under its ID. */
function removedFilesText(files: readonly string[]): string {
  if (files.length === 1) return 'Its file is removed from this computer.';
  return ['These files of it are removed from this computer:', ...files.map((file) => `  ${file}`)].join(
    '\n',
  );
}

function meaning(role: string, roles: ImpactView['roles']): readonly string[] {
  if (role === 'root') {
    const guns = new Set(roles.map(({ gun }) => gun)).size;
    const of = guns === 0 ? '' : `, for the ${plural(guns, 'repository', 'repositories')} it belongs to`;
    return withoutRootText(of);
  }
  const lost = roles.filter(({ effect }) => effect !== 'still-signable-here');
  if (lost.length === 0) return ['No repository that was read here needs it on this computer.'];
  const names = lost.map(({ role: name, gun }) => `${name} of ${gun}`);
  const shown = names.slice(0, 6).join(', ');
  const more = names.length > 6 ? ` and ${String(names.length - 6)} more` : '';
  return [`Until it is brought back, this computer cannot sign ${shown}${more}.`];
}
