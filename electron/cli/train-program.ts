/**
 * Makes `program.cache` or `reader.cache`: runs the built command line's frequent commands against a sandbox, so that V8's
 * cache holds the code they need and no more. Build time only: `node train-program.js FOLDER NAME`, FOLDER being that of
 * `NAME.js`. One process a program: what another one compiled would be in the way.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { cacheFileOf, loadProgram, type ProgramName } from './program-file.ts';
import type { Terminal } from './terminal.ts';

/** A terminal of a person who has nothing yet but docker's configuration with the sandbox's CA. */
async function makeTerminal(home: string, sandbox: Sandbox): Promise<Terminal> {
  const dockerConfig = path.join(home, '.docker');
  const tls = path.join(dockerConfig, 'tls', new URL(sandbox.trustServerUrl).host);
  await mkdir(tls, { recursive: true });
  await writeFile(path.join(tls, 'ca.crt'), sandbox.caPem);
  const ignore = { write: () => undefined, isTerminal: false };
  return {
    env: { DOCKER_CONFIG: dockerConfig, DOCKER_CONTENT_TRUST_SERVER: sandbox.trustServerUrl },
    workingDirectory: home,
    homeDirectory: home,
    now: () => new Date(),
    stdout: ignore,
    stderr: ignore,
  };
}

async function train(folder: string, name: ProgramName, home: string): Promise<Buffer> {
  const sandbox = await startSandbox({ folder: path.join(home, 'sandbox') });
  try {
    const { program, script } = loadProgram(folder, name, createRequire(path.join(folder, 'trustdesk.js')));
    const terminal = await makeTerminal(home, sandbox);
    const [gun = ''] = sandbox.repositories;
    // The first reading fills the cache of metadata, the others use it.
    for (const words of [['inspect'], ['inspect'], ['inspect', '--pretty'], ['list']]) {
      const exitCode = await program.runCommandLine([...words, gun], terminal);
      if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}`);
    }
    return script.createCachedData();
  } finally {
    await sandbox.stop();
  }
}

const folder = path.resolve(process.argv[2] ?? '.');
const name: ProgramName = process.argv[3] === 'reader' ? 'reader' : 'program';
const home = await mkdtemp(path.join(tmpdir(), 'trustdesk-build-'));
try {
  const file = cacheFileOf(folder, name);
  await writeFileAtomically(file, await train(folder, name, home));
  await chmod(file, 0o644); // as the code beside it: no secret, and whoever runs the program reads it
} finally {
  await rm(home, { recursive: true, force: true });
}
process.exit(0); // connections are kept for reuse
