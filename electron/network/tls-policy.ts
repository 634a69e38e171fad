/**
 * What a TLS connection to one server is checked against. Main process and command line; values only, no I/O.
 * A policy belongs to one server: its client certificate and its leniency never travel to another host.
 */
export interface ClientCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface TlsPolicy {
  /** PEM texts (each may hold several certificates) trusted besides the system's, or instead when `exclusive`. */
  readonly extraRoots: readonly string[];
  /** notary: `remote_server.root_ca` is the only root pool when it is given. */
  readonly exclusive: boolean;
  readonly clientCertificate?: ClientCertificate | undefined;
  /**
   * SECURITY: accept a certificate that does not verify. Docker's rule for registries on this computer; the
   * connection still tries to verify and every answer says whether it did (`tlsVerified`). Default is false.
   */
  readonly allowUnverified: boolean;
}

/** The system's roots and nothing else. */
export const systemTls: TlsPolicy = { extraRoots: [], exclusive: false, allowUnverified: false };

/**
 * The policy for another host that a server redirects to: the same roots, but neither the client certificate
 * nor the leniency. SECURITY: both were granted for one host only.
 * The same one each time: connections, and the limit of how many there are at once, go by policy.
 */
export function policyForOtherHost(policy: TlsPolicy): TlsPolicy {
  const { extraRoots, exclusive } = policy;
  const found = forOtherHosts.get(policy) ?? { extraRoots, exclusive, allowUnverified: false };
  forOtherHosts.set(policy, found).set(found, found);
  return found;
}

const forOtherHosts = new WeakMap<TlsPolicy, TlsPolicy>();
