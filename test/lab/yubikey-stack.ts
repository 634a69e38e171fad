/**
 * A machine with software YubiKeys: the real pcscd and virtual reader, in namespaces of their own, so that no other
 * test's notary finds a token and nothing outside can reach the reader. Test code; Linux.
 *
 *   const stack = await startYubikeyStack(scope, { devices: [{ serial: 1 }, { serial: 2, firmware: '4.3.5' }] });
 *   await stack.run('yubico-piv-tool', ['-a', 'status']);         // a command inside
 *   await stack.runScript('/path/to/script.ts', ['argument']);    // a TypeScript file, bundled, under Node inside
 *   fork(module, { execPath: stack.inside(process.execPath) });   // only that process inside, with IPC and all
 *   await stack.reach(notary.port);                               // a server outside, at the same port inside
 *   await stack.publish(port);                                    // a server inside, at the same port outside
 *   makeWorkstation(scope, { notary, inside: stack.inside });     // its notary and trustdesk see the token
 *   await stack.keys[0].remove(); .insert(); .finger(...); .touch(); .fail(...); .state(); .log(); .restore();
 *
 * Everything ends with the scope, with this process however it ends, and after `limitMs`.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { callControl, type ControlName, type Input, type Output } from '../simulator/yubikey/control.ts';
import type { DeviceState, LogEntry } from '../simulator/yubikey/device.ts';
import type { Failure } from '../simulator/yubikey/failures.ts';
import type { MachineConfiguration } from '../simulator/yubikey/machine.ts';
import type { PivOptions } from '../simulator/yubikey/piv-state.ts';
import { loopback, relay } from '../simulator/yubikey/relay.ts';
import type { Finger } from '../simulator/yubikey/touch.ts';
import { mustRun, run, startServer, type CommandOptions, type Result } from './child.ts';
import { namespaceFlags, peerPath, type PeerName } from './peers.ts';
import type { Scope } from './scope.ts';

/** What the machine itself needs; `yubico-piv-tool`, `pkcs11-tool` and `notary` are peers of single tests. */
export const yubikeyPeers: readonly PeerName[] = [
  ...(['pcscd', 'libifdvpcd.so', 'libykcs11.so', 'unshare', 'nsenter', 'ip'] as const),
];

const root = fileURLToPath(new URL('../../', import.meta.url));
const machineEntry = fileURLToPath(new URL('../simulator/yubikey/machine.ts', import.meta.url));
const LIMIT_MS = 600_000;

export interface SoftwareYubikey {
  /** Plugs it in; resolves when the reader has given it power, from when on clients find it. */
  insert(): Promise<void>;
  /** Pulls it out. Clients see it at the reader's next look, within half a second. */
  remove(): Promise<void>;
  /** When it is touched from now on; at once unless told otherwise. The time-out is 15 s unless given. */
  finger(finger: Finger, limitMs?: number): Promise<void>;
  /** Touches it now, with `by-hand`; false when nothing waits for a touch. */
  touch(): Promise<boolean>;
  /** Plans a failure; none to forget a planned one. */
  fail(failure?: Failure): Promise<void>;
  /** What the try answers that blocks: which of the two a real key gives is not certain. */
  lastTry(status: '6983' | '63c0'): Promise<void>;
  state(): Promise<DeviceState>;
  log(): Promise<readonly LogEntry[]>;
  clearLog(): Promise<void>;
  /** As it came from the factory, without pulling it out. */
  restore(): Promise<void>;
}

export interface YubikeyStack {
  readonly keys: readonly SoftwareYubikey[];
  /** Seen from both sides; goes with the scope. */
  readonly folder: string;
  /** The path of a program that runs `program` inside, for `fork`, `spawn` and playwright. */
  inside(program: string): string;
  run(program: string, args: readonly string[], options?: CommandOptions): Promise<Result>;
  mustRun(program: string, args: readonly string[], options?: CommandOptions): Promise<Result>;
  runScript(file: string, args?: readonly string[], options?: CommandOptions): Promise<Result>;
  reach(port: number): Promise<void>;
  publish(port: number): Promise<void>;
  startService(): Promise<void>;
  stopService(): Promise<void>;
  /** Of the process that holds it all: killing it ends everything. */
  readonly pid: number;
  stop(): Promise<void>;
}

export interface YubikeyStackOptions {
  /** One factory-new key unless told otherwise. */
  readonly devices?: readonly PivOptions[];
  readonly limitMs?: number;
}

