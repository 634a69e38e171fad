/** Copies, keys and places in words. Pure. */
import type {
  CopyView,
  DestinationView,
  DrillView,
  KeyBackupView,
  KeyName,
  OfflineKeyView,
  Overview,
} from '../../../shared/ipc/backups.ts';
import { copiesText, standingText } from '../../../shared/copy-standing.ts';
import { placeDoubt, placeWarnings } from '../../../shared/place-words.ts';
import { countOf, sizeText } from '../../copy/sizes.ts';
import { dayText } from '../../copy/times.ts';
import type { Tone } from '../../ui/status.tsx';

/** `Root key`, `Repository key`, `Signer key jeff`. */
export function keyTitle(role: string): string {
  if (role === 'root') return 'Root key';
  if (role === 'targets') return 'Repository key';
  if (role === 'snapshot') return 'Snapshot key';
  return role === '' ? 'Signer key' : `Signer key ${role}`;
}

/** The same inside of a sentence. */
export function keyNoun(role: string): string {
  const title = keyTitle(role);
  return title.charAt(0).toLowerCase() + title.slice(1);
}

/** `Root, jeff and 2 more` for a cell. */
export function contentsText(keys: readonly KeyName[]): string {
  if (keys.length === 0) return 'No keys';
  const names = [...new Set(keys.map(({ role }) => shortRole(role)))];
  const shown = names.slice(0, 2).join(', ');
  const rest = names.length > 2 ? ` and ${names.length - 2} more` : '';
  return `${countOf(keys.length, 'key')}: ${shown}${rest}`;
}

function shortRole(role: string): string {
  if (role === 'targets') return 'repository';
  return role === '' ? 'signer' : role;
}

/** The copy to make a sheet of: a proven one of a key that is not here, before any other. */
export function copyToPrint({ copies, offline }: Pick<Overview, 'copies' | 'offline'>): CopyView | undefined {
  const away = new Set(offline.filter(({ state }) => state === 'away').map(({ id }) => id));
  const holding = copies.filter(({ keys }) => keys.some(({ id }) => away.has(id)));
  return holding.find(({ standing }) => standing.kind === 'proven') ?? holding[0] ?? copies[0];
}

export interface StateWords {
  readonly tone: Tone;
  readonly text: string;
}

const tones: Readonly<Record<CopyView['standing']['kind'], Tone>> = {
  unproven: 'warn',
  partly: 'warn',
  proven: 'ok',
  lapsed: 'warn',
  damaged: 'bad',
};

export function proofWords({
  standing: { kind, at },
  place,
}: Pick<CopyView, 'standing' | 'place'>): StateWords {
  const standing = at === undefined ? { kind } : { kind, at };
  const doubt = placeDoubt(place.medium);
  const text = [standingText(standing, dayText), doubt].filter((part) => part !== '').join(', ');
  return { tone: doubt !== '' && tones[kind] === 'ok' ? 'warn' : tones[kind], text: capitalised(text) };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function keyStateWords({ copies, provenCopies, provenAt, besideKeys }: KeyBackupView): StateWords {
  const text = capitalised(copiesText({ copies, provenCopies, wasProven: provenAt !== undefined }));
  if (besideKeys === true) return { tone: 'warn', text: `${text}, ${placeDoubt('own-disk')}` };
  return { tone: copies === 0 || provenCopies < copies ? 'warn' : 'ok', text };
}

const outcomes: Readonly<Record<DrillView['keys'][number]['outcome'], StateWords>> = {
  proven: { tone: 'ok', text: 'Signed a test message' },
  'not-tried': { tone: 'warn', text: 'Left out' },
  'wrong-passphrase': { tone: 'warn', text: 'No passphrase opened it' },
  'other-key': { tone: 'bad', text: 'Holds another key than its name says' },
  damaged: { tone: 'bad', text: 'Damaged' },
};

export function outcomeWords(outcome: DrillView['keys'][number]['outcome']): StateWords {
  return outcomes[outcome];
}

const systems: Readonly<Record<string, string>> = {
  vfat: 'FAT',
  fat32: 'FAT32',
  exfat: 'exFAT',
  ntfs: 'NTFS',
  ext4: 'ext4',
};

/** `14.9 GB free, FAT`. */
export function destinationFacts({ freeBytes, fileSystem }: DestinationView): string {
  const system = fileSystem === undefined ? '' : `, ${systems[fileSystem] ?? fileSystem}`;
  return `${spaceText(freeBytes)} free${system}`;
}

function spaceText(bytes: number): string {
  return bytes < 1_000_000_000 ? sizeText(bytes) : `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** What the person should know before choosing the place, most important first. */
export function destinationNotes(place: DestinationView): readonly StateWords[] {
  const { readOnly, freeBytes, largestBytes } = place;
  const notes: StateWords[] = [];
  if (readOnly) notes.push({ tone: 'bad', text: 'Read-only: nothing can be written here.' });
  if (!readOnly && freeBytes < 1_000_000) notes.push({ tone: 'bad', text: 'Almost full.' });
  notes.push(...placeWarnings(place));
  if (largestBytes !== undefined) notes.push({ tone: 'muted', text: 'Files up to 4 GB.' });
  return notes;
}

export function offlineWords({ state, since, on }: OfflineKeyView): StateWords {
  const where = on.length === 0 ? 'no proven copy is known' : `on ${on.join(' and ')}`;
  switch (state) {
    case 'away':
      return { tone: 'ok', text: `Offline since ${dayText(since)}: ${where}` };
    case 'visiting':
      return { tone: 'warn', text: 'Here for one operation' };
    case 'leaving':
      return { tone: 'warn', text: 'Its removal was cut off: it is still here' };
    case 'arriving':
      return { tone: 'warn', text: `Its return was cut off: it is not here, but ${where}` };
    case 'returned':
      return { tone: 'warn', text: 'Kept offline, and on this computer again' };
  }
}

/** What would be lost with these keys, if no backup of them were left. */
export function lossText(keys: readonly KeyBackupView[]): readonly string[] {
  const lines: string[] = [];
  const roots = keys.filter(({ role }) => role === 'root');
  const ofRoots = new Set(roots.flatMap(({ usedBy }) => usedBy)).size;
  if (roots.length > 0) {
    const of = ofRoots === 0 ? '' : ` in ${countOf(ofRoots, 'repository', 'repositories')}`;
    lines.push(`Without the root key no new repository can be made, and no key rotated${of}.`);
  }
  if (keys.some(({ role }) => role === 'targets')) {
    lines.push('A lost repository key can be replaced, as long as the root key is there.');
  }
  if (keys.some(({ role }) => !['root', 'targets', 'snapshot'].includes(role))) {
    lines.push('A lost signer key is replaced by the owner of each repository.');
  }
  return lines;
}
