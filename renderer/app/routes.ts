/** Where the window can be. Pure. */
import type { RepositoryTab } from '../features/repository/repository-screen.tsx';

export type SectionId = 'repositories' | 'keys' | 'yubikey' | 'backups' | 'activity' | 'settings';

export type Route =
  | { readonly screen: SectionId }
  | { readonly screen: 'welcome' }
  | { readonly screen: 'repository'; readonly gun: string; readonly tab: RepositoryTab };

/** The entry of the sidebar that a place belongs to. */
export function sectionOf(route: Route): SectionId {
  return route.screen === 'repository' || route.screen === 'welcome' ? 'repositories' : route.screen;
}
