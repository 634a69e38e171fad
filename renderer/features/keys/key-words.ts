/** What keys, their backups and what depends on them are called. Pure. */
import type { BackupState, KeyRow, Removal } from '../../../shared/ipc/keys.ts';
import { placeDoubt } from '../../../shared/place-words.ts';
import { wayOutText } from '../../../shared/way-out.ts';
import { countOf } from '../../copy/sizes.ts';
import { dayText } from '../../copy/times.ts';
import { roleOwner, roleTitle } from '../../copy/trust-words.ts';

const baseRoles: readonly string[] = ['root', 'targets', 'snapshot', 'timestamp'];

export const isSignersKey = ({ role }: Pick<KeyRow, 'role'>): boolean => !baseRoles.includes(role);

/** `Root key`, `Repository key`, `Signer key jeff`. */
export function keyTitle({ role }: Pick<KeyRow, 'role'>): string {
  if (baseRoles.includes(role)) return roleTitle(role);
  return role === '' ? 'Key without a name' : `Signer key ${role}`;
}

/** In a sentence: `the root key`, `jeff’s key`. */
export function keyName({ role, id }: Pick<KeyRow, 'role' | 'id'>): string {
  if (baseRoles.includes(role)) return `the ${roleTitle(role).toLowerCase()}`;
  return role === '' ? `key ${id.slice(0, 12)}` : `${role}’s key`;
}

/** How many keys lie where, for the head of the page. */
export interface KeysThere {
  readonly text: string;
  /** Without it they are on tokens. */
  readonly folder?: string;
}

/** Each folder with the keys that lie in it; what is on tokens lies in none. */
export function whereKeysAre(keys: readonly KeyRow[], trustDirectory: string): readonly KeysThere[] {
  const inFiles = keys.filter(({ place }) => place.kind === 'file');
  const sandbox = inFiles.filter((key) => key.sandbox);
  const onTokens = keys.length - inFiles.length;
  const [ofSandbox] = sandbox;
  return [
    { text: countOf(inFiles.length - sandbox.length, 'private key'), folder: `${trustDirectory}/private` },
    ...(onTokens === 0 ? [] : [{ text: `${countOf(onTokens, 'key')} on YubiKeys` }]),
    ...(ofSandbox === undefined
      ? []
      : [{ text: `${countOf(sandbox.length, 'key')} of the sandbox`, folder: ofSandbox.location }]),
  ];
}

export type BackupTone = 'ok' | 'warn' | 'muted';

export interface BackupWords {
  readonly tone: BackupTone;
  /** For a cell. */
  readonly word: string;
  /** In full. */
  readonly sentence: string;
}

/** A backup counts once it was read back. */
export function backupWords(state: BackupState | undefined): BackupWords {
  if (state === undefined)
    return { tone: 'warn', word: 'Unknown', sentence: 'The records of backups cannot be read.' };
  const { copies, provenCopies, lastProof } = state;
  if (copies === 0) return { tone: 'muted', word: 'None', sentence: 'No backup of it is known here.' };
  const many = countOf(copies, 'place');
  if (provenCopies === 0 && lastProof === undefined)
    return { tone: 'warn', word: 'Unproven', sentence: `At ${many}, not proven at any: check it once.` };
  if (provenCopies === 0) {
    return {
      tone: 'warn',
      word: 'Drill due',
      sentence: `At ${many}, last proven over a year ago: check it again.`,
    };
  }
  const when = lastProof === undefined ? '' : ` on ${dayText(Date.parse(lastProof))}`;
  const proven = `Proven at ${provenCopies === copies ? many : `${provenCopies} of ${many}`}${when}`;
  if (state.besideKeys === true) {
    const sentence = `${proven}, ${placeDoubt('own-disk')}: lost together with it. Write a copy to a drive.`;
    return { tone: 'warn', word: 'Same disk', sentence };
  }
  return { tone: 'ok', word: 'Proven', sentence: `${proven}.` };
}

type Impact = Removal['impacts'][number];

/** What can no longer be done with a role, or by whom it still can. */
export function impactText(impact: Impact): string {
  const { effect, othersHere, othersElsewhere, wayOut } = impact;
  const act = actOf(impact);
  const until = wayOut === undefined ? '' : `, ${wayOutText(wayOut)}`;
  switch (effect) {
    case 'still-signable-here':
      return `${act} is still possible here, with ${keysText(othersHere)}.`;
    case 'others-must-sign':
      return `${act} is no longer possible here, only by whoever holds ${keysText(othersElsewhere)}${until}.`;
    case 'nobody-can-sign':
      return othersHere.length + othersElsewhere.length === 0
        ? `${act} is no longer possible for anybody${until}: it is the only key.`
        : `${act} is no longer possible for anybody${until}: too few keys are left.`;
  }
}

function actOf({ role, signsTags }: Impact): string {
  switch (role) {
    case 'root':
      return 'Changing its administrative keys';
    case 'targets':
      return signsTags ? 'Signing tags, and deciding who may sign,' : 'Deciding who may sign';
    case 'snapshot':
      return 'Publishing with the snapshot key';
    case 'targets/releases':
      return 'Signing releases';
    default:
      return `Signing as ${roleOwner(role)}`;
  }
}

const shown = 3;

function keysText(ids: readonly string[]): string {
  const names = ids.slice(0, shown).map((id) => id.slice(0, 12));
  const more = ids.length > shown ? ` and ${ids.length - shown} more` : '';
  return `${ids.length === 1 ? 'key' : 'keys'} ${names.join(', ')}${more}`;
}
