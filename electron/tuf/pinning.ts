/** Which root certificates a repository may start from (`trust_pinning` of notary's configuration). Pure. */
import type { Gun, TufKeyId } from '../../shared/brands.ts';

export interface TrustPinning {
  /** GUN, or prefix ending in `*`, to the certificate IDs (TUF key IDs) that are trusted for it. */
  readonly certs: ReadonlyMap<string, readonly TufKeyId[]>;
  /** GUN prefix to the PEM text of the authorities that must have issued its certificate. */
  readonly cas: ReadonlyMap<string, string>;
  /** No trust on first use: a repository without a pin is refused until it is known. */
  readonly disableTofu: boolean;
}

/** docker's rule: trust on first use, over verified TLS. */
export const TRUST_ON_FIRST_USE: TrustPinning = { certs: new Map(), cas: new Map(), disableTofu: false };

export type Pin =
  | { readonly kind: 'certificates'; readonly ids: ReadonlySet<TufKeyId> }
  | { readonly kind: 'authorities'; readonly pem: string }
  | { readonly kind: 'first-use' }
  | { readonly kind: 'refused' };

/** The one rule that applies. notary: exact GUN, then longest `prefix*`, then longest CA prefix, then first use. */
export function pinFor(gun: Gun, pinning: TrustPinning, hasPreviousRoot: boolean): Pin {
  const ids = pinning.certs.get(gun) ?? longestPrefix(gun, wildcards(pinning.certs));
  if (ids !== undefined) return { kind: 'certificates', ids: new Set(ids) };
  const pem = longestPrefix(gun, [...pinning.cas]);
  if (pem !== undefined) return { kind: 'authorities', pem };
  return pinning.disableTofu && !hasPreviousRoot ? { kind: 'refused' } : { kind: 'first-use' };
}

function wildcards<T>(entries: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...entries].flatMap(([gun, value]) =>
    gun.endsWith('*') ? [[gun.slice(0, -1), value] as const] : [],
  );
}

function longestPrefix<T>(gun: Gun, entries: readonly (readonly [string, T])[]): T | undefined {
  const matching = entries.filter(([prefix]) => gun.startsWith(prefix));
  return matching.sort(([a], [b]) => b.length - a.length)[0]?.[1];
}
