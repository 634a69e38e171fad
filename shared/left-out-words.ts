/** Key files that cannot be read where all keys were asked for, in the words of window and terminal. Pure. */

/** @param what it is left out of: `backup`, `export` */
export function leftOutText(file: string, what: string, reason: string): string {
  return `${file} is not in the ${what}: ${reason}`;
}

export const leftOutFix = 'Correct its permissions, or move away what is no key';
