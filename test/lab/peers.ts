/**
 * Where the real programs are that Trustdesk must agree with. Test code, plain Node.
 * Only looks them up; never installs anything and never starts a server.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
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
] as const;
export type PeerName = (typeof peerNames)[number];

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

/** An engine without root needs user namespaces and helpers that are no part of this lab. */
const mayRun = (name: PeerName): boolean => name !== 'dockerd' || process.getuid?.() === 0;

const found = new Map<PeerName, string | undefined>();

/** The absolute path of a peer, or undefined where it is not installed (or not allowed to run). */
export function findPeer(name: PeerName): string | undefined {
  if (!found.has(name)) {
    const all = mayRun(name) ? candidates(name) : [];
    found.set(name, name === 'docker' ? all.find(hasTrust) : all[0]);
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
