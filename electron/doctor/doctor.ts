/**
 * The connection doctor: looks at one thing after the other between this computer and a repository's trust data, and
 * says of each what was found and what to do. Privileged process. Nothing is changed; every step arrives as it is done.
 */
import type { Gun } from '../../shared/brands.ts';
import type { DoctorReport, DoctorStep } from '../../shared/ipc/doctor.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { ConnectOptions } from '../network/connection.ts';
import type { PresentedCertificate } from '../network/presented-chain.ts';
import type { TrustServer } from '../notary/trust-server.ts';
import type { Connector } from '../trust/connector.ts';
import { readRepository } from '../trust/read-repository.ts';
import { checkClock, checkHealth, checkLogin } from './ask-server.ts';
import { checkDns, checkTcp, checkTls, peerOf } from './reach-server.ts';
import { checkRegistry, checkTrustData } from './read-trust.ts';
import { attempt, notNeeded, type Outcome, passed, skipped, type StepId } from './step.ts';
import { findServer, type NotaryServer, readTarget, type Target } from './target.ts';

export interface DoctorSetup {
  readonly connector: Connector;
  readonly connection: ConnectOptions;
  /** Where notary's commands go, when its configuration says so. */
  readonly notary?: NotaryServer | undefined;
  /** The server was given by notary's option. */
  readonly isServerNamed?: boolean;
  readonly now: () => Date;
  readonly onStep: (step: DoctorStep) => void;
  /** Called with a certificate that the person is offered to trust. */
  readonly onUnknownCa: (server: URL, certificate: PresentedCertificate) => void;
}

/** @param target an image reference, an https address of a trust server, or '' for the configured server */
export async function runDoctor(target: string, setup: DoctorSetup): Promise<DoctorReport> {
  const run = new Examination(setup);
  await run.examine(target);
  return { target, healthy: run.steps.every(({ status }) => status !== 'failed'), steps: run.steps };
}

/** One run: the steps so far, and which one stands in the way of the rest. */
class Examination {
  readonly steps: DoctorStep[] = [];
  readonly #setup: DoctorSetup;
  #obstacle: StepId | undefined;

  constructor(setup: DoctorSetup) {
    this.#setup = setup;
  }

  async examine(text: string): Promise<void> {
    const target = await this.#look('reference', () => readTarget(text));
    const server = await this.#after('server', target, (known) =>
      findServer(known, (registry) => this.#setup.connector.serverFor(registry), this.#setup),
    );
    await this.#reach(target, server);
    await this.#ask(target, server);
    await this.#readTrust(target);
  }

  async #reach(target: Target | undefined, server: TrustServer | undefined): Promise<void> {
    const { connection, now, onUnknownCa } = this.#setup;
    const url = server === undefined ? undefined : new URL(server.url);
    const peer = url === undefined ? undefined : peerOf(url);
    await this.#after('dns', peer, (known) => checkDns(known, connection));
    await this.#after('tcp', peer, (known) => checkTcp(known, connection));
    await this.#after('tls', url, (known) =>
      attempt('tls', async () => {
        const { policy } = await this.#tls(known.href, target);
        return checkTls({ server: known, policy, options: connection, now: now(), onUnknownCa });
      }),
    );
  }

  #tls(url: string, target: Target | undefined) {
    return this.#setup.connector.tlsFor(url.replace(/\/+$/, ''), target?.registry ?? '');
  }

  async #ask(target: Target | undefined, server: TrustServer | undefined): Promise<void> {
    const { connector, now } = this.#setup;
    const asked = await this.#quietly(server, async ({ url }) => ({
      server: url,
      http: connector.http,
      tls: (await this.#tls(url, target)).policy,
    }));
    await this.#after('health', asked, checkHealth, 'optional');
    const answer = await this.#after('authentication', asked, (known) =>
      attempt('authentication', async () => {
        const gun = target?.image?.gun;
        const repository = gun === undefined ? undefined : await connector.connect(gun);
        return checkLogin({ ...known, repository });
      }),
    );
    // A server that let nobody in said what time it has all the same.
    if (answer === undefined) this.#tell(skipped('clock', this.#obstacle ?? this.#lastFailed()).step);
    else await this.#look('clock', () => Promise.resolve(checkClock(answer, now())));
  }

  async #readTrust(target: Target | undefined): Promise<void> {
    const { connector, now } = this.#setup;
    const image = target?.image;
    if (target !== undefined && image === undefined) {
      this.#tell(notNeeded('trust-data', 'No image was named.').step);
      this.#tell(notNeeded('registry', 'No image was named.').step);
      return;
    }
    const read = (gun: Gun) => () => readRepository(connector, gun, { now: now() });
    const trusted = await this.#after(
      'trust-data',
      image,
      ({ gun }) => checkTrustData(read(gun), nodeCrypto),
      'optional',
    );
    if (image === undefined) this.#tell(skipped('registry', 'reference').step);
    // The registry is another server: what stood in the way so far says nothing about it.
    else
      await this.#look('registry', () =>
        checkRegistry(() => connector.connectRegistry(image.gun), image.tag, trusted),
      );
  }

  /** A value for later steps; what stands in its way is already said. */
  async #quietly<T, R>(value: T | undefined, make: (value: T) => Promise<R>): Promise<R | undefined> {
    if (value === undefined || this.#obstacle !== undefined) return undefined;
    const outcome = await attempt('server', async () => passed('server', '', await make(value)));
    return outcome.value;
  }

  async #look<T>(id: StepId, look: () => Promise<Outcome<T>>): Promise<T | undefined> {
    const outcome = await attempt(id, look);
    this.#tell(outcome.step);
    return outcome.value;
  }

  /** A step that needs `value`; it is skipped when an earlier one stands in the way. */
  async #after<T, R>(
    id: StepId,
    value: T | undefined,
    look: (value: T) => Promise<Outcome<R>>,
    weight: 'required' | 'optional' = 'required',
  ): Promise<R | undefined> {
    if (value === undefined || this.#obstacle !== undefined) {
      this.#tell(skipped(id, this.#obstacle ?? this.#lastFailed()).step);
      return undefined;
    }
    const found = await this.#look(id, () => look(value));
    if (weight === 'required' && this.steps.at(-1)?.status === 'failed') this.#obstacle = id;
    return found;
  }

  #lastFailed(): StepId {
    return this.steps.findLast(({ status }) => status === 'failed')?.id ?? 'reference';
  }

  #tell(step: DoctorStep): void {
    this.steps.push(step);
    this.#setup.onStep(step);
  }
}
