/**
 * The page "Verify" behind the window: looks through texts, keeps the last report, and writes pinned files where the
 * person says. Privileged process. One examination at a time: a new one ends the one before.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { AppError, isAppError } from '../../../shared/errors.ts';
import type { CallInput, CallOutput, EventPayload } from '../../../shared/ipc/bridge.ts';
import { writeFileAtomically } from '../../files/atomic-file.ts';
import type { FilePrompt } from '../../prompts/prompts.ts';
import type { Places } from '../places.ts';
import { readRepository } from '../read-repository.ts';
import { freshnessOf, toWarning, toWire } from '../repository-row.ts';
import { findReferences, type FoundReferences } from './find-references.ts';
import type { FoundReference } from './found-reference.ts';
import { pinText } from './pin-text.ts';
import { pinningOf, type VerifiedReference, verifyReferences } from './verify-references.ts';

type Text = CallInput<'verify.check'>['texts'][number];
type Report = CallOutput<'verify.check'>;
type DocumentView = Report['documents'][number];
type Wish = CallInput<'verify.pinned'>;

export interface VerifyDeskSetup {
  readonly places: Places;
  readonly now: () => Date;
  readonly prompts: FilePrompt;
  readonly onProgress: (progress: EventPayload<'verify.progress'>) => void;
}

interface Looked extends Text {
  readonly found: FoundReferences | AppError;
  readonly results: readonly VerifiedReference[];
}

export class VerifyDesk {
  readonly #setup: VerifyDeskSetup;
  #running: AbortController | undefined;
  #last: { readonly id: string; readonly documents: readonly Looked[] } | undefined;

  constructor(setup: VerifyDeskSetup) {
    this.#setup = setup;
  }

  /** @throws `prompt/cancelled` when it was stopped or another was begun */
  async check(texts: readonly Text[]): Promise<Report> {
    await this.stop();
    const running = new AbortController();
    this.#running = running;
    const documents = await this.#look(texts, running.signal);
    if (running.signal.aborted) throw new AppError('prompt/cancelled', {});
    this.#running = undefined;
    this.#last = { id: randomUUID(), documents };
    return { id: this.#last.id, documents: documents.map(toDocument) };
  }

  stop(): Promise<void> {
    this.#running?.abort();
    this.#running = undefined;
    return Promise.resolve();
  }

  /** @throws `ipc/refused` for a report that is not the last one */
  pinned(wish: Wish): CallOutput<'verify.pinned'> {
    const { text, results } = this.#document(wish, 'verify.pinned');
    const pinnings = results.map((one) => pinningOf(one, wish.update));
    const pinned = pinText(
      text,
      pinnings.flatMap((one) => (one.kind === 'pin' ? [one.pin] : [])),
    );
    const left = pinnings.filter(({ kind }) => kind === 'cannot').length;
    return { text: pinned, changed: changedLines(text, pinned), left };
  }

  /** SECURITY: the very text that this side made; where it goes, main asks. @throws `prompt/cancelled`, `files/*` */
  async save(wish: Wish): Promise<void> {
    const { name } = this.#document(wish, 'verify.save');
    const { text } = this.pinned(wish);
    const suggestedName = name.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, '_');
    const [place] = await this.#setup.prompts.chooseFile({
      title: 'Save the pinned file',
      want: 'save',
      suggestedName,
    });
    if (place === undefined) throw new AppError('prompt/cancelled', {});
    // No secret, and for others to build from: as open as what it replaces.
    const like = statSync(place, { throwIfNoEntry: false }) ?? {
      mode: 0o644,
      uid: undefined,
      gid: undefined,
    };
    await writeFileAtomically(place, text, { like });
  }

  #document({ id, document }: Wish, channel: string): Looked {
    const found = this.#last?.id === id ? this.#last.documents[document] : undefined;
    if (found === undefined) throw new AppError('ipc/refused', { channel });
    return found;
  }

  async #look(texts: readonly Text[], signal: AbortSignal): Promise<readonly Looked[]> {
    const all = await Promise.all(texts.map(async (one) => ({ ...one, found: await find(one) })));
    const references = all.flatMap(({ found }) => referencesOf(found));
    const { places, now, onProgress } = this.#setup;
    const results = await verifyReferences(references, {
      read: (gun) => {
        signal.throwIfAborted();
        return readRepository(places.placeOf(gun).connector, gun, { now: now(), signal });
      },
      onProgress: (done, total) => {
        if (!signal.aborted) onProgress({ done, total });
      },
    }).catch((error: unknown) => {
      // What a request that was stopped fails with is nobody's concern.
      if (signal.aborted) throw new AppError('prompt/cancelled', {}, { cause: error });
      throw error;
    });
    const byReference = new Map(results.map((one) => [one.found, one]));
    return all.map((one) => ({
      ...one,
      results: referencesOf(one.found).flatMap((found) => byReference.get(found) ?? []),
    }));
  }
}

async function find({ text, name }: Text): Promise<FoundReferences | AppError> {
  try {
    const found = await findReferences(text, name);
    return found.references.length > 0 ? found : new AppError('reference/none-found', { name });
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

function referencesOf(found: FoundReferences | AppError): readonly FoundReference[] {
  return isAppError(found) ? [] : found.references;
}

function toDocument({ name, found, results }: Looked): DocumentView {
  if (isAppError(found)) return { name, references: [], problem: toWire(found) };
  return { name, kind: found.kind, references: results.map(toReference) };
}

function toReference(one: VerifiedReference): DocumentView['references'][number] {
  const { found, image, verdict, repository } = one;
  const pinning = pinningOf(one, false);
  const { signed } = verdict;
  return {
    line: found.line,
    reference: found.reference,
    change:
      pinning.kind === 'cannot' ? { kind: 'cannot', why: toWire(pinning.error) } : { kind: pinning.kind },
    warnings: (repository?.warnings ?? []).map(toWarning),
    ...(image === undefined ? {} : { gun: image.gun }),
    ...(verdict.kind === 'refused' ? { problem: toWire(verdict.error) } : {}),
    ...(signed === undefined ? {} : { signed: { ...signed, signers: [...signed.signers] } }),
    ...(repository === undefined ? {} : { freshness: freshnessOf(repository) }),
  };
}

/** Pinning never adds or removes a line. */
function changedLines(before: string, after: string): number[] {
  const old = before.split('\n');
  return after.split('\n').flatMap((line, index) => (line === old[index] ? [] : [index + 1]));
}
