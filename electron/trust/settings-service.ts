/**
 * The settings as the window reads and changes them. Privileged process. Nothing that weakens or widens trust is kept
 * before the person confirmed it here, outside of the page.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Sha256Hex } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import type { SettingsView } from '../../shared/ipc/settings.ts';
import { certificateBlocks } from '../network/pem-blocks.ts';
import type { PresentedCertificate } from '../network/presented-chain.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { parseRegistryPattern, parseServerUrl } from '../settings/server-rules.ts';
import type { Settings, Theme } from '../settings/settings-file.ts';
import { trustDirectoryOf } from './connect.ts';
import type { Places } from './places.ts';
import type { Repositories } from './repositories.ts';
import { listServers, toCaView } from './server-views.ts';

export interface SettingsSetup {
  readonly places: Places;
  readonly repositories: Repositories;
  readonly prompts: Prompts;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onChanged: (view: SettingsView) => void;
  /** The certificate that the doctor showed under this fingerprint for this server, if it did. */
  readonly shownCa: (server: string, sha256: Sha256Hex) => PresentedCertificate | undefined;
}

export class SettingsService {
  readonly #setup: SettingsSetup;

  constructor(setup: SettingsSetup) {
    this.#setup = setup;
  }

  async view(): Promise<SettingsView> {
    const { places, repositories, env } = this.#setup;
    const { configured } = places;
    const guns = await repositories.guns();
    return {
      theme: configured.settings.theme,
      trustDirectory: trustDirectoryOf(configured),
      trustDirectorySource: trustDirectorySource(configured),
      servers: await listServers(places, env['DOCKER_CONTENT_TRUST_SERVER'], guns),
    };
  }

  setTheme(theme: Theme): Promise<SettingsView> {
    return this.#change((now) => ({ ...now, theme }), 'looks');
  }

  /** @throws `notary/not-https`, `reference/malformed`, `prompt/cancelled` */
  async addServer(server: { readonly registry: string; readonly url: string }): Promise<SettingsView> {
    const registry = parseRegistryPattern(server.registry.trim());
    const url = parseServerUrl(server.url.trim()).href;
    const whose = registry === '*' ? 'all registries without a rule of their own' : registry;
    await this.#setup.prompts.confirm({
      title: `Use ${url}?`,
      text: `Trust data for images of ${whose} will be read from ${url}. Who runs that server can withhold signatures, but cannot forge them.`,
      confirmLabel: `Use ${url}`,
      destructive: false,
    });
    const rest = (now: Settings) => now.serverRules.filter((rule) => rule.registry !== registry);
    return this.#change((now) => ({ ...now, serverRules: [...rest(now), { registry, url }] }), 'connections');
  }

  /** @param id of a server that is a rule of ours; others are not ours to remove */
  async removeServer(id: string): Promise<SettingsView> {
    const registry = id.startsWith('trustdesk:') ? id.slice('trustdesk:'.length) : undefined;
    const keep = (rule: { readonly registry: string }): boolean => rule.registry !== registry;
    return this.#change((now) => ({ ...now, serverRules: now.serverRules.filter(keep) }), 'connections');
  }

  /** Asks for a file of certificates. @throws `prompt/cancelled`, `config/...` */
  async addServerCa(server: string): Promise<SettingsView> {
    const origin = await this.#originOf(server);
    const [file = ''] = await this.#setup.prompts.chooseFile({
      title: `Certificate authority of ${origin}`,
      want: 'file',
    });
    const blocks = readBlocks(file, await readCertificateFile(file));
    return this.#trust(origin, blocks);
  }

  /** Trusts the very certificate that the doctor showed. @throws `ipc/refused` for any other, `prompt/cancelled` */
  async trustShownCa(server: string, sha256: Sha256Hex): Promise<SettingsView> {
    const origin = await this.#originOf(server);
    const shown = this.#setup.shownCa(origin, sha256);
    if (shown === undefined) throw new AppError('ipc/refused', { channel: 'settings.trustShownCa' });
    return this.#trust(origin, [shown.pem]);
  }

  async removeServerCa(server: string, sha256: Sha256Hex): Promise<SettingsView> {
    const origin = await this.#originOf(server);
    const isRemoved = (ca: { readonly server: string; readonly pem: string }): boolean =>
      ca.server === origin &&
      certificateBlocks(ca.pem).some((pem) => toCaView(pem, 'trustdesk').sha256 === sha256);
    return this.#change(
      (now) => ({ ...now, serverCas: now.serverCas.filter((ca) => !isRemoved(ca)) }),
      'connections',
    );
  }

  /** @throws `config/overridden` while DOCKER_CONFIG decides, `prompt/cancelled` */
  async chooseTrustDirectory(): Promise<SettingsView> {
    const { paths } = this.#setup.places.configured;
    if (paths.trustDirectorySource === 'DOCKER_CONFIG')
      throw new AppError('config/overridden', { variable: 'DOCKER_CONFIG' });
    const [trustDirectory] = await this.#setup.prompts.chooseFile({
      title: 'Trust directory',
      want: 'directory',
    });
    return this.#change((now) => ({ ...now, trustDirectory }), 'connections');
  }

  /** SECURITY: the person compares the fingerprint before anything is believed because of it. */
  async #trust(origin: string, blocks: readonly string[]): Promise<SettingsView> {
    const cas = blocks.map((pem) => toCaView(pem, 'trustdesk'));
    const names = cas.map(({ subject, sha256 }) => `${subject} (SHA-256 ${sha256})`).join('; ');
    await this.#setup.prompts.confirm({
      title: `Trust this certificate authority for ${origin}?`,
      text: `${names}. Compare the fingerprint with the operator of the server. It will count for ${origin} only.`,
      confirmLabel: `Trust it for ${origin}`,
      destructive: false,
    });
    const added = blocks.map((pem) => ({ server: origin, pem }));
    return this.#change((now) => ({ ...now, serverCas: [...now.serverCas, ...added] }), 'connections');
  }

  /** The origin of a server named by its ID in the view, or by its address. */
  async #originOf(server: string): Promise<string> {
    const known = (await this.view()).servers.find(({ id }) => id === server);
    return parseServerUrl(known?.url ?? server).origin;
  }

  /** @param what connections that changed make everything read before doubtful */
  async #change(change: (now: Settings) => Settings, what: 'looks' | 'connections'): Promise<SettingsView> {
    const { places, repositories, onChanged } = this.#setup;
    await places.changeSettings(change);
    const view = await this.view();
    onChanged(view);
    if (what === 'connections') {
      repositories.forget();
      await repositories.announce();
    }
    return view;
  }
}

function trustDirectorySource({
  paths,
  settings,
}: Places['configured']): SettingsView['trustDirectorySource'] {
  if (paths.trustDirectorySource === 'DOCKER_CONFIG') return 'DOCKER_CONFIG';
  return settings.trustDirectory === undefined ? 'default' : 'trustdesk';
}

async function readCertificateFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new AppError('config/unreadable', { path: file, reason }, { cause });
  }
}

/** PEM, or the DER form that `.cer` files often have. */
function readBlocks(file: string, bytes: Buffer): readonly string[] {
  const blocks = certificateBlocks(bytes.toString('latin1'));
  try {
    if (blocks.length === 0) return [new X509Certificate(bytes).toString()];
    return blocks.map((block) => new X509Certificate(block).toString());
  } catch (cause) {
    throw new AppError('config/malformed', { path: file, reason: 'it holds no certificate' }, { cause });
  }
}