/** The process that `unshare` started: the first of the new namespaces. */
function childOf(pid: number): number {
  const isChild = (entry: string) => {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    } catch {
      return false;
    }
  };
  const child = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && isChild(entry));
  if (child === undefined) throw new Error('the machine with the software YubiKeys has ended');
  return Number(child);
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A script for each program: it enters the namespaces, keeps the working folder, and dies with who called it. */
function makeEntrances(folder: string, machine: number): (program: string) => string {
  const enter = [
    ...[peerPath('nsenter'), '--target', String(machine), '--mount', '--net', '--pid'],
    ...(process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials']),
    ...['--', '/usr/bin/setpriv', '--pdeathsig', 'KILL', '/usr/bin/env'],
  ];
  const entrances = new Map<string, string>();
  return (program) => {
    const known = entrances.get(program);
    if (known !== undefined) return known;
    const entrance = join(folder, `inside-${entrances.size}-${basename(program)}`);
    const words = enter.map(quoted).join(' ');
    const script = `#!/bin/sh\nexec ${words} --chdir="$PWD" ${quoted(program)} "$@"\n`;
    writeFileSync(entrance, script, { mode: 0o755 });
    entrances.set(program, entrance);
    return entrance;
  };
}

/**
 * Bundles a TypeScript file so that plain Node runs it; packages come from this project.
 * `instead`: absolute paths of files that take the place of imports, except in themselves.
 */
export async function bundleScript(
  folder: string,
  file: string,
  instead: Readonly<Record<string, string>> = {},
): Promise<string> {
  const outfile = join(folder, `${basename(file, '.ts')}.mjs`);
  const replace: Plugin = {
    name: 'instead',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^(?:\.|node:timers)/ }, ({ path, importer }) => {
        const replacement = instead[path];
        return replacement === undefined || importer === replacement ? undefined : { path: replacement };
      }),
  };
  await build({
    ...{ entryPoints: [file], outfile, absWorkingDir: root, bundle: true, packages: 'external' },
    ...{ platform: 'node', target: 'node20', format: 'esm', logLevel: 'silent', plugins: [replace] },
  });
  return outfile;
}

function remoteKey(socket: string, device: number): SoftwareYubikey {
  const call = <Name extends ControlName>(name: Name, input: Input<Name> = {}) =>
    callControl(socket, name, device, input);
  return {
    insert: () => call('insert'),
    remove: () => call('remove'),
    finger: (finger, limitMs) => call('finger', { finger, ...(limitMs === undefined ? {} : { limitMs }) }),
    touch: () => call('touch'),
    fail: (failure) => call('fail', failure === undefined ? {} : { failure }),
    lastTry: (status) => call('lastTry', { status }),
    state: () => call('state'),
    log: () => call('log'),
    clearLog: () => call('clearLog'),
    restore: () => call('restore'),
  };
}

type Call = <Name extends ControlName>(name: Name, input: Input<Name>) => Promise<Output<Name>>;

function ports(scope: Scope, folder: string, call: Call): Pick<YubikeyStack, 'reach' | 'publish'> {
  const close = (server: Server) => scope.defer(() => void server.close());
  return {
    reach: async (port) => {
      const socket = join(folder, `in-${port}`);
      close(await relay({ path: socket }, loopback(port)));
      await call('listen', { port, socket });
    },
    publish: async (port) => {
      const socket = join(folder, `out-${port}`);
      await call('offer', { port, socket });
      close(await relay(loopback(port), { path: socket }));
    },
  };
}

let count = 0;

export async function startYubikeyStack(
  scope: Scope,
  options: YubikeyStackOptions = {},
): Promise<YubikeyStack> {
  count += 1;
  const folder = join(scope.folder, `yk${count}`);
  await mkdir(folder, { mode: 0o700 });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { devices = [{}], limitMs = LIMIT_MS } = options;
  const controlSocket = join(folder, 'control');
  const configuration: MachineConfiguration = {
    ...{ folder, controlSocket, devices, limitMs },
    pcscd: peerPath('pcscd'),
    driver: peerPath('libifdvpcd.so'),
  };
  const file = join(folder, 'machine.json');
  await writeFile(file, JSON.stringify(configuration));
  const program = await bundleScript(folder, machineEntry);
  const isReady = () =>
    callControl(controlSocket, 'state', 0, {}).then(
      () => true,
      () => false,
    );
  const command = [...namespaceFlags, process.execPath, program, file];
  const server = await startServer(scope, peerPath('unshare'), command, isReady, { cwd: folder });
  // `unshare` hands no signal on: the machine is asked to end, and killed only when it does not.
  const stop = async (): Promise<void> => {
    await callControl(controlSocket, 'end', 0, {}).catch(() => undefined);
    await server.stop();
  };
  scope.defer(stop);
  const inside = makeEntrances(folder, childOf(server.pid));
  const enter = (with_: typeof run) => (name: string, args: readonly string[], given?: CommandOptions) =>
    with_(inside(name), args, { cwd: folder, ...given });
  const call = <Name extends ControlName>(name: Name, input: Input<Name>) =>
    callControl(controlSocket, name, 0, input);
  return {
    keys: devices.map((_, index) => remoteKey(controlSocket, index)),
    folder,
    inside,
    run: enter(run),
    mustRun: enter(mustRun),
    runScript: async (script, args = [], given = {}) =>
      enter(run)(process.execPath, [await bundleScript(folder, script), ...args], given),
    ...ports(scope, folder, call),
    startService: () => call('startService', {}),
    stopService: () => call('stopService', {}),
    pid: server.pid,
    stop,
  };
}
