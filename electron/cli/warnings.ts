/**
 * What is said on stderr beside a result: notary's and docker's own words where they have some. Command line.
 * Data that the server did not confirm now is always said, with its age and the reason.
 */
import type { AppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import type { RepositoryWarning, VerifiedRepository } from '../notary/verified-repository.ts';
import { printable } from './columns.ts';
import { notaryWords } from './original-words.ts';
import type { Terminal } from './terminal.ts';

const usingCache =
  'Error while downloading remote metadata, using cached timestamp - this might not be the latest version available remotely';

/** Says what is to be known of a repository that was read. */
export function sayWarnings(repository: VerifiedRepository, terminal: Terminal): void {
  const { freshness, gun, warnings } = repository;
  const say = (words: string): void => {
    terminal.stderr.write(`Warning: ${printable(gun)}: ${printable(words)}\n`);
  };
  if (freshness.kind === 'cached') say(`${usingCache} (${cacheDetails(freshness, terminal.now())})`);
  for (const warning of warnings) {
    const words = warningWords(warning);
    if (words !== undefined) say(words);
  }
}

/** A file that was left out although it should count. */
export function sayProblem(error: AppError, terminal: Terminal): void {
  const { title, fix } = textOf(error);
  terminal.stderr.write(`Warning: ${printable(title)} ${printable(fix)}\n`);
}

function cacheDetails({ at, reason }: { readonly at: number; readonly reason: AppError }, now: Date): string {
  const { title, fix } = textOf(reason);
  return `last confirmed ${ago(now.getTime() - at)}; ${title} ${fix}`;
}

function warningWords(warning: RepositoryWarning): string | undefined {
  switch (warning.kind) {
    case 'expires-soon':
      return `${warning.role} metadata is nearing expiry, you should re-sign the role metadata (it expires ${day(warning.at)})`;
    case 'certificate-expires-soon':
      return `certificate with CN ${warning.commonName} is near expiry (it expires ${day(warning.at)})`;
    case 'delegation-unusable':
      return `Error getting ${warning.role}: ${notaryWords(warning.error)}`;
    case 'tls-not-verified':
      return `the certificate of ${warning.host} did not verify; it was accepted because the registry is on this computer`;
    case 'staged-changes':
      return undefined; // they stay as they are; nothing to warn of
  }
}

function day(instant: number): string {
  return `on ${new Date(instant).toISOString().slice(0, 10)}`;
}

const units: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `3 hours ago`; `just now` below a minute, also when the clock went back. */
export function ago(milliseconds: number): string {
  for (const [unit, length] of units) {
    const count = Math.floor(milliseconds / length);
    if (count >= 1) return `${String(count)} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
