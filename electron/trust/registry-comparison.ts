/**
 * The registry's present word beside what is signed: digest per tag, and tags that nobody signed. Privileged process.
 * SECURITY: a registry's word is not trust; it is shown, never believed.
 */
import { type AppError, isAppError } from '../../shared/errors.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import { isTagName } from '../registry/image-reference.ts';
import type { RegistryClient } from '../registry/registry-client.ts';
import { sortNaturally } from './natural-order.ts';
import { toWire } from './repository-row.ts';

export type RegistryDigests = CallOutput<'repositories.registryDigests'>;
export type UnsignedTags = CallOutput<'repositories.unsignedTags'>;
type RegistryDigest = RegistryDigests[number];

/** Requests under way at the same time. */
const atOnce = 8;

/**
 * What the registry holds under each tag now, in the order of `tags`. A failure that concerns the whole registry
 * (unreachable, no access) is met once and answers for the rest.
 */
export async function compareWithRegistry(
  connect: () => Promise<RegistryClient>,
  tags: readonly string[],
): Promise<RegistryDigests> {
  const digests = new Map<string, RegistryDigest>();
  const queue = [...tags];
  let obstacle: AppError | undefined;
  const work = async (client: RegistryClient): Promise<void> => {
    for (let tag = queue.shift(); tag !== undefined; tag = queue.shift()) {
      if (obstacle !== undefined) return;
      const found = await askForTag(client, tag);
      digests.set(tag, isAppError(found) ? unknown(tag, found) : found);
      if (isAppError(found) && concernsRegistry(found)) obstacle = found;
    }
  };
  try {
    const client = await connect();
    await Promise.all(Array.from({ length: Math.min(atOnce, tags.length) }, () => work(client)));
  } catch (error) {
    if (!isAppError(error)) throw error;
    obstacle = error;
  }
  return tags.map(
    (tag) => digests.get(tag) ?? (obstacle === undefined ? { kind: 'absent', tag } : unknown(tag, obstacle)),
  );
}

/** A name that no registry can have as a tag (notary signs any name) is simply not there. */
async function askForTag(client: RegistryClient, tag: string): Promise<RegistryDigest | AppError> {
  if (!isTagName(tag)) return { kind: 'absent', tag };
  try {
    const manifest = await client.resolveTag(tag);
    return manifest === undefined ? { kind: 'absent', tag } : { kind: 'digest', tag, ...manifest };
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

function concernsRegistry({ code }: AppError): boolean {
  return code.startsWith('network/') || code.startsWith('config/') || code === 'registry/unauthorised';
}

function unknown(tag: string, error: AppError): RegistryDigest {
  return { kind: 'unknown', tag, error: toWire(error) };
}

/** What the metadata says of tags: those that docker pulls, and those that only a signer's own role holds. */
export interface SignedNames {
  readonly released: readonly string[];
  readonly unreleased: ReadonlyMap<string, readonly string[]>;
}

/** The tags that the registry has and nobody signed, and those that are signed and not released, in natural order. */
export async function findUnsignedTags(
  connect: () => Promise<RegistryClient>,
  { released, unreleased }: SignedNames,
): Promise<UnsignedTags> {
  try {
    const client = await connect();
    const known = new Set([...released, ...unreleased.keys()]);
    const unsigned = (await client.listTags()).filter((tag) => !known.has(tag));
    const held = [...unreleased].map(([tag, signers]) => ({ tag, signers: [...signers] }));
    return {
      kind: 'tags',
      tags: sortNaturally([...new Set(unsigned)], (tag) => tag),
      unreleased: sortNaturally(held, ({ tag }) => tag),
    };
  } catch (error) {
    if (isAppError(error)) return { kind: 'unknown', error: toWire(error) };
    throw error;
  }
}
