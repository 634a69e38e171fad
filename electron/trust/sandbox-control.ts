/**
 * Starts, stops and resets the sandbox for the window, and tells the other services when it is there. Privileged
 * process. The sandbox itself knows nothing of windows or settings.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { SandboxStatus } from '../../shared/ipc/sandbox.ts';
import type { Log } from '../log/log.ts';
import type { ConfirmPrompt } from '../prompts/prompts.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { toWire } from './repository-row.ts';

export interface SandboxControlSetup {
  /** Absolute; everything the sandbox keeps is in it. */
  readonly folder: string;
  /** For the hints: where docker reads certificates. */
  readonly dockerConfig: string;
  readonly prompts: ConfirmPrompt;
  readonly log: Log;
  readonly onChanged: (status: SandboxStatus) => void;
  /** Called when it runs, with new addresses after a reset, and with undefined when it ended. */
  readonly onRunning: (sandbox: Sandbox | undefined) => Promise<void>;
}

type Idle = Exclude<SandboxStatus, { kind: 'running' }>;

export class SandboxControl {
  readonly #setup: SandboxControlSetup;
  #sandbox: Sandbox | undefined;
  #idle: Idle;
  #hints: readonly string[] = [];
  /** Start, stop and reset never overlap. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(setup: SandboxControlSetup) {
    this.#setup = setup;
    this.#idle = { kind: this.wasOpened ? 'stopped' : 'absent' };
  }

  /** True once the sandbox was started here, now or in an earlier session. */
  get wasOpened(): boolean {
    return existsSync(path.join(this.#setup.folder, 'sandbox.json'));
  }

  /** The registry that its repositories are named after, while it is set up and does not run. @throws `config/malformed` */
  async stoppedRegistry(): Promise<string | undefined> {
    if (this.#sandbox !== undefined || !this.wasOpened) return undefined;
    const { loadDescription } = await import('../sandbox/sandbox-folder.ts');
    const description = await loadDescription(this.#setup.folder);
    return description && `localhost:${description.ports.registry}`;
  }

  status(): SandboxStatus {
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return this.#idle;
    return {
      kind: 'running',
      trustServer: sandbox.trustServerUrl,
      registry: sandbox.registryUrl,
      caSha256: sandbox.caSha256,
      repositories: [...sandbox.repositories],
      hints: [...this.#hints],
    };
  }

  start(): Promise<SandboxStatus> {
    return this.#inTurn(async () => {
      if (this.#sandbox === undefined) await this.#open();
    });
  }

  stop(): Promise<SandboxStatus> {
    return this.#inTurn(() => this.#end());
  }

  /** Throws away the sandbox's servers, images and demo keys. @throws `prompt/cancelled` */
  async reset(): Promise<SandboxStatus> {
    await this.#setup.prompts.confirm({
      title: 'Reset the sandbox?',
      text: 'The trust server, the registry, the demo repositories and the demo keys of the sandbox are deleted and made anew. Your own keys and repositories are not touched.',
      confirmLabel: 'Reset the sandbox',
      destructive: true,
    });
    return this.#inTurn(async () => {
      if (this.#sandbox === undefined) await this.#open();
      await this.#resetRunning();
    });
  }

  async #open(): Promise<void> {
    const { folder, log } = this.#setup;
    this.#tell({ kind: 'starting' });
    try {
      const { startSandbox } = await import('../sandbox/sandbox.ts');
      const onError = (error: unknown): void => log.error('sandbox: internal error', { error });
      await this.#run(await startSandbox({ folder, onError }));
    } catch (error) {
      this.#fail(error);
    }
  }

  async #resetRunning(): Promise<void> {
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return;
    await this.#leave();
    this.#tell({ kind: 'starting' });
    try {
      await sandbox.reset();
      await this.#run(sandbox);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run(sandbox: Sandbox): Promise<void> {
    const { sandboxHints } = await import('../sandbox/hints.ts');
    this.#hints = sandboxHints(sandbox, this.#setup.dockerConfig);
    this.#sandbox = sandbox;
    await this.#setup.onRunning(sandbox);
    this.#setup.onChanged(this.status());
  }

  async #end(): Promise<void> {
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return;
    await this.#leave();
    await sandbox.stop();
    this.#tell({ kind: 'stopped' });
  }

  async #leave(): Promise<void> {
    this.#sandbox = undefined;
    await this.#setup.onRunning(undefined);
  }

  /** The window shows the failure where the sandbox would be; a bug is one all the same. */
  #fail(error: unknown): never {
    const outcome = isAppError(error)
      ? error
      : new AppError('sandbox/start-failed', { reason: 'internal error' });
    this.#tell({ kind: 'failed', error: toWire(outcome) });
    throw error;
  }

  #tell(status: Idle): void {
    this.#idle = status;
    this.#setup.onChanged(this.status());
  }

  async #inTurn(work: () => Promise<void>): Promise<SandboxStatus> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    await turn;
    return this.status();
  }
}
