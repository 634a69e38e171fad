/**
 * One call from the window, from untrusted input to an encoded answer. The same for Electron's IPC and browser mode.
 * Runs in the privileged process. Must not know how the call came; the doorway has checked who sent it.
 */
import type * as z from 'zod/mini';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { Reply } from '../../shared/ipc/bridge.ts';
import { contract, type Call, type Contract, type Event } from '../../shared/ipc/contract.ts';
import type { Log } from '../log/log.ts';
import type { Handlers } from './handlers-of.ts';
import { isModest } from './input-size.ts';

/** Answers a call by its `noun.verb`; never rejects. */
export type Dispatch = (name: string, input: unknown) => Promise<Reply>;

interface Answerable {
  readonly call: Call;
  readonly handle: (input: unknown) => unknown;
}

type Verbs = Readonly<Record<string, Call | Event>>;
type Functions = Readonly<Record<string, unknown>>;
const ownMember = (table: object | undefined, name: string): unknown =>
  table !== undefined && Object.hasOwn(table, name) ? (table as Functions)[name] : undefined;

/** Every call with its handler. Throws an Error when one is missing or one is too many: the app must not start then. */
function pairUp(nouns: Readonly<Record<string, Verbs>>, handlers: object): ReadonlyMap<string, Answerable> {
  const table = new Map<string, Answerable>();
  for (const [noun, verbs] of Object.entries(nouns)) {
    const functions = ownMember(handlers, noun) as Functions | undefined;
    for (const [verb, entry] of Object.entries(verbs)) {
      if (entry.kind !== 'call') continue;
      const handle = ownMember(functions, verb);
      if (typeof handle !== 'function') throw new Error(`No handler for ${noun}.${verb}`);
      table.set(`${noun}.${verb}`, { call: entry, handle: handle as Answerable['handle'] });
    }
  }
  for (const [noun, functions] of Object.entries(handlers) as [string, Functions][]) {
    for (const verb of Object.keys(functions)) {
      if (!table.has(`${noun}.${verb}`)) throw new Error(`A handler for ${noun}.${verb}, which is no call`);
    }
  }
  return table;
}

/** Where the input is wrong and how, without repeating what it holds: it may be a secret in the wrong place. */
function reasonOf(error: z.core.$ZodError): string {
  const issues = error.issues
    .slice(0, 3)
    .map(({ path, code }) => `${path.map(String).join('.') || 'input'}: ${code}`);
  return issues.join('; ').slice(0, 300);
}

function parseInput(name: string, { call }: Answerable, input: unknown): unknown {
  if (!isModest(input)) {
    throw new AppError('ipc/invalid-input', { channel: name, reason: 'too large, or not plain data' });
  }
  const parsed = call.input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AppError('ipc/invalid-input', { channel: name, reason: reasonOf(parsed.error) });
}

/** SECURITY: strict on the way out too, so that a member which the contract does not have cannot leak out. */
function parseOutput(name: string, { call }: Answerable, output: unknown): unknown {
  const parsed = call.output.safeParse(output);
  if (parsed.success) return parsed.data;
  throw new Error(`${name} answered outside of the contract: ${reasonOf(parsed.error)}`);
}

/**
 * Builds the dispatcher. `newId` makes the ID under which a bug is logged and shown.
 * Throws an Error when the handlers are not exactly those of the contract.
 */
export function createDispatch<C extends object = Contract>(
  handlers: Handlers<C>,
  { log, newId, calls }: { readonly log: Log; readonly newId: () => string; readonly calls?: C },
): Dispatch {
  const table = pairUp((calls ?? contract) as Readonly<Record<string, Verbs>>, handlers);

  const toReply = (name: string, error: unknown): Reply => {
    if (isAppError(error)) {
      if (error.code.startsWith('ipc/'))
        log.warn(`${name} refused`, { code: error.code, details: error.details });
      return { ok: false, error: { code: error.code, details: error.details } };
    }
    const id = newId();
    log.error(`${name} failed: internal error ${id}`, { error });
    return { ok: false, error: { code: 'app/internal', details: { id } } };
  };

  return async (name, input) => {
    const answerable = table.get(name);
    try {
      if (answerable === undefined) throw new AppError('ipc/refused', { channel: name.slice(0, 100) });
      const output = await answerable.handle(parseInput(name, answerable, input));
      return { ok: true, value: parseOutput(name, answerable, output) };
    } catch (error) {
      return toReply(answerable === undefined ? 'An unknown call' : name, error);
    }
  };
}
