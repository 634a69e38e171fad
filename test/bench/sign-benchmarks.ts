/** Changing trust from the terminal: one tag, many tags in one publish, a signer for many repositories. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startDockerRegistry } from '../lab/docker-registry.ts';
import { numberedTags, stageTags } from '../lab/many-tags.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { Workstation } from '../lab/workstation.ts';
import { commandOf } from './bench-lab.ts';
import type { BenchLab, Tool } from './bench-lab.ts';
import { ms } from './report.ts';
import type { Row } from './report.ts';
import { median } from './statistics.ts';
import { race } from './whole-process.ts';
import type { Contestant } from './whole-process.ts';

const remote = 'registry.example.test';
const roles = ['targets/jeff', 'targets/releases'];
const TAGS_AT_ONCE = 100;
const MANY_REPOSITORIES = 100;
/** docker takes a minute and more for each. */
const MANY_RUNS = 2;

const nothing = () => Promise.resolve();

/** A computer with its own root key and its own signer, jeff; nothing is shared with other contestants. */
async function signersDesk(lab: BenchLab): Promise<Workstation> {
  const desk = await makeWorkstation(lab.scope, { notary: lab.notary });
  await desk.must.trustdesk(['key', 'generate', 'jeff']);
  return desk;
}

async function signedRepository(desk: Workstation, gun: string, tags: number): Promise<void> {
  process.stderr.write(`Making ${gun} with ${tags} tags.\n`);
  await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', gun]);
  await stageTags(desk, gun, numberedTags(tags), roles);
  await desk.must.notary(['publish', gun]);
}

/** Another digest each time, so that every run has something to publish. */
const newDigest = (): string => createHash('sha256').update(randomUUID()).digest('hex');

const signOne: Readonly<Record<Tool, (gun: string, tag: string) => readonly string[]>> = {
  trustdesk: (gun, tag) => ['sign', `${gun}:${tag}`, '--digest', `sha256:${newDigest()}`, '--size', '1000'],
  // docker signs again what is signed; it has no option for a digest.
  docker: (gun, tag) => ['trust', 'sign', `${gun}:${tag}`],
  notary: (gun, tag) => ['addhash', gun, tag, '1000', '--sha256', newDigest(), '-r', roles.join(), '-p'],
};

/** Made anew for each run. */
function changing(tool: Tool, args: () => readonly string[], desk: Workstation): Contestant {
  return {
    get command() {
      return commandOf(tool, args(), desk);
    },
    before: nothing,
  };
}

export async function signRows(lab: BenchLab, tags: number, runs: number): Promise<Row[]> {
  const contestants: Contestant[] = [];
  for (const tool of ['trustdesk', 'docker', 'notary'] as const) {
    const desk = await signersDesk(lab);
    const gun = `${remote}/bench/sign-${tool}-${tags}`;
    await signedRepository(desk, gun, tags);
    const contestant = changing(tool, () => signOne[tool](gun, '1.0.0'), desk);
    await desk.must[tool](contestant.command.args.slice(tool === 'trustdesk' ? 1 : 0));
    contestants.push(contestant);
  }
  const times = await race(contestants, tags >= 50_000 ? Math.min(runs, 3) : runs);
  const [mine = 0, docker = 0, notary = 0] = times.map(median);
  const row = (tool: string, other: number, limit: number): Row => ({
    what: `sign one of ${tags} tags`,
    ours: ms(mine),
    theirs: `${tool} ${ms(other)}`,
    value: mine / other,
    limit,
    unit: 'x',
  });
  return [row('docker', docker, 0.4), row('notary', notary, 0.8)];
}

/** Both from the registry, in a repository of that many signed tags. */
export async function signManyRows(lab: BenchLab, tags: number, runs: number): Promise<Row[]> {
  const registry = await startDockerRegistry(lab.scope);
  const desk = await makeWorkstation(lab.scope, { notary: lab.notary, registries: [registry] });
  await desk.must.trustdesk(['key', 'generate', 'jeff']);
  const gun = `${registry.host}/bench/at-once`;
  await signedRepository(desk, gun, tags);
  const names = Array.from({ length: TAGS_AT_ONCE }, (_, index) => `new-${index}`);
  // Pushed again before each run: other images, so other digests to sign.
  const push = (some: readonly string[]) => async (): Promise<void> => {
    for (const name of some) await registry.pushImage('bench/at-once', name, randomUUID());
  };
  const signing = (some: readonly string[]): Contestant => ({
    command: commandOf('trustdesk', ['sign', ...some.map((name) => `${gun}:${name}`)], desk),
    before: push(some),
  });
  const [one, many] = await race([signing(names.slice(0, 1)), signing(names)], runs);
  const [single, hundred] = [median(one ?? []), median(many ?? [])];
  return [
    {
      what: `sign ${TAGS_AT_ONCE} tags in one publish, of ${tags}`,
      ours: ms(hundred),
      theirs: `one tag ${ms(single)}`,
      value: hundred / single,
      limit: 1.5,
      unit: 'x',
    },
  ];
}

/** docker changes one repository after the other; Trustdesk several at a time. */
export async function signerRows(lab: BenchLab): Promise<Row[]> {
  const contestants: Contestant[] = [];
  for (const tool of ['trustdesk', 'docker'] as const) {
    const desk = await signersDesk(lab);
    const guns = Array.from(
      { length: MANY_REPOSITORIES },
      (_, index) => `${remote}/bench/signers-${tool}-${index}`,
    );
    process.stderr.write(`Making ${MANY_REPOSITORIES} repositories.\n`);
    // One by one: notary-server keeps the keys it makes in a map without a lock, and ends when two come at once.
    for (const gun of guns) await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', gun]);
    await desk.must.trustdesk(['key', 'generate', 'ops']);
    const key = join(desk.home, 'ops.pub');
    let run = 0;
    const args = (): readonly string[] => {
      run += 1;
      const words = ['signer', 'add', '--key', key, `ops${run}`, ...guns];
      return tool === 'docker' ? ['trust', ...words] : words;
    };
    contestants.push(changing(tool, args, desk));
  }
  const [mine = 0, docker = 0] = (await race(contestants, MANY_RUNS)).map(median);
  return [
    {
      what: `a signer for ${MANY_REPOSITORIES} repositories`,
      ours: ms(mine),
      theirs: `docker ${ms(docker)}`,
      value: mine / docker,
      limit: 0.3,
      unit: 'x',
    },
  ];
}
