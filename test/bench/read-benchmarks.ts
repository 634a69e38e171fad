/** Reading trust from the terminal: `inspect` and `list` against docker and notary, memory, many repositories. */
import { numberedTags, publishManyTags } from '../lab/many-tags.ts';
import { commandOf } from './bench-lab.ts';
import type { BenchLab, CacheState, Tool } from './bench-lab.ts';
import { megabytes, ms } from './report.ts';
import type { Row } from './report.ts';
import { median } from './statistics.ts';
import { peakMemory, race } from './whole-process.ts';

const cacheStates: readonly CacheState[] = ['warm', 'cold'];
const MANY_REPOSITORIES = 100;
const TAGS_EACH = 20;
const MEMORY_LIMIT_MB = 300;

interface Comparison {
  readonly what: string;
  readonly ours: readonly string[];
  readonly theirs: { readonly tool: Exclude<Tool, 'trustdesk'>; readonly args: readonly string[] };
  /** The share of the real tool's time that is allowed. */
  readonly limit: number;
}

async function compare(lab: BenchLab, runs: number, cache: CacheState, it: Comparison): Promise<Row> {
  const [ours, theirs] = await race(
    [
      await lab.contestant('trustdesk', it.ours, cache),
      await lab.contestant(it.theirs.tool, it.theirs.args, cache),
    ],
    runs,
  );
  const [mine, other] = [median(ours ?? []), median(theirs ?? [])];
  return {
    what: `${it.what}, ${cache}`,
    ours: ms(mine),
    theirs: `${it.theirs.tool} ${ms(other)}`,
    value: mine / other,
    limit: it.limit,
    unit: 'x',
  };
}

const limitFor = (tags: number, small: number, large: number): number => (tags >= 100_000 ? large : small);

/** Big repositories get fewer runs: each takes seconds, and differs little. */
const runsFor = (tags: number, runs: number): number => (tags >= 50_000 ? Math.min(runs, 3) : runs);

export async function inspectRows(lab: BenchLab, tags: number, runs: number): Promise<Row[]> {
  const gun = await lab.repository(tags);
  const rows: Row[] = [];
  for (const cache of cacheStates) {
    rows.push(
      await compare(lab, runsFor(tags, runs), cache, {
        what: `inspect, ${tags} tags`,
        ours: ['inspect', gun],
        theirs: { tool: 'docker', args: ['trust', 'inspect', gun] },
        limit: limitFor(tags, 0.25, 0.1),
      }),
    );
  }
  return rows;
}

export async function listRows(lab: BenchLab, tags: number, runs: number): Promise<Row[]> {
  const gun = await lab.repository(tags);
  const rows: Row[] = [];
  for (const cache of cacheStates) {
    rows.push(
      await compare(lab, runsFor(tags, runs), cache, {
        what: `list, ${tags} tags`,
        ours: ['list', gun],
        theirs: { tool: 'notary', args: ['list', gun] },
        limit: limitFor(tags, 0.5, 0.25),
      }),
    );
  }
  return rows;
}

export async function memoryRows(lab: BenchLab, tags: number): Promise<Row[]> {
  const gun = await lab.repository(tags);
  const rows: Row[] = [];
  const pairs = [
    { ours: ['inspect', gun], tool: 'docker', theirs: ['trust', 'inspect', gun] },
    { ours: ['list', gun], tool: 'notary', theirs: ['list', gun] },
  ] as const;
  for (const { ours, tool, theirs } of pairs) {
    for (const cache of cacheStates) {
      const mine = await lab.contestant('trustdesk', ours, cache);
      const other = await lab.contestant(tool, theirs, cache);
      const [own, real] = [await peakMemory(mine.command), await peakMemory(other.command)];
      rows.push({
        what: `${ours[0]}, ${tags} tags, ${cache}: peak memory`,
        ours: megabytes(own),
        theirs: `${tool} ${megabytes(real)}`,
        value: own,
        limit: MEMORY_LIMIT_MB,
        unit: 'MB',
      });
    }
  }
  return rows;
}

async function manyRepositories(lab: BenchLab): Promise<readonly string[]> {
  process.stderr.write(`Making ${MANY_REPOSITORIES} repositories of ${TAGS_EACH} tags.\n`);
  const guns = Array.from(
    { length: MANY_REPOSITORIES },
    (_, index) => `registry.example.test/many/repository-${index}`,
  );
  for (const gun of guns) await publishManyTags(lab.owner, gun, numberedTags(TAGS_EACH));
  return guns;
}

/** docker reads one repository after the other; Trustdesk reads them in parallel. */
export async function manyRows(lab: BenchLab, runs: number): Promise<Row[]> {
  const guns = await manyRepositories(lab);
  const rows: Row[] = [];
  for (const cache of cacheStates) {
    rows.push(
      await compare(lab, runs, cache, {
        what: `inspect of ${MANY_REPOSITORIES} repositories`,
        ours: ['inspect', ...guns],
        theirs: { tool: 'docker', args: ['trust', 'inspect', ...guns] },
        limit: 0.25,
      }),
    );
  }
  return rows;
}

/** How long the program takes to say its own name: the floor under every other figure. */
export async function startRows(lab: BenchLab, runs: number): Promise<Row[]> {
  const desk = lab.owner;
  const before = () => Promise.resolve();
  const [ours, theirs] = await race(
    [
      { command: commandOf('trustdesk', ['--version'], desk), before },
      { command: commandOf('docker', ['--version'], desk), before },
    ],
    runs,
  );
  const mine = median(ours ?? []);
  return [
    {
      what: 'start of the command line',
      ours: ms(mine),
      theirs: `docker ${ms(median(theirs ?? []))}`,
      value: mine,
      limit: 100,
      unit: 'ms',
    },
  ];
}
