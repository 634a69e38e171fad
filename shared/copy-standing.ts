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

/** `no backup`, `at 2 places, 1 proven`, `at 1 place, last proven over a year ago`: two folders on one disk are one place. */
export function copiesText({ copies, provenCopies, wasProven }: KeyCopies): string {
  if (copies === 0) return 'no backup';
  const many = copies === 1 ? 'at 1 place' : `at ${String(copies)} places`;
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

/** Of a key that came for one publish and is still here after it, however that came. Without a full stop. */
export function overdueText(day: string | undefined): string {
  const what = day === undefined ? 'It signed what it came for' : `It signed a publish on ${day}`;
  return `${what} and should have left after it: send it away`;
}

/** How long a proof counts, in milliseconds: drives age and passphrases fade. */
export const PROOF_LASTS = 365 * 24 * 60 * 60 * 1000;
/** How long before that it is said. */
const REMIND_BEFORE = 30 * 24 * 60 * 60 * 1000;

/** A key of which a copy was proven, here or kept offline. */
export interface ProvenKey {
  readonly id: string;
  readonly role: string;
  /** The newest proof of any copy, in milliseconds. */
  readonly provenAt: number;
}

/**
 * The yearly reminder in one sentence: the keys whose newest proof is older than a year, or else those whose proof
 * lapses within a month. Undefined when there is nothing to do. `now` is in milliseconds.
 */
export function drillReminder(
  keys: readonly ProvenKey[],
  now: number,
  dayText: (at: number) => string,
): string | undefined {
  const due = keys.filter(({ provenAt }) => now - provenAt > PROOF_LASTS - REMIND_BEFORE);
  if (due.length === 0) return undefined;
  const lapsed = due.filter(({ provenAt }) => now - provenAt > PROOF_LASTS);
  if (lapsed.length > 0)
    return `The copies of ${whose(lapsed)} were last proven over a year ago: check one again.`;
  const first = Math.min(...due.map(({ provenAt }) => provenAt)) + PROOF_LASTS;
  return `The proof of the copies of ${whose(due)} lapses on ${dayText(first)}: check one before that.`;
}

function whose(keys: readonly ProvenKey[]): string {
  const [key] = keys;
  if (key === undefined || keys.length > 1) return `${String(keys.length)} keys`;
  return key.role === '' ? `key ${key.id.slice(0, 7)}` : `the ${key.role} key ${key.id.slice(0, 7)}`;
}
