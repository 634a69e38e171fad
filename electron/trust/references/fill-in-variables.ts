/**
 * Variables of Dockerfiles and compose files filled in from what the file itself says: values and defaults that stand in
 * it, never the environment, so that the answer is the same for everybody. Pure.
 * Rules: BuildKit's shell.Lex (quotes, escapes, `${X:-d}`), compose-go's template.
 */
import { AppError } from '../../../shared/errors.ts';
import { throughVariable, type Tracked, type Mark, textOfTracked } from './tracked-text.ts';

export interface Dialect {
  /** Its value; undefined when it has none in this file. */
  readonly valueOf: (name: string) => Tracked | undefined;
  /** A variable that somebody else sets, whatever the file says: what sets it, after "which". */
  readonly setBy?: (name: string) => string | undefined;
  /** The Dockerfile's escape character, which also removes quotes; without one `$$` stands for a dollar. */
  readonly escape?: string;
}

/** Longer than any reference may be; keeps variables that hold variables from growing without end. */
const longest = 1024;
const deepest = 16;

/** @throws `reference/unresolvable` */
export function fillIn(word: Tracked, dialect: Dialect): Tracked {
  return new Filling(word, dialect).run();
}

class Filling {
  readonly #word: Tracked;
  readonly #dialect: Dialect;
  #next = 0;
  #depth = 0;

  constructor(word: Tracked, dialect: Dialect) {
    this.#word = word;
    this.#dialect = dialect;
  }

  run(): Tracked {
    if (this.#word.length > longest) this.#refuse('it is too long');
    return this.#until('');
  }

  /** Everything up to the unquoted character `end`, which is taken too; up to the end of the word when it is empty. */
  #until(end: string): Tracked {
    const out: Mark[] = [];
    for (let mark = this.#take(); mark !== undefined && mark.char !== end; mark = this.#take()) {
      out.push(...this.#piece(mark));
      if (out.length > longest) this.#refuse('its variables make it too long');
    }
    if (end !== '' && this.#word[this.#next - 1]?.char !== end) this.#refuse(`it has no closing ${end}`);
    return out;
  }

  #piece(mark: Mark): Tracked {
    const { escape } = this.#dialect;
    if (mark.char === '$') return this.#variable(mark);
    if (escape === undefined) return [mark];
    if (mark.char === escape) return [this.#take() ?? mark];
    if (mark.char === "'") return this.#single();
    return mark.char === '"' ? this.#until('"') : [mark];
  }

  #single(): Tracked {
    const out: Mark[] = [];
    for (let mark = this.#take(); mark?.char !== "'"; mark = this.#take()) {
      if (mark === undefined) this.#refuse('it has no closing quote');
      else out.push(mark);
    }
    return out;
  }

  #variable(dollar: Mark): Tracked {
    const next = this.#word[this.#next];
    if (next?.char === '$' && this.#dialect.escape === undefined) return [this.#take() ?? dollar];
    if (next?.char !== '{') return this.#value(this.#name(), undefined);
    this.#take();
    const name = this.#name();
    if (this.#word[this.#next]?.char === '}') {
      this.#take();
      return this.#value(name, undefined);
    }
    return this.#withOperator(name, dollar);
  }

  /** `${X:-word}`, `${X-word}`, `${X:+word}`, `${X+word}`, `${X:?word}`, `${X?word}` */
  #withOperator(name: string, dollar: Mark): Tracked {
    const first = this.#take()?.char ?? '';
    const countsEmpty = first === ':';
    const operator = countsEmpty ? (this.#take()?.char ?? '') : first;
    if (!'-+?'.includes(operator) || operator === '')
      this.#refuse(`what it does with ${name} is not known here`);
    if (++this.#depth > deepest) this.#refuse('its variables are nested too deeply');
    // The default belongs to this very place of the file.
    const word = throughVariable(this.#until('}'), `${name}@${String(dollar.at)}`);
    this.#depth--;
    const value = this.#known(name);
    const isSet = value !== undefined && !(countsEmpty && value.length === 0);
    if (operator === '+') return isSet ? word : [];
    return operator === '-'
      ? this.#value(name, word, countsEmpty)
      : this.#value(name, undefined, countsEmpty);
  }

  #value(name: string, fallback: Tracked | undefined, countsEmpty = false): Tracked {
    const value = this.#known(name);
    if (value !== undefined && !(countsEmpty && value.length === 0)) return throughVariable(value, name);
    return fallback ?? this.#refuse(`it depends on ${name}, which has no value in this file`);
  }

  #known(name: string): Tracked | undefined {
    const by = this.#dialect.setBy?.(name);
    return by === undefined
      ? this.#dialect.valueOf(name)
      : this.#refuse(`it depends on ${name}, which ${by}`);
  }

  #name(): string {
    let name = '';
    for (let mark = this.#word[this.#next]; mark !== undefined; mark = this.#word[this.#next]) {
      if (!(name === '' ? /[A-Za-z_]/ : /\w/).test(mark.char)) break;
      name += mark.char;
      this.#next++;
    }
    return name === '' ? this.#refuse('a dollar sign in it names no variable') : name;
  }

  #take(): Mark | undefined {
    return this.#word[this.#next++];
  }

  #refuse(reason: string): never {
    const reference = textOfTracked(this.#word.slice(0, 512));
    throw new AppError('reference/unresolvable', { reference, reason });
  }
}
