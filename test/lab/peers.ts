/**
 * Where the real programs are that Trustdesk must agree with. Test code, plain Node.
 * Only looks them up; never installs anything and never starts a server.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const peerNames = [
  'age',
  'chromium',
  'dbus-run-session',
  'docker',
  'docker-registry',
  'dockerd',
  'gnome-keyring-daemon',
  'notary',
  'notary-server',
  'notary-signer',
  'openssl',
  'softhsm2-util',
  'ip',
  'libifdvpcd.so',
  'libsofthsm2.so',
  'libykcs11.so',
  'nsenter',
  'pcscd',
  'pkcs11-tool',
  'unshare',
  'yubico-piv-tool',
] as const;
export type PeerName = (typeof peerNames)[number];

/** Libraries are no programs: they lie where their packages put them. */
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib'];
const libraries: Partial<Record<PeerName, readonly string[]>> = {
  'libifdvpcd.so': ['/usr/lib/pcsc/drivers/serial/libifdvpcd.so'],
  'libsofthsm2.so': ['/usr/lib/softhsm/libsofthsm2.so'],
  'libykcs11.so': libraryFolders.map((folder) => `${folder}/libykcs11.so`),
};

/** Servers are often installed outside an ordinary person's PATH. */
const extraFolders = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

function candidates(name: string): readonly string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...extraFolders];
  return [...new Set(folders)]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .filter(isExecutable);
}

/** `docker trust` left the docker binary in version 29: one that has it is preferred over a newer one. */
function hasTrust(docker: string): boolean {
  try {
    return execFileSync(docker, ['trust', '--help'], { encoding: 'utf8', stdio: 'pipe' }).includes(
      'Manage trust',
    );
  } catch {
    return false;
  }
}

/** How namespaces are made here: as root, or as root of a user namespace where the system allows that. */
export const namespaceFlags: readonly string[] = [
  ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
  ...['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'],
];

function canIsolate(unshare: string): boolean {
  try {
    execFileSync(unshare, [...namespaceFlags, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** An engine without root needs user namespaces and helpers that are no part of this lab. */
const mayRun = (name: PeerName): boolean => name !== 'dockerd' || process.getuid?.() === 0;

function lookFor(name: PeerName): string | undefined {
  const all = libraries[name]?.filter(existsSync) ?? candidates(name);
  if (name === 'docker') return all.find(hasTrust);
  return name === 'unshare' ? all.find(canIsolate) : all[0];
}

const found = new Map<PeerName, string | undefined>();

/** The absolute path of a peer, or undefined where it is not installed (or not allowed to run, or able to). */
export function findPeer(name: PeerName): string | undefined {
  if (!found.has(name)) {
    found.set(name, mayRun(name) ? lookFor(name) : undefined);
  }
  return found.get(name);
}

/** The absolute path of a peer that a test has already been guarded for; throws its name where it is missing. */
export function peerPath(name: PeerName): string {
  const path = findPeer(name);
  if (path === undefined) throw new Error(`${name} is not installed here`);
  return path;
}

/** In continuous integration nothing may be skipped: a missing peer is a failure there. */
export const peersAreRequired = (): boolean => process.env['TRUSTDESK_REQUIRE_PEERS'] === '1';
