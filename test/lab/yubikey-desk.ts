/**
 * Trustdesk's own token desk on a machine with software YubiKeys: the real services here, the real token process inside,
 * a person who answers as the test says, and failures wherever the test plans them. Test code.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../shared/errors.ts';
import type { Confirmation } from '../../electron/prompts/prompts.ts';
import { SecretBytes } from '../../electron/keystore/secret-bytes.ts';
import { childProcessLinks } from '../../electron/yubikey/child-link.ts';
import { TokenDesk } from '../../electron/yubikey/token-desk.ts';
import type {
  MissingQuestion,
  PinQuestion,
  TokenPrompts,
  TouchQuestion,
} from '../../electron/yubikey/token-prompts.ts';
import { basicEnvironment } from './child.ts';
import { peerPath } from './peers.ts';
import type { Scope } from './scope.ts';
import type { PlannedFailure } from './yubikey-failing-library.ts';
import { bundleScript, type YubikeyStack } from './yubikey-stack.ts';

const tokenProcess = fileURLToPath(new URL('../../electron/yubikey/token-process.ts', import.meta.url));
const hurriedTimers = fileURLToPath(new URL('./yubikey-hurry.ts', import.meta.url));
const failingLibrary = fileURLToPath(new URL('./yubikey-failing-library.ts', import.meta.url));

/** Who sits in front of it. Everything that is asked is remembered. */
export class Person {
  /** What is typed next, by what is asked for; the last one is typed again and again. */
  pins: Record<PinQuestion['what'], readonly string[]> = { PIN: [], PUK: [], 'management key': [] };
  /** What a new PIN or PUK shall be. */
  fresh = '';
  /** Called when a token is missed: the place to put it back. */
  onMissing: () => void = () => undefined;
  onTouch: () => void = () => undefined;
  /** Done before a question is answered with yes. */
  onConfirm: () => Promise<void> = () => Promise.resolve();
  /** Wants the token to stay unlocked. */
  keep = false;
  /** Says no to these titles. */
  refuses: RegExp | undefined;
  readonly asked: PinQuestion[] = [];
  readonly touches: TouchQuestion[] = [];
  readonly missing: MissingQuestion[] = [];
  readonly confirmations: Confirmation[] = [];

  forget(): void {
    for (const list of [this.asked, this.touches, this.missing, this.confirmations]) list.length = 0;
    this.onMissing = () => undefined;
    this.onTouch = () => undefined;
    this.onConfirm = () => Promise.resolve();
    this.refuses = undefined;
    this.keep = false;
  }

  get prompts(): TokenPrompts {
    return {
      askPin: (question) => {
        this.asked.push(question);
        const typed = question.isNew ? this.fresh : this.#next(question.what);
        if (typed === undefined) return Promise.reject(new AppError('prompt/cancelled', {}));
        return Promise.resolve({ pin: SecretBytes.fromText(typed), keep: this.keep });
      },
      confirm: (question) => {
        this.confirmations.push(question);
        if (this.refuses?.test(question.title) !== true) return this.onConfirm();
        return Promise.reject(new AppError('prompt/cancelled', {}));
      },
      showTouch: (question, signal) => {
        this.touches.push(question);
        this.onTouch();
        return shownUntil(signal);
      },
      showMissing: (question, signal) => {
        this.missing.push(question);
        this.onMissing();
        return shownUntil(signal);
      },
    };
  }

  #next(what: PinQuestion['what']): string | undefined {
    const [first, ...rest] = this.pins[what];
    if (rest.length > 0) this.pins = { ...this.pins, [what]: rest };
    return first;
  }
}

const shownUntil = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

export interface DeskLab {
  readonly desk: TokenDesk;
  readonly person: Person;
  /** The PKCS#11 calls since the last `plan`, by their names in the port. */
  calls(): readonly string[];
  /** Starts counting anew; nothing fails without a plan. */
  plan(failure?: PlannedFailure): void;
  /** Tokens stay plugged in, so that nobody has to wait and see; until told otherwise. */
  hurry(isOn: boolean): void;
  /** True once the planned failure has happened. */
  hasFailed(): boolean;
  /** Ends the token process, as when Trustdesk is started anew. */
  restart(): Promise<void>;
}

let count = 0;

/** A desk with a data folder of its own. It ends with the scope. */
export async function openDesk(scope: Scope, stack: YubikeyStack): Promise<DeskLab> {
  count += 1;
  const folder = join(scope.folder, `desk-${count}`);
  await mkdir(folder, { mode: 0o700 });
  const bundle = await bundleScript(stack.folder, tokenProcess, {
    './pkcs11js-library.ts': failingLibrary,
    'node:timers/promises': hurriedTimers,
  });
  const environment = { ...basicEnvironment(), YUBIKEY_LAB_FOLDER: folder };
  const person = new Person();
  const desk = new TokenDesk({
    start: childProcessLinks(environment, bundle, stack.inside(process.execPath)),
    prompts: person.prompts,
    dataDirectory: join(folder, 'data'),
    env: environment,
    platform: process.platform,
    now: () => new Date(),
  });
  scope.defer(() => desk.close());
  const [planFile, callsFile] = [join(folder, 'plan.json'), join(folder, 'calls')];
  const plan = (failure?: PlannedFailure) => {
    // In one step: the token process may be reading it.
    writeFileSync(`${planFile}.new`, JSON.stringify(failure ?? null));
    renameSync(`${planFile}.new`, planFile);
    writeFileSync(callsFile, '');
  };
  plan();
  const restart = () => desk.useLibrary(peerPath('libykcs11.so'));
  await restart();
  return {
    desk,
    person,
    plan,
    hurry: (isOn) => {
      const file = join(folder, 'hurry');
      if (isOn) writeFileSync(file, '');
      else rmSync(file, { force: true });
    },
    hasFailed: () => readFileSync(planFile, 'utf8') === 'null',
    restart,
    calls: () =>
      readFileSync(callsFile, 'utf8')
        .split('\n')
        .filter((name) => name !== ''),
  };
}
