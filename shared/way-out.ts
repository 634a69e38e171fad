/** Who can put another key in the place of one that is gone: the same words in the window and on the terminal. Pure. */

export interface WayOut {
  /** The role whose key does it. */
  readonly with: 'root' | 'targets';
  /** `offline`: enough of its keys are here or kept offline. */
  readonly where: 'here' | 'offline' | 'elsewhere';
}

/** The end of a sentence, without a full stop: `until …`. */
export function wayOutText({ with: role, where }: WayOut): string {
  const name = role === 'root' ? 'root key' : 'repository key';
  switch (where) {
    case 'here':
      return `until the ${name} here puts another in its place`;
    case 'offline':
      return `until the ${name}, which is kept offline, is brought back and puts another in its place`;
    case 'elsewhere':
      return `until whoever has the ${name} puts another in its place`;
  }
}
