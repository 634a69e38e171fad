/** Warnings about a repository in one sentence each. Pure. */
import type { z } from 'zod/mini';
import type { warning } from '../../shared/ipc/repositories.ts';
import { errorText } from './error-text.ts';
import { dayText } from './times.ts';
import { roleOwner } from './trust-words.ts';

export type Warning = z.infer<typeof warning>;

/** Of a repository that was read once and is not on its server any more. */
export const goneTitle = 'The trust server has no trust data of it any more.';
export const goneFix =
  'If nobody meant to delete it, restore it from an entry under Activity where there is one, or create it anew and sign again. If it may be gone, hide it from the list.';

export function warningText(entry: Warning): string {
  switch (entry.kind) {
    case 'expires-soon':
      return `Signatures of ${roleOwner(entry.role)} expire on ${dayText(entry.at)}.`;
    case 'certificate-expires-soon':
      return `The root certificate ${entry.commonName} expires on ${dayText(entry.at)}.`;
    case 'delegation-unusable':
      return `What ${roleOwner(entry.role)} signed cannot be used: ${errorText(entry.error).title}`;
    case 'tls-not-verified':
      return `The connection to ${entry.host} is not verified.`;
    case 'staged-changes':
      return `${entry.count === 1 ? 'One staged change is' : `${entry.count} staged changes are`} not published.`;
  }
}
