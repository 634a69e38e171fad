/**
 * One JSON file that says which of the files beside it count. Changes are made one after the other; each starts from
 * what the one before left, and is there for good when its promise resolves. Privileged process.
 */
import { AppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { readFile } from '../files/file-calls.ts';

export class IndexFile<State> {
  readonly #path: string;
  readonly #toJson: (state: State) => unknown;
  #state: State;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, state: State, toJson: (state: State) => unknown) {
    this.#path = path;
    this.#state = state;
    this.#toJson = toJson;
  }

  get state(): State {
    return this.#state;
  }

  /** `change` answers the next state, after it has written what that state refers to; the same one changes nothing. */
  commit(change: (state: State) => State | Promise<State>): Promise<void> {
    const done = this.#last.then(async () => {
      const next = await change(this.#state);
      if (next === this.#state) return;
      await writeFileAtomically(this.#path, JSON.stringify(this.#toJson(next)));
      this.#state = next;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** The JSON of an index, or undefined when there is none yet. Throws `config/malformed`. */
export async function loadIndexJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('config/malformed', { path, reason: 'it is damaged' }, { cause: error });
  }
}
