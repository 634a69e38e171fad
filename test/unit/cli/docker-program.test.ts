/** What docker is started with and how its end is passed on; a script in its place says what it sees. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDockerProgram } from '../../../electron/cli/docker-program.ts';
import type { Terminal } from '../../../electron/cli/terminal.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trustdesk-docker-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A terminal whose docker is this shell script. */
async function terminalWith(script: string, env: Record<string, string> = {}): Promise<Terminal> {
  const bin = await mkdtemp(path.join(folder, 'bin-'));
  await writeFile(path.join(bin, 'docker'), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(bin, 'docker'), 0o755);
  const work = path.join(folder, 'work');
  await mkdir(work, { recursive: true });
  const nobody = { write: () => undefined, isTerminal: false };
  return {
    env: { PATH: `${bin}:/usr/bin:/bin`, ...env },
    workingDirectory: work,
    homeDirectory: folder,
    now: () => new Date(),
    stdout: nobody,
    stderr: nobody,
  };
}

describe('the docker program', () => {
  it('gets words and folder as they are, and no passphrase', async () => {
    const seen = path.join(folder, 'seen');
    const secrets = {
      DOCKER_CONTENT_TRUST: '1',
      DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: 'secret one',
      NOTARY_TARGETS_PASSPHRASE: 'secret two',
      NOTARY_AUTH: 'secret three',
    };
    const terminal = await terminalWith(`{ echo "$@"; pwd; env; } > '${seen}'`, secrets);
    const docker = await openDockerProgram(terminal);
    expect(await docker(['run', '--rm', 'a b'], 'ignore')).toBe(0);
    const text = await readFile(seen, 'utf8');
    expect(text).toContain(`run --rm a b\n${terminal.workingDirectory}\n`);
    expect(text).toContain('DOCKER_CONTENT_TRUST=0\n');
    expect(text).not.toContain('secret');
  });

  it.each([
    ['exit 7', 7],
    ['kill -KILL $$', 137],
  ])('%s: %i', async (script, code) => {
    const docker = await openDockerProgram(await terminalWith(script));
    expect(await docker(['run'], 'ignore')).toBe(code);
  });

  it('who ends this program ends docker, and is told how that ended', async () => {
    const ready = path.join(folder, 'ready');
    const script = `trap 'exit 9' TERM; echo > '${ready}'; while :; do sleep 0.05; done`;
    const docker = await openDockerProgram(await terminalWith(script));
    const before = process.listenerCount('SIGTERM');
    const ended = docker(['run'], 'ignore');
    await expect.poll(() => readFile(ready, 'utf8').catch(() => '')).toBe('\n');
    process.emit('SIGTERM');
    expect(await ended).toBe(9);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it('is refused where there is none', async () => {
    const terminal = { ...(await terminalWith('')), env: { PATH: '/nowhere' } };
    await expect(openDockerProgram(terminal)).rejects.toMatchObject({ code: 'engine/no-docker' });
  });
});
