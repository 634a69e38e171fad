/** What is to be known of a place before a backup goes there, or a key leaves because of one there. Pure. */

/**
 * `memory`: gone when the computer is switched off. `layer`: over other folders, as in a container, and gone with it.
 * `own-disk`: the disk that the keys themselves are on.
 */
export type Medium = 'memory' | 'layer' | 'own-disk';

export interface PlaceFacts {
  readonly kind: 'drive' | 'folder';
  readonly medium?: Medium | undefined;
  readonly keepsPermissions?: boolean | undefined;
}

export interface PlaceWarning {
  /** `bad`: a copy there counts for nothing. */
  readonly tone: 'bad' | 'warn' | 'muted';
  readonly text: string;
}

/** Whole sentences, the most important first. */
export function placeWarnings({
  kind,
  medium,
  keepsPermissions = true,
}: PlaceFacts): readonly PlaceWarning[] {
  const open: PlaceWarning = {
    tone: 'muted',
    text: 'Its file system keeps no permissions: whoever holds it can copy the file, not open it.',
  };
  const warnings = medium === undefined ? ofKind(kind) : [ofMedium[medium]];
  return keepsPermissions ? warnings : [...warnings, open];
}

function ofKind(kind: PlaceFacts['kind']): readonly PlaceWarning[] {
  if (kind === 'drive') return [];
  return [{ tone: 'warn', text: 'Not a drive that can be unplugged.' }];
}

const ofMedium: Readonly<Record<Medium, PlaceWarning>> = {
  memory: {
    tone: 'bad',
    text: 'Kept in memory: gone when this computer is switched off. It never counts as a copy.',
  },
  layer: {
    tone: 'bad',
    text: 'A layer over other folders, as in a container: gone with it. It never counts as a copy.',
  },
  'own-disk': {
    tone: 'warn',
    text: 'On the same disk as the keys themselves: lost together with them. When a key goes offline, it does not count.',
  },
};

/** The kind of a place in a few words: `a drive`, `a folder on the disk of the keys`. */
export function placeKindText({ kind, medium }: PlaceFacts): string {
  if (kind === 'drive') return medium === 'own-disk' ? 'the drive that the keys are on' : 'a drive';
  if (medium === undefined) return 'a folder on another disk or on the network';
  return kindTexts[medium];
}

const kindTexts: Readonly<Record<Medium, string>> = {
  memory: 'a folder in memory',
  layer: 'a folder in a layer over others',
  'own-disk': 'a folder on the disk of the keys',
};

/** What a list says of a copy there beside its proof; '' where nothing speaks against the place. */
export function placeDoubt(medium: Medium | undefined): string {
  return medium === undefined ? '' : doubts[medium];
}

const doubts: Readonly<Record<Medium, string>> = {
  memory: 'in memory: does not count',
  layer: 'in a layer over other folders: does not count',
  'own-disk': 'on the disk of the keys',
};

/** Before copies on the keys' own disk let a key go: what the person says by agreeing. `folders` by their whole path. */
export function elsewhereText(folders: readonly string[]): string {
  const which = folders.length === 1 ? 'This folder lies' : 'These folders lie';
  const each = folders.length === 1 ? 'it' : 'each of them';
  return [
    `${which} on the same disk as the keys:\n${folders.join('\n')}`,
    'If that disk fails or the computer is stolen, what is there is lost, and with it the key, for good.',
    `Go on only if ${each} is synchronised to a place of its own, and you have seen the file there.`,
  ].join('\n\n');
}
