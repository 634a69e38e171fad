/**
 * Guards for tests that need a real program: without it they are skipped under its name,
 * and fail where `TRUSTDESK_REQUIRE_PEERS=1` says that every peer must be there.
 */
import { describe, expect, it } from 'vitest';
import { findPeer, peersAreRequired } from './peers.ts';
import type { PeerName } from './peers.ts';

/** A `describe` whose tests run only where every named peer is installed. */
export function describeWithPeers(title: string, peers: readonly PeerName[], body: () => void): void {
  const missing = peers.filter((name) => findPeer(name) === undefined);
  if (missing.length === 0) {
    describe(title, body);
  } else if (peersAreRequired()) {
    describe(title, () => {
      it(`has its peers: ${missing.join(', ')}`, () => {
        expect(missing, 'required peers that are not installed').toEqual([]);
      });
    });
  } else {
    describe.skip(`${title} (needs ${missing.join(', ')})`, body);
  }
}
