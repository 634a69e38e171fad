/** Small repositories whose roles hold what a test says. */
import type { Gun, RoleName } from '../../../shared/brands.ts';
import { parseRoot, parseTargets } from '../../../electron/tuf/parse.ts';
import { RepositoryBuilder } from '../../simulator/repository-builder.ts';

const gun = 'docker.io/acme/app' as Gun;
const now = new Date('2026-06-01T12:00:00Z');
export const role = (name: string): RoleName => name as RoleName;

/** Role to the targets it holds: names, or name and content. */
export type Contents = Readonly<Record<string, readonly (string | readonly [string, string])[]>>;

export interface Shape {
  readonly paths?: Readonly<Record<string, readonly string[]>>;
  readonly without?: readonly string[];
}

/** Verified files of a repository whose roles hold just this. */
export async function filesWith(contents: Contents, { paths = {}, without = [] }: Shape = {}) {
  const builder = await RepositoryBuilder.create(gun, now);
  for (const name of Object.keys(contents)) {
    if (name !== 'targets') builder.delegate(role(name), { paths: paths[name] ?? [''] });
  }
  for (const [name, targets] of Object.entries(contents)) {
    for (const target of targets) {
      const [tag, content] = typeof target === 'string' ? [target, target] : target;
      builder.addTarget(role(name), tag, content);
    }
  }
  const files = (await builder.publish()).published();
  const names = ['targets', ...Object.keys(contents)].filter((name) => !without.includes(name));
  return {
    root: parseRoot(files.get('root')!),
    targets: new Map(
      [...new Set(names)].map((name) => [role(name), parseTargets(role(name), files.get(name)!)]),
    ),
  };
}
