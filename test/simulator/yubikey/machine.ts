/**
 * The machine with software YubiKeys: its own /run, network and processes, with pcscd and one virtual reader per key.
 * Entry point, started by `test/lab/yubikey-stack.ts` as the first process of new namespaces; everything in them ends
 * with it. Never run it outside of them: it mounts and changes routes. Argument: the path of its configuration.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { serveControl, type ControlHandlers } from './control.ts';
import { Device } from './device.ts';
import { restoreFactory, type PivOptions } from './piv-state.ts';
import { loopback, relay } from './relay.ts';

export interface MachineConfiguration {
  /** Absolute; holds the control socket and pcscd's configuration. */
  readonly folder: string;
  readonly controlSocket: string;
  readonly pcscd: string;
  readonly driver: string;
  readonly devices: readonly PivOptions[];
  /** It ends by itself after this time, whatever happens. */
  readonly limitMs: number;
}

const FIRST_PORT = 0x8c7b;
const PCSC_SOCKET = '/run/pcscd/pcscd.comm';
const START_LIMIT_MS = 20_000;
/**
 * Names of real ones, by what is switched on in them: libykcs11 wants them to begin with "Yubico", yubico-piv-tool to
 * contain "YubiKey". pcscd gives virtual readers of one name the same number, so every key here has another.
 */
const readerNames = ['OTP+FIDO+CCID', 'FIDO+CCID', 'OTP+CCID', 'CCID'].map(
  (mode) => `Yubico YubiKey ${mode}`,
);
/** Each virtual reader takes two ports, one for each of its slots. */
const portOf = (index: number): number => FIRST_PORT + 2 * index;

function isolate(): void {
  const inNewNamespace = process.pid === 1;
  if (!inNewNamespace) throw new Error('this belongs into namespaces of its own');
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  run('mount', '-t', 'tmpfs', 'tmpfs', '/run');
  mkdirSync('/run/pcscd');
  run('ip', 'link', 'set', 'lo', 'up');
  // The driver sends length and payload apart without TCP_NODELAY: without quick acknowledgement each APDU takes 44 ms.
  const route = (target: string) =>
    `${target} dev lo table local proto kernel scope host src 127.0.0.1 quickack 1`;
  for (const target of ['127.0.0.0/8', '127.0.0.1']) {
    run('ip', 'route', 'change', 'local', ...route(target).split(' '));
  }
}

/** The driver keeps one connection per slot number, whichever reader it is of: every reader gets a copy to itself. */
function copyDriver({ folder, driver }: MachineConfiguration, index: number): string {
  const copy = join(folder, `driver-${index}.so`);
  copyFileSync(driver, copy);
  return copy;
}

function readerConfiguration(configuration: MachineConfiguration): string {
  return configuration.devices
    .map((_, index) => {
      const port = `0x${portOf(index).toString(16).toUpperCase()}`;
      const lines = [
        `FRIENDLYNAME "${readerNames[index] ?? ''}"`,
        `DEVICENAME /dev/null:${port}`,
        `LIBPATH ${copyDriver(configuration, index)}`,
        `CHANNELID ${port}`,
      ];
      return `${lines.join('\n')}\n`;
    })
    .join('\n');
}

function makeService(configuration: MachineConfiguration) {
  const file = join(configuration.folder, 'reader.conf');
  writeFileSync(file, readerConfiguration(configuration));
  let service: ChildProcess | undefined;
  const hasEnded = () => service === undefined || service.exitCode !== null || service.signalCode !== null;
  return {
    start: async (): Promise<void> => {
      if (!hasEnded()) return;
      service = spawn(configuration.pcscd, ['--foreground', '--error', '--config', file], {
        stdio: 'inherit',
      });
      const deadline = performance.now() + START_LIMIT_MS;
      while (!existsSync(PCSC_SOCKET)) {
        if (hasEnded() || performance.now() > deadline) throw new Error('pcscd did not start');
        await pause(10);
      }
    },
    stop: async (): Promise<void> => {
      const ending = service;
      if (ending === undefined || hasEnded()) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill('SIGKILL');
      await ended;
      rmSync('/run/pcscd', { recursive: true });
      mkdirSync('/run/pcscd');
    },
  };
}

/** Connections are refused until pcscd has loaded the driver, and a busy machine may overlook a key that came back. */
async function insert(device: Device): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await device.insert();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(20);
    }
  }
}

function handlersOf(service: ReturnType<typeof makeService>): ControlHandlers {
  return {
    insert: (_, device) => insert(device),
    remove: (_, device) => device.remove(),
    finger: ({ finger, limitMs }, device) => device.touch.set(finger, limitMs),
    touch: (_, device) => device.touch.touch(),
    fail: ({ failure }, device) => device.fail(failure),
    lastTry: ({ status }, device) => device.setLastTry(status),
    state: (_, device) => device.state,
    log: (_, device) => device.log,
    clearLog: (_, device) => device.clearLog(),
    restore: (_, device) => restoreFactory(device.card.piv),
    end: () => process.exit(0),
    startService: () => service.start(),
    stopService: () => service.stop(),
    listen: ({ port, socket }) => relay(loopback(port), { path: socket }).then(() => undefined),
    offer: ({ port, socket }) => relay({ path: socket }, loopback(port)).then(() => undefined),
  };
}

async function main(): Promise<void> {
  const configuration = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as MachineConfiguration;
  setTimeout(() => process.exit(3), configuration.limitMs).unref();
  isolate();
  if (configuration.devices.length > readerNames.length) throw new Error('there are four readers at most');
  const service = makeService(configuration);
  await service.start();
  const devices = configuration.devices.map((options, index) => new Device(portOf(index), options));
  await Promise.all(devices.map((device) => insert(device)));
  await serveControl(configuration.controlSocket, handlersOf(service), devices);
}

await main();
