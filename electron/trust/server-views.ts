/** Trust servers as the settings show them: which registry, why, and whose certificates count. Privileged process. */
import { X509Certificate } from 'node:crypto';
import type { Gun } from '../../shared/brands.ts';
import { isAppError } from '../../shared/errors.ts';
import type { SettingsView } from '../../shared/ipc/settings.ts';
import { shownName } from '../network/certificate-name.ts';
import { certificateBlocks } from '../network/pem-blocks.ts';
import type { ServerTls } from '../notary/server-tls.ts';
import type { TrustServer } from '../notary/trust-server.ts';
import { registryOfGun } from '../registry/image-reference.ts';
import type { Place, Places } from './places.ts';

type ServerView = SettingsView['servers'][number];
type CaView = ServerView['cas'][number];

interface ServerEntry {
  readonly registry: string;
  readonly url: string;
  readonly source: ServerView['source'];
  readonly place: Place;
}

/** What the window names a server by. */
export function serverId({ source, registry }: Pick<ServerEntry, 'source' | 'registry'>): string {
  return `${source}:${registry}`;
}

/**
 * Every server that is configured, and those that repositories of `guns` use by default.
 * @param environmentServer the value of DOCKER_CONTENT_TRUST_SERVER
 */
export async function listServers(
  places: Places,
  environmentServer: string | undefined,
  guns: readonly Gun[],
): Promise<ServerView[]> {
  const entries = [...configuredServers(places, environmentServer), ...serversInUse(places, guns)];
  const byId = new Map(entries.map((entry) => [serverId(entry), entry]));
  return Promise.all([...byId.values()].map(toView));
}

function configuredServers(places: Places, environmentServer: string | undefined): readonly ServerEntry[] {
  const { settings, notary } = places.configured;
  const place = places.computer;
  const everywhere = (url: string | undefined, source: ServerView['source']): ServerEntry[] =>
    url === undefined || url === '' ? [] : [{ registry: '*', url, source, place }];
  return [
    ...everywhere(environmentServer, 'environment'),
    ...settings.serverRules.map((rule) => ({ ...rule, source: 'trustdesk' as const, place })),
    ...everywhere(notary.url, 'notary-config'),
  ];
}

/** docker's default is a server per registry: those that matter are those that repositories are known of. */
function serversInUse(places: Places, guns: readonly Gun[]): readonly ServerEntry[] {
  const registries = new Set(guns.map((gun) => registryOfGun(gun).registry));
  return [...registries].flatMap((registry): ServerEntry[] => {
    const place = places.placeOfRegistry(registry);
    const server = serverOf(place, registry);
    if (server === undefined) return [];
    if (place.sandbox) return [{ registry, url: server.url, source: 'sandbox', place }];
    return server.source === 'default' ? [{ registry, url: server.url, source: server.source, place }] : [];
  });
}

function serverOf({ connector }: Place, registry: string): TrustServer | undefined {
  try {
    return connector.serverFor(registry);
  } catch (error) {
    if (isAppError(error)) return undefined; // an address that is not https; its rows say so
    throw error;
  }
}

async function toView(entry: ServerEntry): Promise<ServerView> {
  const { registry, url, source } = entry;
  const tls = await tlsOf(entry);
  return {
    id: serverId(entry),
    registry,
    url,
    source,
    cas: tls === undefined ? [] : caViews(tls, source === 'sandbox'),
    clientCertificate: tls?.clientCertificateFile,
  };
}

/** A folder of certificates that cannot be read shows no certificates here, and says so when it is used. */
async function tlsOf({ place, url, registry }: ServerEntry): Promise<ServerTls | undefined> {
  if (!URL.canParse(url)) return undefined;
  try {
    return await place.connector.tlsFor(url.replace(/\/+$/, ''), registry);
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

function caViews({ roots }: ServerTls, sandbox: boolean): CaView[] {
  const views = roots.flatMap(({ pem, source }) =>
    certificateBlocks(pem).map((block) => toCaView(block, sandbox ? 'sandbox' : source)),
  );
  return [...new Map(views.map((view) => [`${view.source} ${view.sha256}`, view])).values()];
}

/** @param pem one certificate that is known to be readable */
export function toCaView(pem: string, source: CaView['source']): CaView {
  const certificate = new X509Certificate(pem);
  return {
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: shownName(certificate.subject.split('\n').join(', ')),
    notAfter: Date.parse(certificate.validTo),
    source,
  };
}
