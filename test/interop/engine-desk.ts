/** A workstation with a real trust server, registry and engine, and a signer's key: for what goes through the engine. */
import { startDockerEngine } from '../lab/docker-engine.ts';
import { startDockerRegistry } from '../lab/docker-registry.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import type { Scope } from '../lab/scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';

/** What it needs; see `describeWithPeers`. */
export const enginePeers = ['docker', 'notary', 'notary-server', 'docker-registry', 'dockerd'] as const;

export async function openEngineDesk(scope: Scope) {
  const [notary, registry] = await Promise.all([startNotaryServer(scope), startDockerRegistry(scope)]);
  const engine = await startDockerEngine(scope, registry.host);
  const desk = await makeWorkstation(scope, { notary, registries: [registry], engine });
  await desk.must.trustdesk(['key', 'generate', 'jeff']);
  return { desk, registry, engine, notary, scope };
}
