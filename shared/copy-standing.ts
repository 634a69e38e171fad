/** What a copy of a backup is worth today, and the words for it: the same in the window and on the terminal. Pure. */

export interface CopyStanding {
  /**
   * `partly`: not every key was tried. `lapsed`: proven, but more than a year ago: it does not count until it is checked
   * again. `damaged`: the last check found damage, or keys that do not work.
   */
  readonly kind: 'unproven' | 'partly' | 'proven' | 'lapsed' | 'damaged';
  /** When it was proven, in milliseconds; present where it is `proven` or `lapsed`. */
  readonly at?: number;
}

/** For a cell. `dayText` writes a day as the reader is used to. */
export function standingText({ kind, at = 0 }: CopyStanding, dayText: (at: number) => string): string {
  switch (kind) {
    case 'unproven':
      return 'unproven';
    case 'partly':
      return 'proven in part only';
    case 'proven':
      return `proven ${dayText(at)}`;
    case 'lapsed':
      return `proven ${dayText(at)}, over a year ago: check it again`;
    case 'damaged':
      return 'damaged at its last check';
  }
}

/** How well one key is backed up. */
export interface KeyCopies {
  /** Places with a copy. */
  readonly copies: number;
  /** Those of them whose proof counts. */
  readonly provenCopies: number;
  /** True when one was ever proven. */
  readonly wasProven: boolean;
}

/** `no backup`, `2 copies, 1 proven`, `2 copies, last proven over a year ago`. */
export function copiesText({ copies, provenCopies, wasProven }: KeyCopies): string {
  if (copies === 0) return 'no backup';
  const many = copies === 1 ? '1 copy' : `${String(copies)} copies`;
  if (provenCopies > 0) return `${many}, ${String(provenCopies)} proven`;
  return `${many}, ${wasProven ? 'last proven over a year ago' : 'none proven'}`;
}

/** A key that is kept offline, and what would be left of its proven copies. */
export interface ShortKey {
  readonly id: string;
  /** The role header: `root`, `targets`, a signer's name, or ''. */
  readonly role: string;
  /** Proven copies on different disks. */
  readonly left: number;
}

/** Said before copies are forgotten on which a key depends that is not meant to be on this computer. */
export function leftShortText({ id, role, left }: ShortKey): string {
  const key = role === '' ? `Key ${id.slice(0, 12)}` : `The ${role} key ${id.slice(0, 12)}`;
  const copies = left === 0 ? 'no proven copy' : `${String(left)} proven ${left === 1 ? 'copy' : 'copies'}`;
  return `${key} is kept offline and would be left with ${copies}; two are needed. Write and prove another one first.`;
}
