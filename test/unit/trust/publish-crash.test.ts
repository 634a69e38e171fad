/**
 * A process that is killed outright in the middle of a publish: the server has the old or the new state, keys and
 * staged changes are whole, and the next start says which of the two it is.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../electron/cli/command-line.ts';
import { answer } from '../../../electron/sandbox/exchange.ts';
import { PlansUnderReview } from '../../../electron/trust/plan/plans-under-review.ts';
import { WindowPlans } from '../../../electron/trust/plan/window-plans.ts';
import {
  gun,
  type openPublishingLab,
  passphrase,
  tagToSign,
  usePublishingLab,
  withJeff,
} from './publishing-lab.ts';

usePublishingLab();
type Lab = Awaited<ReturnType<typeof withJeff>>;
const electron = resolve(import.meta.dirname, '../../../electron');
let folder = '';
let program = '';

/** Where the process dies; `uploaded` is after the server took everything. */
const steps = {
  'before the restore point': { at: 'restore-point', published: false, journal: 0 },
  'after the restore point, before the journal': { at: 'journal', published: false, journal: 0 },
  'after the journal, before the upload': { at: 'upload', published: false, journal: 1 },
  'while it uploads': { at: 'uploading', published: false, journal: 1 },
  'before it reads back': { at: 'uploaded', published: true, journal: 1 },
  'before staged changes are taken away': { at: 'remove-staged', published: true, journal: 1 },
  'before it is recorded': { at: 'record', published: true, journal: 1 },
} as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'td-publish-crash-'));
  program = join(folder, 'publish.mjs');
  const stdin = { contents: source, resolveDir: folder };
  await build({
    stdin,
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    external: ['keytar', 'pkcs11js'],
    // Bundled CommonJS asks for Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Makes the plan of the staged changes and publishes it, and kills itself at the given step. */
const source = `
  import { openPlanning } from ${JSON.stringify(join(electron, 'cli/planning.ts'))};
  import { processTerminal } from ${JSON.stringify(join(electron, 'cli/terminal.ts'))};
  import { publishPlan } from ${JSON.stringify(join(electron, 'trust/plan/publish.ts'))};
  import { publishPorts } from ${JSON.stringify(join(electron, 'trust/plan/publishing.ts'))};
  import { nodeCrypto } from ${JSON.stringify(join(electron, 'crypto/node-crypto.ts'))};
  const [gun, step, home, now] = process.argv.slice(2);
  const die = () => process.kill(process.pid, 'SIGKILL');
  const at = (name, port) => (...args) => { if (step === name) die(); return port(...args); };
  const planning = await openPlanning({ ...processTerminal(home), now: () => new Date(now) });
  const plan = await planning.planner.staged(gun);
  const ports = publishPorts(await planning.connectorFor(gun), planning.services, []);
  await publishPlan(plan, {
    ...ports,
    keepRestorePoint: at('restore-point', ports.keepRestorePoint),
    openJournal: at('journal', ports.openJournal),
    upload: at('upload', async (...args) => { await ports.upload(...args); if (step === 'uploaded') die(); }),
    removeStaged: at('remove-staged', ports.removeStaged),
    record: at('record', ports.record),
  }, nodeCrypto);
`;

async function killAt(step: string, lab: Lab): Promise<void> {
  const child = spawn(process.execPath, [program, gun, step, lab.home, lab.simulator.now.toISOString()], {
    env: { ...lab.env, HOME: lab.home, PATH: process.env['PATH'], NOTARY_DELEGATION_PASSPHRASE: passphrase },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit');
  if (step === 'uploading') {
    // The upload has arrived in part; its sender dies, and the server takes nothing of it.
    lab.simulator.once(async () => {
      child.kill('SIGKILL');
      await ended;
      throw new Error('the sender is gone');
    });
  }
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`the process ended by itself (${String(code)}): ${said}`);
}

async function crashed(step: keyof typeof steps) {
  const lab = await withJeff();
  await lab.stage('staged');
  const before = { versions: lab.versions(), keys: await lab.keyFiles(), staged: await lab.staged() };
  await killAt(steps[step].at, lab);
  return { lab, before };
}

describe('a publish that is killed', () => {
  test.each(Object.keys(steps) as (keyof typeof steps)[])('%s', async (step) => {
    const { published, journal } = steps[step];
    const { lab, before } = await crashed(step);
    expect(await lab.keyFiles()).toEqual(before.keys);
    expect(lab.tags()).toEqual(published ? ['old', 'staged'] : ['old']);
    if (!published) expect(lab.versions()).toEqual(before.versions);
    expect(await lab.journal()).toHaveLength(journal);
    if (step !== 'before it is recorded') expect(await lab.staged()).toEqual(before.staged);

    const said = await windowPlans(lab).unfinished();
    const outcome = published ? 'published' : 'not-published';
    expect(said).toEqual(journal === 0 ? [] : [{ gun, title: 'Publish 1 staged change', outcome }]);
    expect(await lab.journal()).toEqual([]);
    expect(await lab.staged()).toEqual(published ? [] : before.staged);
    // Whoever was interrupted can simply go on.
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('next')], signAs: 'jeff' }));
    if (!published) await lab.publish(await lab.planner.staged(gun));
    expect(lab.tags()).toEqual(['next', 'old', 'staged']);
  });

  const words = [
    ['before it reads back', /interrupted: the trust server has it, everything was published/],
    ['while it uploads', /interrupted: the trust server does not have it, nothing was published/],
  ] as const;
  test.each(words)('%s: the next command says so first', async (step, expected) => {
    const { lab } = await crashed(step);
    expect(await dryRun(lab)).toMatch(expected);
    expect(await lab.journal()).toEqual([]);
    expect(await dryRun(lab)).toBe('');
  });

  // A server or a proxy in front of it that answers everything: what is staged must not be taken for published.
  test('another file than the one that was uploaded is no proof that it was', async () => {
    const { lab, before } = await crashed('while it uploads');
    const handle = lab.simulator.handle.bind(lab.simulator);
    lab.simulator.handle = async (request) => {
      const response = await handle(request);
      return /\.[0-9a-f]{64}\.json$/.test(request.path) && response.status === 404
        ? answer(200, {}, '{}')
        : response;
    };
    expect(await dryRun(lab)).toMatch(/interrupted: whether it was published is not known yet/);
    expect(await lab.staged()).toEqual(before.staged);
    expect(await lab.journal()).toHaveLength(1);
  });

  test('a file that the server keeps and does not show is not published, until it is shown', async () => {
    const lab = await withJeff();
    await lab.stage('staged');
    const staged = await lab.staged();
    const handle = lab.simulator.handle.bind(lab.simulator);
    const shown = new Map<string, Awaited<ReturnType<typeof handle>>>();
    let isHeldBack = false;
    lab.simulator.handle = async (request) => {
      const isByHash = /\.[0-9a-f]{64}\.json$/.test(request.path);
      const before = isHeldBack && !isByHash ? shown.get(request.path) : undefined;
      const response = before ?? (await handle(request));
      if (request.method === 'GET' && !isByHash) shown.set(request.path, response);
      return response;
    };
    await killAt('uploaded', lab);
    isHeldBack = true;
    const said =
      /whether it was published is not known yet. The trust server keeps the file of targets\/\S+ that/;
    for (let time = 0; time < 2; time++) expect(await dryRun(lab)).toMatch(said);
    expect([await lab.staged(), await lab.journal()]).toMatchObject([staged, [{}]]);
    isHeldBack = false;
    expect(await dryRun(lab)).toMatch(/the trust server has it, everything was published/);
    expect([await lab.staged(), await lab.journal()]).toEqual([[], []]);
  });

  test('the next command says that it is not known while the server is gone', async () => {
    const { lab } = await crashed('while it uploads');
    await lab.endpoint.close();
    expect(await dryRun(lab)).toMatch(/interrupted: whether it was published is not known yet/);
    expect(await lab.journal()).toHaveLength(1);
  });
});

async function dryRun(lab: Lab): Promise<string> {
  let stderr = '';
  const output = (write: (text: string) => void) => ({ isTerminal: false, write });
  await runCommandLine(
    ['sign', '--dry-run', `${gun}:x`, '--digest', `sha256:${'a'.repeat(64)}`, '--size', '5'],
    {
      env: lab.env,
      workingDirectory: lab.home,
      homeDirectory: lab.home,
      now: () => lab.simulator.now,
      stdout: output(() => undefined),
      stderr: output((text) => (stderr += text)),
    },
  );
  return stderr;
}

function windowPlans(lab: Awaited<ReturnType<typeof openPublishingLab>>): WindowPlans {
  const { planner, services: publishing, connector } = lab;
  return new WindowPlans({
    planner,
    review: new PlansUnderReview(planner),
    publishing,
    connectorOf: () => connector,
    guns: () => Promise.resolve([gun]),
    verified: () => [],
    refresh: () => Promise.resolve(),
    prompts: { chooseFile: () => Promise.resolve([]), confirm: () => Promise.resolve() },
    onStep: () => undefined,
  });
}
