/** Where the window can be, and how the address of its page says so. Pure. */
import type { RepositoryTab } from '../features/repository/repository-screen.tsx';

export type SectionId = 'repositories' | 'keys' | 'yubikey' | 'backups' | 'verify' | 'activity' | 'settings';

export type Route =
  | { readonly screen: SectionId }
  | { readonly screen: 'welcome' }
  | { readonly screen: 'repository'; readonly gun: string; readonly tab: RepositoryTab };

/** The entry of the sidebar that a place belongs to. */
export function sectionOf(route: Route): SectionId {
  return route.screen === 'repository' || route.screen === 'welcome' ? 'repositories' : route.screen;
}

const sectionIds: readonly SectionId[] = [
  'repositories',
  'keys',
  'yubikey',
  'backups',
  'verify',
  'activity',
  'settings',
];
const tabs: readonly RepositoryTab[] = ['tags', 'signers', 'keys', 'delegations', 'metadata'];
const longestGun = 1024;

/** The fragment of a place: `#/keys`, `#/repository/signers/registry.example.com/acme/app`. */
export function addressOf(route: Route): string {
  return route.screen === 'repository'
    ? `#/repository/${route.tab}/${encodeURI(route.gun)}`
    : `#/${route.screen}`;
}

/** The place that a fragment names; undefined for anything that is none, such as a one-time token. */
export function routeOf(fragment: string): Route | undefined {
  const [hash, screen, tab, ...rest] = fragment.split('/');
  if (hash !== '#') return undefined;
  if (screen === 'repository') return repositoryOf(tab, rest.join('/'));
  if (tab !== undefined) return undefined;
  if (screen === 'welcome') return { screen };
  const section = sectionIds.find((id) => id === screen);
  return section === undefined ? undefined : { screen: section };
}

function repositoryOf(named: string | undefined, encoded: string): Route | undefined {
  const tab = tabs.find((id) => id === named);
  const gun = decoded(encoded);
  if (tab === undefined || gun === '' || gun.length > longestGun) return undefined;
  return { screen: 'repository', gun, tab };
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return ''; // a person can type anything there
  }
}

export const isSamePlace = (one: Route | undefined, other: Route): boolean =>
  one !== undefined && addressOf(one) === addressOf(other);
