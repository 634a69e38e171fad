/** A desk with fake tokens and a person whose answers are known. Test code; runs everywhere. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import type { Confirmation } from '../../../electron/prompts/prompts.ts';
import { TokenDesk } from '../../../electron/yubikey/token-desk.ts';
import type { MissingQuestion, PinQuestion, TouchQuestion } from '../../../electron/yubikey/token-prompts.ts';
import { AppError } from '../../../shared/errors.ts';
import { fakeLinks, FakeReader, FakeToken } from '../../fakes/fake-token.ts';

export const now = new Date('2026-06-01T12:00:00Z');

export interface Person {
  /** What is typed, one after the other; the token's own PIN, PUK or key when there is nothing more. */
  types: string[];
  keep: boolean;
  /** False declines every confirmation. */
  agrees: boolean;
  readonly asked: PinQuestion[];
  readonly confirmed: Confirmation[];
  readonly touches: TouchQuestion[];
  readonly missed: MissingQuestion[];
  /** Done when a token is missed. */
  whenMissed: () => void;
  /** Given up when a touch is asked for. */
  givesUp: boolean;
}

const cleanups: (() => Promise<void>)[] = [];

export function useDeskLab(): void {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
}

function makePerson(): Person {
  return {
    types: [],
    keep: false,
    agrees: true,
    asked: [],
    confirmed: [],
    touches: [],
    missed: [],
    whenMissed: () => undefined,
    givesUp: false,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export async function openDeskLab(...given: readonly FakeToken[]) {
  const tokens = given.length > 0 ? given : [new FakeToken('1001')];
  const folder = await mkdtemp(join(tmpdir(), 'td-tokens-'));
  const library = join(folder, 'library.so');
  await writeFile(library, 'not really', { mode: 0o755 });
  const reader = new FakeReader(...tokens);
  const person = makePerson();
  const factory: string[] = [];
  const pauses: number[] = [];
  const values = (serial: string) => {
    const token = tokens.find((one) => one.serial === serial);
    return { PIN: token?.pin ?? '', PUK: token?.puk ?? '', 'management key': '' };
  };
  const desk = new TokenDesk({
    start: fakeLinks(reader),
    dataDirectory: folder,
    env: {},
    platform: 'linux',
    now: () => now,
    wait: (ms, signal) => {
      pauses.push(ms);
      return signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve();
    },
    onFactory: (serial, what) => factory.push(`${serial} ${what}`),
    prompts: {
      confirm: (question) => {
        person.confirmed.push(question);
        return person.agrees ? Promise.resolve() : Promise.reject(new AppError('prompt/cancelled', {}));
      },
      askPin: (question) => {
        person.asked.push(question);
        const typed = person.types.shift() ?? values(question.token.serial)[question.what];
        return Promise.resolve({ pin: SecretBytes.fromText(typed), keep: person.keep });
      },
      showTouch: async (question, signal) => {
        person.touches.push(question);
        if (person.givesUp) throw new AppError('prompt/cancelled', {});
        await aborted(signal);
      },
      showMissing: async (question, signal) => {
        person.missed.push(question);
        person.whenMissed();
        await aborted(signal);
      },
    },
  });
  await desk.useLibrary(library);
  cleanups.push(async () => {
    desk.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    desk,
    reader,
    tokens,
    token: tokens[0] ?? new FakeToken('none'),
    person,
    factory,
    /** Milliseconds of every pause that was made; none of them takes any time here. */
    pauses,
    folder,
    library,
  };
}

export type DeskLab = Awaited<ReturnType<typeof openDeskLab>>;

export const consent = {
  purpose: ['Sign 1 tag', 'Repository registry.example.test/app'],
  gun: 'registry.example.test/app',
  roles: ['targets/jeff'],
  tags: ['1.0'],
  signatures: 1,
};
