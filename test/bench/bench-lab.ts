/**
 * The stage of every benchmark: one real notary-server, and a computer of its own for each contestant,
 * so that none of them warms the cache of another.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { numberedTags, publishManyTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import type { NotaryServer } from '../lab/notary-server.ts';
import { peerPath } from '../lab/peers.ts';
import type { Scope } from '../lab/scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { Workstation } from '../lab/workstation.ts';
import type { Command, Contestant } from './whole-process.ts';

declare global {
  /** The project's folder, put in by the bundler. */
  var TRUSTDESK_ROOT: string;
}

export type Tool = 'trustdesk' | 'docker' | 'notary';
export type CacheState = 'cold' | 'warm';

export interface BenchLab {
  readonly scope: Scope;
  readonly notary: NotaryServer;
  /** The computer that makes and signs the repositories. */
  readonly owner: Workstation;
  /** A repository with that many tags in `targets`; made once. */
  repository(tags: number): Promise<string>;
  contestant(tool: Tool, args: readonly string[], cache: CacheState): Promise<Contestant>;
}

export const trustdeskProgram = (): string => join(globalThis.TRUSTDESK_ROOT, 'dist', 'cli', 'trustdesk.js');

export function commandOf(tool: Tool, args: readonly string[], desk: Workstation): Command {
  const [program, all] =
    tool === 'trustdesk' ? [process.execPath, [trustdeskProgram(), ...args]] : [peerPath(tool), args];
  return { program, args: all, env: desk.environment, cwd: desk.home };
}

/** Forgets everything that any tool may have kept of what it read. */
async function forget(desk: Workstation): Promise<void> {
  for (const folder of [join(desk.trustDirectory, 'tuf'), desk.trustdeskHome]) {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(desk.trustDirectory, { recursive: true, mode: 0o700 });
}

export async function openBenchLab(scope: Scope): Promise<BenchLab> {
  const notary = await startNotaryServer(scope);
  const owner = await makeWorkstation(scope, { notary });
  const made = new Map<number, string>();
  return {
    scope,
    notary,
    owner,
    repository: async (tags) => {
      const gun = made.get(tags) ?? `registry.example.test/bench/tags-${tags}`;
      if (!made.has(tags)) {
        process.stderr.write(`Making a repository of ${tags} tags.\n`);
        await publishManyTags(owner, gun, numberedTags(tags));
        made.set(tags, gun);
      }
      return gun;
    },
    contestant: async (tool, args, cache) => {
      const desk = await makeWorkstation(scope, { notary });
      const command = commandOf(tool, args, desk);
      if (cache === 'cold') return { command, before: () => forget(desk) };
      await desk.must[tool](args);
      return { command, before: () => Promise.resolve() };
    },
  };
}
