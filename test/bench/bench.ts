/** Entry of `npm run bench`: chooses what is measured, prints the table, ends with 1 when a target is missed. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openScope } from '../lab/scope.ts';
import { openBenchLab } from './bench-lab.ts';
import type { BenchLab } from './bench-lab.ts';
import { inspectRows, listRows, manyRows, memoryRows, startRows } from './read-benchmarks.ts';
import { isMet, toTable } from './report.ts';
import type { Row } from './report.ts';
import { windowRows } from './window-benchmarks.ts';
import { signManyRows, signRows, signerRows } from './sign-benchmarks.ts';

interface Choice {
  readonly tags: readonly number[];
  readonly runs: number;
}

const largest = (tags: readonly number[]): number => Math.max(...tags);

async function forEachSize(
  measure: (tags: number) => Promise<Row[]>,
  tags: readonly number[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of tags) rows.push(...(await measure(count)));
  return rows;
}

const groups: Readonly<Record<string, (lab: BenchLab, choice: Choice) => Promise<Row[]>>> = {
  start: (lab, { runs }) => startRows(lab, runs),
  inspect: (lab, { tags, runs }) => forEachSize((count) => inspectRows(lab, count, runs), tags),
  list: (lab, { tags, runs }) => forEachSize((count) => listRows(lab, count, runs), tags),
  memory: (lab, { tags }) => memoryRows(lab, largest(tags)),
  many: (lab, { runs }) => manyRows(lab, runs),
  window: (lab) => windowRows(lab),
  sign: (lab, { tags, runs }) => forEachSize((count) => signRows(lab, count, runs), tags),
  'sign-many': (lab, { tags, runs }) => signManyRows(lab, Math.min(...tags), runs),
  signers: (lab) => signerRows(lab),
};

const usage = `npm run bench -- [options]
  --only GROUP[,GROUP...]  of ${Object.keys(groups).join(', ')} (default: all)
  --tags N[,N...]          sizes of repositories (default: 10000,100000)
  --runs N                 runs per figure (default: 7; at most 3 from 50000 tags on)
  --json FILE              writes the rows as well
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(groups).join(',') },
    tags: { type: 'string', default: '10000,100000' },
    runs: { type: 'string', default: '7' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function measure(): Promise<readonly Row[]> {
  const chosen = values.only.split(',');
  const unknown = chosen.filter((name) => !Object.hasOwn(groups, name));
  if (unknown.length > 0) throw new RangeError(`Unknown group ${unknown.join(', ')}.\n${usage}`);
  const choice = { tags: values.tags.split(',').map(Number), runs: Number(values.runs) };
  const scope = await openScope('bench');
  try {
    const lab = await openBenchLab(scope);
    const rows: Row[] = [];
    for (const name of chosen) {
      process.stderr.write(`Measuring ${name}.\n`);
      rows.push(...((await groups[name]?.(lab, choice)) ?? []));
    }
    return rows;
  } finally {
    await scope.close();
  }
}

if (values.help) {
  process.stdout.write(usage);
} else {
  const rows = await measure();
  process.stdout.write(toTable(rows));
  if (values.json !== undefined) await writeFile(values.json, JSON.stringify(rows, undefined, 2));
  process.exitCode = rows.every(isMet) ? 0 : 1;
}
