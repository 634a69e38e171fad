/** What is to be looked up, the last report, and the pinned text that is shown. Made with the bridge. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { WireError } from '../../../shared/errors.ts';
import type { PinnedText, VerifyReport } from '../../../shared/ipc/verify.ts';
import { longestWindowText, mostTexts } from '../../../shared/verify-limits.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export type Looking =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'ready'; readonly report: VerifyReport }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface Pinning {
  /** Place in the report. */
  readonly document: number;
  readonly name: string;
  readonly update: boolean;
  readonly pinned: PinnedText | undefined;
  readonly error: WireError | undefined;
}

/** What the typed references are called where files have a name. */
export const typedName = 'references.txt';

export interface VerifyState {
  readonly typed: string;
  readonly files: readonly NamedText[];
  /** Names of files that were not taken: too large, or too many. */
  readonly tooLarge: readonly string[];
  readonly looking: Looking;
  readonly active: number;
  readonly pinning: Pinning | undefined;
  readonly setTyped: (typed: string) => void;
  /** Takes them and looks at once: dropping a file asks the question. */
  readonly addFiles: (files: readonly File[]) => Promise<void>;
  readonly removeFile: (name: string) => void;
  readonly setActive: (row: number) => void;
  readonly check: () => Promise<void>;
  readonly stop: () => void;
  readonly openPinned: (document: number, name: string, update?: boolean) => Promise<void>;
  readonly closePinned: () => void;
  /** True when a file was written. */
  readonly save: () => Promise<boolean>;
}

export type VerifyStore = StoreApi<VerifyState>;

export function createVerifyStore(bridge: Bridge): VerifyStore {
  let turn = 0;
  const store = createStore<VerifyState>()((set, get) => ({
    typed: '',
    files: [],
    tooLarge: [],
    looking: { kind: 'idle' },
    active: 0,
    pinning: undefined,
    setTyped: (typed) => set({ typed }),
    addFiles: async (files) => {
      const { taken, tooLarge } = await readFiles(files, get().files);
      set({ files: taken, tooLarge });
      if (taken.length > 0) await get().check();
    },
    removeFile: (name) => {
      set(({ files }) => ({ files: files.filter((file) => file.name !== name) }));
      if (textsOf(get()).length > 0) void get().check();
      else set({ looking: { kind: 'idle' } });
    },
    setActive: (active) => set({ active }),
    check: async () => {
      const texts = textsOf(get());
      if (texts.length === 0) return;
      const mine = ++turn;
      set({ looking: { kind: 'running', done: 0, total: 0 }, active: 0 });
      const looking = await look(bridge, texts);
      if (mine === turn) set({ looking });
    },
    stop: () => {
      turn++;
      set({ looking: { kind: 'idle' } });
      void bridge.verify.stop();
    },
    openPinned: async (document, name, update = false) => {
      const { looking } = get();
      if (looking.kind !== 'ready') return;
      set({ pinning: { document, name, update, pinned: undefined, error: undefined } });
      const outcome = await bridge.verify.pinned({ id: looking.report.id, document, update }).then(
        (pinned) => ({ pinned }),
        (thrown: unknown) => ({ error: toWireError(thrown) }),
      );
      set(({ pinning }) => ({ pinning: pinning && { ...pinning, ...outcome } }));
    },
    closePinned: () => set({ pinning: undefined }),
    save: async () => {
      const { looking, pinning } = get();
      if (looking.kind !== 'ready' || pinning === undefined) return false;
      const { document, update } = pinning;
      try {
        await bridge.verify.save({ id: looking.report.id, document, update });
        set({ pinning: { ...pinning, error: undefined } });
        return true;
      } catch (thrown) {
        const error = toWireError(thrown);
        set({ pinning: { ...pinning, error: isCancelled(error) ? undefined : error } });
        return false;
      }
    },
  }));
  bridge.on('verify.progress', ({ done, total }) => {
    if (store.getState().looking.kind === 'running')
      store.setState({ looking: { kind: 'running', done, total } });
  });
  return store;
}

export function textsOf({ typed, files }: Pick<VerifyState, 'typed' | 'files'>): readonly NamedText[] {
  return typed.trim() === '' ? files : [{ name: typedName, text: typed }, ...files];
}

async function look(bridge: Bridge, texts: readonly NamedText[]): Promise<Looking> {
  try {
    return { kind: 'ready', report: await bridge.verify.check({ texts: [...texts] }) };
  } catch (thrown) {
    const error = toWireError(thrown);
    return isCancelled(error) ? { kind: 'idle' } : { kind: 'failed', error };
  }
}

/** Bytes of a file that may still have few enough characters. */
const mostBytes = 3 * longestWindowText;

/** One of the same name takes the place of the one before. The typed references are one of the texts. */
async function readFiles(files: readonly File[], before: readonly NamedText[]) {
  const texts = new Map(before.map((file) => [file.name, file]));
  const tooLarge: string[] = [];
  for (const file of files) {
    const name = file.name.slice(-255);
    const isRoom = texts.has(name) || texts.size < mostTexts - 1;
    const text = file.size <= mostBytes && isRoom ? await readText(file) : undefined;
    if (text === undefined || text.length > longestWindowText) tooLarge.push(name);
    else texts.set(name, { name, text });
  }
  return { taken: [...texts.values()], tooLarge };
}

/** Undefined for what is no text: saving it again would change it. */
async function readText(file: File): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}
