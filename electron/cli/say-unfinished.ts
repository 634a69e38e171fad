/**
 * Says what became of publishes that a crash or a lost connection cut off, before anything else is changed. On stderr,
 * so that results stay clean. Command line.
 */
import { type Resolved, resolveAllUnfinished } from '../trust/plan/unfinished.ts';
import type { PublishingServices } from '../trust/plan/publishing.ts';
import { textOf } from '../../shared/error-texts.ts';
import { printable } from './columns.ts';
import type { Terminal } from './terminal.ts';

/** Asks the trust servers; costs nothing when every publish ended. @throws `config/malformed`, `files/*` */
export async function sayUnfinished(
  services: PublishingServices,
  terminal: Terminal,
  onlyPlan?: string,
): Promise<void> {
  for (const resolved of await resolveAllUnfinished(services, onlyPlan)) {
    terminal.stderr.write(`${printable(unfinishedText(resolved))}\n`);
  }
}

function unfinishedText(resolved: Resolved): string {
  const what = `"${resolved.title}" in ${resolved.gun} was interrupted`;
  switch (resolved.kind) {
    case 'published':
      return `${what}: the trust server has it, everything was published.`;
    case 'not-published':
      return `${what}: the trust server does not have it, nothing was published.`;
    case 'unknown':
      return `${what}: whether it was published is not known yet. ${textOf(resolved.error).title} The next command that changes trust asks again.`;
  }
}
