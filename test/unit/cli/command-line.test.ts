/** The command line as a whole: finding commands, help, refusals, and results against a server of its own. */
import { beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../../electron/cli/commands.ts';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import { RepositoryBuilder } from '../../simulator/repository-builder.ts';
import { type Desk, makeDesk, now, serve, useCommandLab } from './command-lab.ts';

useCommandLab();

const gun = 'registry.example.test:5000/acme/app' as Gun;
const role = (name: string): RoleName => name as RoleName;
const nowhere = { url: 'https://127.0.0.1:9', host: '127.0.0.1:9' };
let builder: RepositoryBuilder;

beforeAll(async () => {
  builder = await RepositoryBuilder.create(gun, now);
  builder.delegate(role('targets/releases')).delegate(role('targets/jeff'), { paths: ['v', '1'] });
  await builder.publish();
  builder.addTarget(role('targets'), 'admin').addTarget(role('targets/releases'), '1.0');
  builder.addTarget(role('targets/jeff'), '1.0').addTarget(role('targets/jeff'), 'v2');
  await builder.publish();
});

const desk = async (): Promise<Desk> => makeDesk(await serve(gun, () => builder.published()));

describe('finding the command', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])(
    '%s prints an overview of every command',
    async (words) => {
      const ran = await (await makeDesk(nowhere)).run(...words);
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
      for (const { name, summary } of commands) {
        expect(ran.stdout).toContain(`  ${name} `);
        expect(ran.stdout).toContain(summary);
      }
    },
  );

  it.each(commands.map(({ name }) => [name]))('%s --help names every option', async (name) => {
    const ran = await (await makeDesk(nowhere)).run(...name.split(' '), '--help');
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toContain(`Usage:  trustdesk ${name}`);
    for (const option of commands.find((one) => one.name === name)!.options) {
      expect(ran.stdout).toContain(`--${option.name}`);
    }
  });

  it('prints a version', async () => {
    const ran = await (await makeDesk(nowhere)).run('--version');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/^trustdesk \d+\.\d+\.\d+/);
  });

  it('prints what a group of commands has', async () => {
    const ran = await (await makeDesk(nowhere)).run('delegation');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('delegation list');
    expect(ran.stdout).not.toContain('inspect');
  });

  it.each([[['frob']], [['key', 'frob']], [['inspection', 'x']]])('%s is unknown', async (words) => {
    const ran = await (await makeDesk(nowhere)).run(...words);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ran.stderr).toContain(`unknown command: trustdesk ${words.join(' ')}`);
  });

  it.each([
    ['options before the command', ['-s', 'URL', 'list', gun]],
    ['options between its words', ['delegation', '-s', 'URL', 'list', gun]],
    ['a value that is a command', ['-d', 'list', '-s', 'URL', 'list', gun]],
  ])('%s', async (_, words) => {
    const one = await desk();
    const url = one.env['DOCKER_CONTENT_TRUST_SERVER']!;
    delete one.env['DOCKER_CONTENT_TRUST_SERVER'];
    const ran = await one.run(...words.map((word) => (word === 'URL' ? url : word)));
    expect(ran.exitCode, ran.stderr).toBe(0);
  });
});

describe('refusals', () => {
  it('inspect without an image, as docker', async () => {
    const ran = await (await makeDesk(nowhere)).run('inspect');
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    expect(ran.stderr).toMatch(/^trustdesk: 'trustdesk inspect' requires at least 1 argument\n\nUsage: /);
  });

  it('an unknown flag of a docker command has docker’s exit code', async () => {
    const ran = await (await makeDesk(nowhere)).run('inspect', '--frob', 'x');
    expect(ran).toMatchObject({ exitCode: 125, stdout: '' });
    expect(ran.stderr).toMatch(/^unknown flag: --frob\n/);
  });

  it('an unknown flag of a notary command is fatal on standard output', async () => {
    const ran = await (await makeDesk(nowhere)).run('list', '--frob', gun);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '\n* fatal: unknown flag: --frob\n' });
  });

  it.each([
    [['list'], 'Must specify a GUN'],
    [['lookup', 'x'], 'Must specify a GUN and target'],
    [['delegation', 'list'], 'Please provide a Global Unique Name as an argument to list'],
    [['delegation', 'list', 'a', 'b'], 'Please provide a Global Unique Name as an argument to list'],
    [['key', 'list', 'x'], ''],
  ])('%s prints its usage and a fatal error, as notary', async (words, fatal) => {
    const ran = await (await makeDesk(nowhere)).run(...words);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toMatch(/^Usage: {2}trustdesk /);
    expect(ran.stdout.endsWith(`\n\n* fatal: ${fatal}\n`)).toBe(true);
  });
});

