/**
 * Reads JSON text member by member, without building values nobody asked for. Pure.
 * Stricter than JSON.parse: duplicate members and lone surrogates are refused, and it tells whether what was
 * read stood in canonical form, so that those very bytes are what was signed and need not be written again.
 */
import type { JsonValue } from './canonical-json.ts';
import { JsonError } from './json-error.ts';
import { readEscaped } from './json-strings.ts';
import { MAX_JSON_DEPTH } from './limits.ts';
import { MemberNames } from './member-names.ts';

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

/** How one member of an object looks in canonical form, and several in a row. Sticky; made by `plainMember`. */
export interface PlainMember {
  readonly one: RegExp;
  readonly several: RegExp;
  /** Of one member; its name is the first. */
  readonly groups: number;
}

/** @param source of the pattern of one whole member, whose first group is its name and whose groups are all numbered */
export function plainMember(source: string, groups: number): PlainMember {
  const several = [source, source, source, source].join(',');
  return { one: new RegExp(source, 'y'), several: new RegExp(several, 'y'), groups };
}

export class JsonReader {
  private canonical = true;
  private readonly text: string;
  private readonly ascii: boolean;
  private at = 0;
  private depth = 0;

  /** `ascii`: the text has no character above U+007F, which makes comparing names cheaper. */
  constructor(text: string, ascii: boolean) {
    this.text = text;
    this.ascii = ascii;
  }

  /** Index of the next token, in UTF-16 units; from here on it is watched whether the text is canonical. */
  startCanonical(): number {
    this.peek();
    this.canonical = true;
    return this.at;
  }

  /** Whether canonical JSON would write everything since `startCanonical` the same way. */
  get isCanonical(): boolean {
    return this.canonical;
  }

  private get position(): number {
    this.peek();
    return this.at;
  }

  /** Index right behind the last token. */
  get consumed(): number {
    return this.at;
  }

  /** Reads an object; `member` must read exactly the value that belongs to the name. */
  object(member: (name: string) => void): void {
    this.members((names) => this.namedMember(names, member));
  }

  /**
   * Reads an object most of whose members are written alike. What `plain` matches goes to `taken`, with the number of the
   * group that is the member's name; anything else to `member`. One native match for several members: the loops of
   * this class take many times as long for 10,000 of them, because they are still being interpreted then.
   */
  objectOfLike(
    plain: PlainMember,
    taken: (match: RegExpExecArray, name: number) => void,
    member: (name: string) => void,
  ): void {
    this.members((names) => {
      for (;;) {
        const match = this.matchFrom(plain.several) ?? this.matchFrom(plain.one);
        if (match === null) break;
        for (let name = 1; name < match.length; name += plain.groups) {
          this.note(names, match[name] ?? '');
          taken(match, name);
        }
        // The next one follows at once, or this was the last; `members` reads whatever else there is.
        if (this.text.charCodeAt(this.at) !== COMMA || this.text.charCodeAt(this.at + 1) !== QUOTE) return;
        this.at += 1;
      }
      this.namedMember(names, member);
    });
  }

  /** What the sticky pattern matches from here on, consumed. */
  private matchFrom(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }

  private members(one: (names: MemberNames) => void): void {
    this.open(OPEN_OBJECT, 'an object');
    if (!this.take(CLOSE_OBJECT)) {
      const names = new MemberNames(this.ascii);
      do one(names);
      while (this.take(COMMA));
      this.expect(CLOSE_OBJECT, '"}"');
    }
    this.close();
  }

  private namedMember(names: MemberNames, member: (name: string) => void): void {
    const name = this.string();
    this.note(names, name);
    this.expect(COLON, '":"');
    member(name);
  }

  private note(names: MemberNames, name: string): void {
    if (!names.add(name)) this.canonical = false;
  }

  /** Reads an array; `element` must read exactly one value. */
  array(element: () => void): void {
    this.open(OPEN_ARRAY, 'a list');
    if (this.take(CLOSE_ARRAY)) {
      this.close();
      return;
    }
    do element();
    while (this.take(COMMA));
    this.expect(CLOSE_ARRAY, '"]"');
    this.close();
  }

  string(): string {
    if (this.peek() !== QUOTE) this.fail('a string');
    const start = ++this.at;
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit === QUOTE) return this.text.slice(start, this.at++);
      if (unit === BACKSLASH) return this.escapedString(start);
      if (!(unit >= 32)) throw new JsonError(`control character or end of text in a string at ${this.at}`);
      this.at++;
    }
  }

  /** A whole number in plain digits, as Go reads into an integer field. */
  integer(): number {
    const text = this.numberText();
    const value = Number(text);
    if (!/^-?[0-9]+$/.test(text) || !Number.isSafeInteger(value)) {
      throw new JsonError(`${text} is not a whole number within 2^53`);
    }
    if (text === '-0') this.canonical = false;
    return value;
  }

  boolean(): boolean {
    const start = this.text.charAt(this.position);
    return start === 't' ? this.literal('true', true) : this.literal('false', false);
  }

  /** Consumes `null` when it is next and tells so. */
  takeNull(): boolean {
    return this.text.charAt(this.position) === 'n' && this.literal('null', true);
  }

  value(): JsonValue {
    switch (this.peek()) {
      case QUOTE:
        return this.string();
      case OPEN_OBJECT:
        return this.objectValue();
      case OPEN_ARRAY: {
        const list: JsonValue[] = [];
        this.array(() => list.push(this.value()));
        return list;
      }
      case 110:
        return this.literal('null', null);
      case 116:
      case 102:
        return this.boolean();
      default:
        return this.number();
    }
  }

  /** Refuses anything but white space behind the last value. */
  end(): void {
    if (!Number.isNaN(this.peek())) throw new JsonError(`data behind the end at ${this.at}`);
  }

  private objectValue(): JsonValue {
    // No prototype: a member may be called `__proto__`.
    const members = Object.create(null) as Record<string, JsonValue>;
    this.object((name) => (members[name] = this.value()));
    return members;
  }

  private number(): number {
    const text = this.numberText();
    const value = Number(text);
    if (String(value) !== text || !Number.isSafeInteger(value)) this.canonical = false;
    return value;
  }

  private numberText(): string {
    const first = this.peek();
    if (first !== MINUS && !(first >= ZERO && first <= NINE)) this.fail('a value');
    NUMBER.lastIndex = this.at;
    const text = NUMBER.exec(this.text)?.[0];
    if (text === undefined) return this.fail('a number');
    this.at += text.length;
    return text;
  }

  private escapedString(start: number): string {
    const { value, end, canonical } = readEscaped(this.text, start);
    this.at = end;
    if (!canonical) this.canonical = false;
    return value;
  }

  private literal<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.position)) this.fail('a value');
    this.at += word.length;
    return value;
  }

  private open(token: number, what: string): void {
    if (this.peek() !== token) this.fail(what);
    this.at++;
    if (++this.depth > MAX_JSON_DEPTH) throw new JsonError(`nested deeper than ${MAX_JSON_DEPTH}`);
  }

  private close(): void {
    this.depth--;
  }

  private take(token: number): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }

  private expect(token: number, what: string): void {
    if (!this.take(token)) this.fail(what);
  }

  /** The next unit that is not white space (NaN at the end), without consuming it. */
  private peek(): number {
    let unit = this.text.charCodeAt(this.at);
    while (unit === 32 || unit === 10 || unit === 13 || unit === 9) {
      this.canonical = false;
      unit = this.text.charCodeAt(++this.at);
    }
    return unit;
  }

  private fail(expected: string): never {
    throw new JsonError(`expected ${expected} at ${this.at}`);
  }
}
