/** Words of commands that a person is shown, to be run as they are. Pure. */

/**
 * A path as a shell takes it in one piece, and a program as a path. SECURITY: to tar a name with a colon is a file on another
 * computer, and to every program a name that begins with a dash is an option; behind `./` neither is.
 */
export function shellWord(word: string): string {
  const path = /^[-~]|^[^/]*:/.test(word) ? `./${word}` : word;
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
