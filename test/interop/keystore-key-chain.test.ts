/** The real Secret Service: a gnome-keyring of its own on a bus of its own, unlocked with a throw-away password. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { peerPath } from '../lab/peers.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';

const source = join(import.meta.dirname, '../../electron/keystore');
const keytar = join(import.meta.dirname, '../../node_modules/keytar');

/** Remembers, recalls from a second instance, overwrites, forgets; prints what happened. */
const program = `
  import { createRequire } from 'node:module';
  import { systemKeyChain } from '${source}/key-chain.ts';
  import { SecretBytes } from '${source}/secret-bytes.ts';
  const load = async () => createRequire('${keytar}/package.json')('${keytar}');
  const text = (secret) => secret?.use((bytes) => Buffer.from(bytes).toString());
  const id = 'ab'.repeat(32);
  const said = [];
  const say = async (work) => said.push(await work.then((value) => value ?? null, (error) => error.code));
  const [first, second] = [systemKeyChain(load), systemKeyChain(load)];
  await say(first.recall(id).then(text));
  await say(first.remember(id, SecretBytes.fromText('pässphrase one')));
  await say(second.recall(id).then(text));
  await say(second.remember(id, SecretBytes.fromText('two')));
  await say(first.recall(id).then(text));
  await say(first.recall('cd'.repeat(32)).then(text));
  await say(first.forget(id));
  await say(first.forget(id));
  await say(second.recall(id).then(text));
  console.log(JSON.stringify(said));
`;

describeWithPeers('the key chain', ['gnome-keyring-daemon', 'dbus-run-session'], () => {
  const lab = useScope(async (scope: Scope) => {
    const outfile = join(scope.folder, 'program.mjs');
    const stdin = { contents: program, resolveDir: source };
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', external: ['keytar'], outfile });
    return { scope, outfile };
  });

  function environment(): Record<string, string> {
    const { folder } = lab().scope;
    const runtime = join(folder, 'run');
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    return { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_RUNTIME_DIR: runtime };
  }

  it.skipIf(!existsSync(keytar))('remembers, recalls, replaces and forgets', () => {
    const unlock = `printf test-password | ${peerPath('gnome-keyring-daemon')} --unlock --components=secrets >/dev/null; exec "$@"`;
    const args = ['--', 'bash', '-c', unlock, '_', process.execPath, lab().outfile];
    const { stdout, stderr } = spawnSync(peerPath('dbus-run-session'), args, {
      env: environment(),
      encoding: 'utf8',
    });
    expect(stdout, stderr).toBe(
      `${JSON.stringify([null, null, 'pässphrase one', null, 'two', null, true, false, null])}\n`,
    );
  });

  it.skipIf(!existsSync(keytar))('is an outcome where there is no bus, and does not hang', () => {
    const { stdout } = spawnSync(process.execPath, [lab().outfile], {
      env: environment(),
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(new Set(JSON.parse(stdout) as string[])).toEqual(new Set(['keystore/key-chain']));
  });
});
