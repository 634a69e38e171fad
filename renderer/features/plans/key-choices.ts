/** Which keys can take the place of a base role's, or own a new repository, as choices of a list. Pure. */
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { namesText, placeText } from '../../copy/trust-words.ts';
import type { Choice } from '../../ui/choice-list.tsx';

/** The roles whose keys are rotated; a delegation's are added and removed. */
export type RotatedRole = 'root' | 'targets' | 'snapshot' | 'timestamp';

/** The key a role has now. */
export interface PresentKey {
  /** Of the key itself, not of its certificate. */
  readonly id: string;
  readonly isHere: boolean;
}

const server: Choice<string> = {
  id: 'server',
  label: 'A new key of the trust server',
  note: 'The server makes it, keeps it and signs with it. Nothing has to be kept here.',
};

const fresh: Choice<string> = {
  id: 'new',
  label: 'A new key, made on this computer',
  note: 'Under a passphrase that you are asked for. Back it up afterwards.',
};

/** What can take the place of the keys that `role` of `gun` has, the usual choice first. */
export function rotationChoices(
  gun: string,
  role: RotatedRole,
  present: readonly PresentKey[],
  keys: readonly KeyRow[],
): readonly Choice<string>[] {
  const other = keys.filter(({ id }) => !present.some((key) => key.id === id));
  switch (role) {
    case 'timestamp':
      return [server];
    case 'snapshot':
      return [server, fresh, ...others(other.filter((key) => isRepositoryKey(key, gun)))];
    case 'targets':
      return [fresh, ...others(other.filter((key) => isRepositoryKey(key, gun)))];
    case 'root':
      return [fresh, ...renewals(present), ...others(other.filter(isRoot))];
  }
}

/** A root key that a new repository would belong to, once it is brought back: `back:` and its ID. */
const BACK = 'back:';

/** The key to bring back, when that is what was chosen. */
export function keyToBringBack(choice: string | undefined): string | undefined {
  return choice?.startsWith(BACK) === true ? choice.slice(BACK.length) : undefined;
}

const second: Choice<string> = {
  id: 'new',
  label: 'Another root key',
  note: 'Made on this computer, beside the one that is kept offline. The copies of that one do not protect it: it needs a backup of its own.',
};

/** Root keys that a new repository can belong to, those to bring back, then a new one. `offline`: IDs. */
export function rootKeyChoices(
  keys: readonly KeyRow[],
  offline: readonly string[],
): readonly Choice<string>[] {
  const here = others(keys.filter(isRoot));
  const away = offline.filter((id) => !here.some((choice) => choice.id === id));
  const back = away.map((id) => ({
    id: `${BACK}${id}`,
    label: `Bring back ${id.slice(0, 12)}`,
    note: 'Kept offline. It comes for one publish and leaves again after it; then create the repository with it.',
  }));
  return [...here, ...back, away.length > 0 ? second : fresh];
}

const isRoot = ({ role }: KeyRow): boolean => role === 'root';

/** Signers' files and keys of other repositories are not offered; what is on a token was put there for a purpose. */
function isRepositoryKey(key: KeyRow, gun: string): boolean {
  if (key.place.kind === 'yubikey') return !isRoot(key);
  const isBase = key.role === 'targets' || key.role === 'snapshot';
  return isBase && (key.gun === undefined || key.gun === gun);
}

/** Only a single key can be said to stay. */
function renewals(present: readonly PresentKey[]): readonly Choice<string>[] {
  const [key, ...more] = present;
  if (key?.isHere !== true || more.length > 0) return [];
  const note = 'The key stays; the root names it with a certificate that is good for another ten years.';
  return [{ id: key.id, label: 'A new certificate for the present key', note }];
}

/** A key that is on a token and in a file is one choice: the token's is used. */
function others(keys: readonly KeyRow[]): readonly Choice<string>[] {
  const used = new Map<string, KeyRow>();
  for (const key of keys) if (!used.has(key.id) || key.place.kind === 'yubikey') used.set(key.id, key);
  return [...used.values()].map((key) => ({
    id: key.id,
    label: `Key ${key.id.slice(0, 12)}`,
    note: `${placeText(key.place)}, ${usesText(
      key.usedBy.map(({ gun }) => gun),
      key.role === 'root' ? 'root' : 'a key',
    )}.`,
  }));
}

const mostNamed = 2;

/** `root of registry.example/app and 2 more`. */
export function usesText(guns: readonly string[], as: 'root' | 'a key' = 'root'): string {
  if (guns.length === 0) return 'no repository here';
  const more = guns.length - mostNamed;
  return `${as} of ${namesText([...guns.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])])}`;
}
