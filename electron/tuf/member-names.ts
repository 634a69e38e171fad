/** The names of one JSON object while they are read: in order, and none twice. Pure. */
import { JsonError } from './json-error.ts';
import { compareUtf8 } from './utf8.ts';

/** Names of one object. Ascending names cannot repeat; only when order breaks is a set needed. */
export class MemberNames {
  private readonly ascii: boolean;
  private readonly names: string[] = [];
  private last: string | undefined;
  private seen: Set<string> | undefined;

  constructor(ascii: boolean) {
    this.ascii = ascii;
  }

  /** False when the name is out of canonical order. Throws when it was there before. */
  add(name: string): boolean {
    const last = this.last;
    this.last = name;
    if (this.seen === undefined) {
      const inOrder = last === undefined || (this.ascii ? last < name : compareUtf8(last, name) < 0);
      if (inOrder) return this.names.push(name) > 0;
      this.seen = new Set(this.names);
    }
    // SECURITY: two readers may pick different ones of two equal names; no file with such is believed.
    if (this.seen.has(name)) throw new JsonError(`member ${JSON.stringify(name)} occurs twice`);
    this.seen.add(name);
    return false;
  }
}
