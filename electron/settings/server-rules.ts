/**
 * Which trust server serves which registry. Pure; main process and command line.
 * Docker knows one server for all registries; a rule here names one per registry.
 */
import { AppError } from '../../shared/errors.ts';

export interface ServerRule {
  /** `host[:port]` as it stands in a GUN, or `*` for every registry without a rule of its own. */
  readonly registry: string;
  /** https address, possibly with a path prefix. */
  readonly url: string;
}

/** The rule for a registry: its own before `*`. */
export function ruleFor(rules: readonly ServerRule[], registry: string): ServerRule | undefined {
  return rules.find((rule) => rule.registry === registry) ?? rules.find((rule) => rule.registry === '*');
}

/**
 * A trust server's address. Throws `notary/not-https` in docker's sense ("valid https URL required").
 * SECURITY: no http, not even to this computer; no user information, query or fragment.
 */
export function parseServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || url.protocol !== 'https:' || url.hostname === '' || !plain)
    throw new AppError('notary/not-https', { url: withoutUserInformation(text) });
  return url;
}

/** `host[:port]` or `*`. Throws `reference/malformed`. */
export function parseRegistryPattern(text: string): string {
  const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
  if (text === '*' || (text.length <= 300 && host.test(text))) return text;
  throw new AppError('reference/malformed', {
    reference: text.slice(0, 300),
    reason: 'not a host[:port] or *',
  });
}

/** SECURITY: a password typed into an address must not come back in a message. */
function withoutUserInformation(text: string): string {
  return text.slice(0, 300).replace(/\/\/[^/@]*@/, '//');
}
