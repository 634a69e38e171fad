/** Slips in what is typed: each is answered once, with what was probably meant. */
import { describe, expect, it } from 'vitest';
import { makeDesk, useCommandLab } from './command-lab.ts';

useCommandLab();

const nowhere = { url: 'https://127.0.0.1:9', host: '127.0.0.1:9' };
const run = async (...words: string[]) => (await makeDesk(nowhere)).run(...words);

describe('a command that does not exist', () => {
  it.each([
    [['singer', 'add', 'jeff', 'x'], 'signer add'],
    [['insepct', 'x'], 'inspect'],
    [['key', 'laod', 'x'], 'key load'],
    [['lis', 'x'], 'list'],
    [['KEY', 'list'], 'key list'],
    [['singers'], 'signer'],
    [['trust', 'inspect', 'x'], 'inspect'],
    [['docker', 'trust', 'signer', 'add', 'jeff', 'x'], 'signer add'],
    [['help', 'insepct'], 'inspect'],
  ])('%j: what was probably meant', async (words, meant) => {
    const { exitCode, stderr } = await run(...words);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Did you mean 'trustdesk ${meant}'?\n`);
  });

  it('names the help of its group where there is one', async () => {
    expect((await run('key', 'frobnicate')).stderr).toContain("Run 'trustdesk key --help' for");
    expect((await run('frobnicate')).stderr).toContain("Run 'trustdesk --help' for");
  });

  it.each([[['frobnicate']], [['x']], [['pull', 'alpine']]])('%j: no guess', async (words) => {
    expect((await run(...words)).stderr).not.toContain('Did you mean');
  });
});

it.each([[['help', 'signer', 'add']], [['signer', 'add', '--help']], [['signer', 'add', '-h']]])(
  '%j prints the help of the command',
  async (words) => {
    const { exitCode, stdout } = await run(...words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: {2}trustdesk signer add /);
  },
);

it.each([[['-v']], [['version']], [['--version']]])('%j prints the version', async (words) => {
  const { exitCode, stdout } = await run(...words);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^trustdesk \d/);
});

it.each([
  [['sign', 'foo'], 'no tag specified for foo', 'sign'],
  [
    ['signer', 'add', 'jeff', 'x'],
    'path to a public key must be provided using the `--key` flag',
    'signer add',
  ],
])('%j says what is wrong once, and where the help is', async (words, words2, command) => {
  const { stderr } = await run(...words);
  expect(stderr).toBe(`${words2}\n  See 'trustdesk ${command} --help'.\n`);
});

it('a group of commands says what it is for', async () => {
  expect((await run('signer', '--help')).stdout).toContain('\nManage entities who can sign Docker images\n');
});

it('inspect takes --json, and says failures as JSON too', async () => {
  const { exitCode, stdout, stderr } = await run('inspect', '--json', '127.0.0.2:9/a/b');
  expect([exitCode, stdout.trim()]).toEqual([1, '[]']);
  const said = JSON.parse(stderr) as { image: string; code: string };
  expect(said.image).toBe('127.0.0.2:9/a/b');
  expect(said.code).toMatch(/^network\//);
});

it("list says what docker's short name means", async () => {
  const { stderr } = await run('list', 'alpine');
  expect(stderr).toContain("docker's short name alpine is docker.io/library/alpine here.");
  expect((await run('list', 'docker.io/library/alpine')).stderr).not.toContain('short name');
});

it('a file that is not there is not a matter of permissions', async () => {
  const { stderr } = await run('key', 'load', 'nope.pem');
  expect(stderr).toContain('nothing is there under this name');
  expect(stderr).not.toContain('permissions');
});
