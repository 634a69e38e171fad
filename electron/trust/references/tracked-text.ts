/** Text of which every character knows where in the file it stands, so that it can be changed there and nowhere else. Pure. */

export interface Mark {
  readonly char: string;
  /** Offset in the file, in UTF-16 units. */
  readonly at: number;
  /** The variables whose value or default it is, the innermost first, with a blank between; empty for plain text. */
  readonly via: string;
}

export type Tracked = readonly Mark[];

export const textOfTracked = (marks: Tracked): string => marks.map(({ char }) => char).join('');

/** A piece of the file as it is. */
export function trackedSlice(text: string, from: number, to: number): Tracked {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
    char: text.charAt(from + index),
    at: from + index,
    via: '',
  }));
}

/** True when all of it stands in one place of the file, one character behind the other. */
export function isUnbroken(marks: Tracked): boolean {
  const [first] = marks;
  return marks.every(
    ({ at, via }, index) => first !== undefined && via === first.via && at === first.at + index,
  );
}

/** The same characters, as the value of a variable. */
export function throughVariable(marks: Tracked, name: string): Tracked {
  return marks.map((mark) => ({ ...mark, via: mark.via === '' ? name : `${mark.via} ${name}` }));
}