describe('results', () => {
  it('inspect: docker’s rows; a tag only in a signer’s own role is not shown', async () => {
    const ran = await (await desk()).run('inspect', '--pretty', gun);
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /\n1\.0 {10}[0-9a-f]{64} {3}jeff\nadmin {8}[0-9a-f]{64} {3}\(Repo Admin\)\n\n/,
    );
  });

  it('several images of one repository are read once', async () => {
    const server = await serve(gun, () => builder.published());
    const one = await makeDesk(server);
    const ran = await one.run('inspect', gun, `${gun}:1.0`, `${gun}:nope`);
    expect(ran.exitCode).toBe(0);
    const names = (JSON.parse(ran.stdout) as { Name: string }[]).map(({ Name }) => Name);
    expect(names).toEqual([gun, `${gun}:1.0`, `${gun}:nope`]);
    expect(server.requests.filter((request) => request.endsWith('/timestamp.json'))).toHaveLength(1);
  });

  it('what can be read is printed although another image fails', async () => {
    const ran = await (await desk()).run('inspect', gun, 'BAD/x/Y', 'registry.example.test:5000/none/none');
    expect(ran.exitCode).toBe(1);
    expect(JSON.parse(ran.stdout)).toHaveLength(1);
    expect(ran.stderr).toContain('no signatures or cannot access registry.example.test:5000/none/none\n');
  });

  it('--pretty ends at the first failure, as docker', async () => {
    const bad = 'registry.example.test:5000/none/none';
    const ran = await (await desk()).run('inspect', '--pretty', gun, bad, gun);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout.match(/Administrative keys/g)).toHaveLength(1);
    expect(ran.stdout.endsWith('\n\n\n')).toBe(true);
  });

  it('a digest means the whole repository, as for docker', async () => {
    const one = await desk();
    const reference = `${gun}:1.0@sha256:${'0'.repeat(64)}`;
    const ran = await one.run('inspect', reference);
    expect(JSON.parse(ran.stdout)).toMatchObject([{ Name: reference, SignedTags: [{}, {}] }]);
  });

  it('list --json', async () => {
    const ran = await (await desk()).run('list', '--json', gun);
    expect(JSON.parse(ran.stdout)).toMatchObject([
      { name: '1.0', role: 'targets/releases', size: 3 },
      { name: 'admin', role: 'targets' },
      { name: 'v2', role: 'targets/jeff' },
    ]);
  });

  it('lookup --json, and of a tag that is not there', async () => {
    const one = await desk();
    const found = await one.run('lookup', gun, 'admin', '--json');
    expect(JSON.parse(found.stdout)).toMatchObject({ name: 'admin', role: 'targets' });
    const missing = await one.run('lookup', gun, 'nope');
    expect(missing).toMatchObject({ exitCode: 1, stdout: '\n* fatal: No valid trust data for nope\n' });
    expect(missing.stderr).toContain(`trustdesk inspect --pretty ${gun}`);
  });

  it('delegation list --json', async () => {
    const ran = await (await desk()).run('delegation', 'list', gun, '--json');
    expect(JSON.parse(ran.stdout)).toMatchObject([
      { role: 'targets/jeff', paths: ['1', 'v'], threshold: 1 },
      { role: 'targets/releases', paths: [''], threshold: 1 },
    ]);
  });

  it('says how old it is what the server did not confirm', async () => {
    const state = { up: true };
    const server = await serve(
      gun,
      () => builder.published(),
      () => (state.up ? undefined : (_request, response) => void response.writeHead(503).end()),
    );
    const one = await makeDesk(server);
    await one.run('list', gun);
    state.up = false;
    const later = new Date(now.getTime() + 3 * 86_400_000 + 60_000);
    const ran = await one.runAt(later, 'list', gun);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('targets/releases');
    expect(ran.stderr).toContain(
      `Warning: ${gun}: Error while downloading remote metadata, using cached timestamp`,
    );
    expect(ran.stderr).toContain('(last confirmed 3 days ago; ');
  });

  it('keeps staged changes as they are', async () => {
    const one = await desk();
    await one.write(`.docker/trust/tuf/${gun}/changelist/00000000000000000001_x.change`, '{}');
    const before = await one.trustTree();
    await one.run('inspect', gun);
    const after = await one.trustTree();
    expect(after.filter((line) => line.includes('changelist'))).toEqual(
      before.filter((line) => line.includes('changelist')),
    );
  });
});
