/** Whether the trust data itself is good, and whether the registry can be read as well. Privileged process. */
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { textOf } from '../../shared/error-texts.ts';
import type { RegistryClient, RegistryManifest } from '../registry/registry-client.ts';
import { signedTags, signersOf } from '../trust/inspect.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { attempt, type Outcome, passed, warned } from './step.ts';

/** Reads and verifies the repository; what was left out or is about to expire is a warning. */
export function checkTrustData(
  read: () => Promise<VerifiedRepository>,
  crypto: TufCrypto,
): Promise<Outcome<VerifiedRepository>> {
  return attempt('trust-data', async () => {
    const repository = await read();
    const found = describe(repository, crypto);
    const { freshness } = repository;
    if (freshness.kind === 'cached') {
      const { title, fix } = textOf(freshness.reason);
      const since = new Date(freshness.at).toISOString();
      return warned(
        'trust-data',
        `${found} This is what was confirmed at ${since}: ${title}`,
        fix,
        repository,
      );
    }
    const [problem] = [...repository.problems];
    if (problem !== undefined) {
      const [role, error] = problem;
      const { title, fix } = textOf(error);
      return warned('trust-data', `${found} ${role} is left out: ${title}`, fix, repository);
    }
    return describeExpiry(found, repository);
  });
}

function describe({ targets }: VerifiedRepository, crypto: TufCrypto): string {
  const tags = signedTags(targets).tags.length;
  const signers = signersOf(targets, crypto).length;
  return `Verified: ${count(tags, 'signed tag')}, ${count(signers, 'signer')}.`;
}

const count = (number: number, what: string): string => `${String(number)} ${what}${number === 1 ? '' : 's'}`;

function describeExpiry(found: string, repository: VerifiedRepository): Outcome<VerifiedRepository> {
  const soon = repository.warnings.find(({ kind }) => kind === 'expires-soon');
  if (soon?.kind !== 'expires-soon') return passed('trust-data', found, repository);
  const day = new Date(soon.at).toISOString().slice(0, 10);
  const fix = `Someone who holds a key of ${soon.role} should sign it again before then.`;
  return warned('trust-data', `${found} The ${soon.role} metadata expires on ${day}.`, fix, repository);
}

/** Whether the registry answers for this repository, and whether the tag is what was signed. */
export function checkRegistry(
  client: () => Promise<RegistryClient>,
  tag: string | undefined,
  trusted: VerifiedRepository | undefined,
): Promise<Outcome<true>> {
  return attempt('registry', async () => {
    const registry = await client();
    if (tag === undefined) {
      const tags = await registry.listTags();
      return passed('registry', `The registry answers and holds ${count(tags.length, 'tag')}.`, true);
    }
    const manifest = await registry.resolveTag(tag);
    return compare(tag, manifest, trusted);
  });
}

function compare(
  tag: string,
  manifest: RegistryManifest | undefined,
  trusted: VerifiedRepository | undefined,
): Outcome<true> {
  if (manifest === undefined) {
    return warned(
      'registry',
      `The registry answers and has no tag ${tag}.`,
      'Check the tag, or push it.',
      true,
    );
  }
  const signed = trusted === undefined ? undefined : signedDigests(trusted, tag);
  const holds = `The registry answers; ${tag} is sha256:${manifest.sha256}`;
  if (signed === undefined) return passed('registry', `${holds}.`, true);
  if (signed.length === 0) {
    return warned('registry', `${holds}, which is not signed.`, 'Sign it, or use a signed tag.', true);
  }
  if (signed.includes(manifest.sha256)) return passed('registry', `${holds}, as signed.`, true);
  const fix = 'Pull by the signed digest, and ask the signers whether the tag was moved on purpose.';
  return warned('registry', `${holds}, but sha256:${signed.join(' or sha256:')} is signed.`, fix, true);
}

function signedDigests({ targets }: VerifiedRepository, tag: string): readonly string[] {
  const { tags, digests } = signedTags(targets, tag);
  return tags.map((_, row) => digests.at(row));
}
