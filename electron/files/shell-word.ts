/** Words of commands that a person is shown, to be run as they are. Pure. */

/** A path as a shell takes it in one piece. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
