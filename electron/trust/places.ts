/**
 * The worlds that repositories live in: this computer, and the sandbox while it runs. Each has its own trust
 * directory, servers and certificates. Privileged process. Holds the present configuration.
 */
import type { Gun } from '../../shared/brands.ts';
import type { HttpClient } from '../network/http-client.ts';
import { registryOfGun } from '../registry/image-reference.ts';
import { parseGun } from '../tuf/names.ts';
import type { Settings } from '../settings/settings-file.ts';
import { updateSettings } from '../settings/settings-file.ts';
import { connectLikeDocker, type Configured, readConfiguration, type Surroundings } from './connect.ts';
import type { Connector } from './connector.ts';
import { type SandboxAddress, sandboxConnector } from './sandbox-connector.ts';

/** What the sandbox tells of itself while it runs. */
export interface SandboxPlace extends SandboxAddress {
  /** GUNs of its demo. */
  readonly repositories: readonly string[];
}

export interface Place {
  readonly sandbox: boolean;
  readonly connector: Connector;
  /** Repositories that belong to the place before anything of them was read. */
  readonly repositories: readonly Gun[];
}

interface RunningSandbox extends Place {
  readonly registryHost: string;
  readonly trustServerOrigin: string;
}

export class Places {
  readonly #surroundings: Surroundings & { readonly http: HttpClient };
  #configured: Configured;
  #computer: Place;
  #sandbox: RunningSandbox | undefined;

  private constructor(surroundings: Surroundings & { readonly http: HttpClient }, configured: Configured) {
    this.#surroundings = surroundings;
    this.#configured = configured;
    this.#computer = computerPlace(configured, surroundings);
  }

  /** @throws `config/unreadable`, `config/malformed` */
  static async open(surroundings: Surroundings & { readonly http: HttpClient }): Promise<Places> {
    return new Places(surroundings, await readConfiguration(surroundings));
  }

  get configured(): Configured {
    return this.#configured;
  }

  /** This computer first. */
  get all(): readonly Place[] {
    return this.#sandbox === undefined ? [this.#computer] : [this.#computer, this.#sandbox];
  }

  get computer(): Place {
    return this.#computer;
  }

  /** Where a repository lives: the sandbox's registry names its own. */
  placeOf(gun: Gun): Place {
    return this.placeOfRegistry(registryOfGun(gun).registry);
  }

  placeOfRegistry(registry: string): Place {
    return this.#sandbox?.registryHost === registry ? this.#sandbox : this.#computer;
  }

  /** The sandbox, when `url` is its trust server. */
  placeOfServer(url: string): Place {
    const origin = URL.canParse(url) ? new URL(url).origin : '';
    return this.#sandbox?.trustServerOrigin === origin ? this.#sandbox : this.#computer;
  }

  /** Changes the settings on disk, then works by them. @throws `config/...`, `files/...` */
  async changeSettings(change: (now: Settings) => Settings): Promise<void> {
    await updateSettings(this.#configured.paths.settingsFile, change);
    await this.reload();
  }

  /** Reads the configuration anew; connections of before are not used any more. @throws `config/...` */
  async reload(): Promise<void> {
    this.#configured = await readConfiguration(this.#surroundings);
    this.#computer = computerPlace(this.#configured, this.#surroundings);
  }

  /** Called when the sandbox runs, and with undefined when it ended. */
  setSandbox(sandbox: SandboxPlace | undefined): void {
    this.#sandbox = sandbox && sandboxPlace(sandbox, this.#surroundings);
  }
}

function computerPlace(configured: Configured, surroundings: Surroundings): Place {
  return { sandbox: false, connector: connectLikeDocker(configured, surroundings), repositories: [] };
}

function sandboxPlace(
  sandbox: SandboxPlace,
  surroundings: Surroundings & { readonly http: HttpClient },
): RunningSandbox {
  return {
    sandbox: true,
    connector: sandboxConnector(sandbox, surroundings),
    registryHost: sandbox.registryHost,
    trustServerOrigin: new URL(sandbox.trustServerUrl).origin,
    repositories: sandbox.repositories.map(parseGun),
  };
}
