/**
 * Repositories of every shape that reading must get right, made with the real docker and notary only.
 * Two signers (one with an EC and an RSA certificate key), tags signed by one, both, the administrator, or nobody
 * that counts; a repository without delegations; an empty one; nested delegations; one that only notary manages.
 */
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stageTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import type { NotaryServer } from '../lab/notary-server.ts';
import type { Scope } from '../lab/scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { Workstation } from '../lab/workstation.ts';

export const guns = {
  app: 'registry.example.test:5000/acme/app',
  adminOnly: 'registry.example.test:5000/acme/admin-only',
  empty: 'registry.example.test:5000/acme/empty',
  nested: 'registry.example.test:5000/acme/nested',
  notaryOnly: 'registry.example.test:5000/acme/notary-only',
  lastSignerGone: 'registry.example.test:5000/acme/last-signer-gone',
  hub: 'docker.io/library/tool',
} as const;

export interface Stage {
  readonly notary: NotaryServer;
  /** Has every key and made every repository. */
  readonly owner: Workstation;
}

const signerFiles = fileURLToPath(new URL('../vectors/docker-trust/signer-files/', import.meta.url));
const tag = (name: string, content = name) => ({ name, content, size: 1234 });

/** Keys that docker reads must not be readable by others; a checkout does not say. */
async function copyKeys(owner: Workstation): Promise<string> {
  const folder = join(owner.home, 'signers');
  await mkdir(folder);
  for (const name of ['ops-ec.pub', 'ops-ec.pem', 'ops-rsa.crt', 'ops-rsa.pem']) {
    await copyFile(join(signerFiles, name), join(folder, name));
    await chmod(join(folder, name), 0o600);
  }
  return folder;
}

async function makeSigners(owner: Workstation): Promise<string> {
  const folder = await copyKeys(owner);
  await owner.must.docker(['trust', 'key', 'generate', 'jeff', '--dir', folder]);
  await owner.must.docker(['trust', 'key', 'load', join(folder, 'ops-ec.pem'), '--name', 'ops']);
  await owner.must.docker(['trust', 'key', 'load', join(folder, 'ops-rsa.pem'), '--name', 'ops']);
  return folder;
}

const jeffAndReleases = ['targets/jeff', 'targets/releases'];
const opsAndReleases = ['targets/ops', 'targets/releases'];
const everybody = ['targets/jeff', 'targets/ops', 'targets/releases'];

async function makeApp(owner: Workstation, folder: string): Promise<void> {
  const gun = guns.app;
  await owner.must.docker(['trust', 'signer', 'add', '--key', join(folder, 'jeff.pub'), 'jeff', gun]);
  const opsKeys = ['--key', join(folder, 'ops-ec.pub'), '--key', join(folder, 'ops-rsa.crt')];
  await owner.must.docker(['trust', 'signer', 'add', ...opsKeys, 'ops', gun]);
  await stageTags(
    owner,
    gun,
    ['1.0', '1.2', 'latest', 'v1-rc.1', 'a'.repeat(100)].map((name) => tag(name)),
    jeffAndReleases,
  );
  await owner.must.notary(['publish', gun]);
  await stageTags(
    owner,
    gun,
    ['1.10', '2.0', '__proto__', 'toString'].map((name) => tag(name)),
    everybody,
  );
  await stageTags(owner, gun, [tag('ops-only')], opsAndReleases);
  await stageTags(owner, gun, [tag('admin-tag')], ['targets']);
  await stageTags(owner, gun, [tag('unreleased')], ['targets/jeff']);
  await owner.must.notary(['publish', gun]);
  // The same tag with one digest in the released set and another in a signer's own role.
  await stageTags(owner, gun, [tag('mismatch', 'one')], ['targets/jeff']);
  await stageTags(owner, gun, [tag('mismatch', 'two')], ['targets/releases']);
  await owner.must.notary(['publish', gun]);
}

async function makeAdminOnly(owner: Workstation): Promise<void> {
  await owner.must.notary(['init', guns.adminOnly]);
  await owner.must.notary(['key', 'rotate', guns.adminOnly, 'snapshot', '-r']);
  await stageTags(
    owner,
    guns.adminOnly,
    ['1', '2', '10', '1-alpha', 'B', 'a'].map((name) => tag(name)),
  );
  await owner.must.notary(['publish', guns.adminOnly]);
}

/** The snapshot key stays with the owner, as notary's default is; a second publish makes version 2. */
async function makeNotaryOnly(owner: Workstation): Promise<void> {
  await stageTags(owner, guns.notaryOnly, [tag('first')]);
  await owner.must.notary(['init', guns.notaryOnly]);
  await owner.must.notary(['publish', guns.notaryOnly]);
  await stageTags(owner, guns.notaryOnly, [tag('second')]);
  await owner.must.notary(['publish', guns.notaryOnly]);
  await owner.must.notary(['key', 'rotate', guns.notaryOnly, 'targets']);
}

async function makeNested(owner: Workstation, folder: string): Promise<void> {
  const gun = guns.nested;
  const key = join(folder, 'jeff.pub');
  await owner.must.docker(['trust', 'signer', 'add', '--key', key, 'jeff', gun]);
  await owner.must.notary([
    'delegation',
    'add',
    gun,
    'targets/team',
    join(folder, 'ops-rsa.crt'),
    '--paths',
    'team-,shared',
  ]);
  await owner.must.notary(['publish', gun]);
  await owner.must.notary([
    'delegation',
    'add',
    gun,
    'targets/jeff/deputy',
    join(folder, 'ops-ec.pub'),
    '--all-paths',
  ]);
  await owner.must.notary(['publish', gun]);
  await stageTags(owner, gun, [tag('1.0')], ['targets/jeff', 'targets/jeff/deputy', 'targets/releases']);
  await stageTags(owner, gun, [tag('team-1')], ['targets/team', 'targets/releases']);
  await owner.must.notary(['publish', gun]);
}

async function makeLastSignerGone(owner: Workstation, folder: string): Promise<void> {
  const gun = guns.lastSignerGone;
  const key = join(folder, 'jeff.pub');
  await owner.must.docker(['trust', 'signer', 'add', '--key', key, 'jeff', gun]);
  await stageTags(owner, gun, [tag('1.0')], jeffAndReleases);
  await stageTags(owner, gun, [tag('admin')], ['targets']);
  await owner.must.notary(['publish', gun]);
  await owner.must.docker(['trust', 'signer', 'remove', 'jeff', gun], { input: 'y\n' });
}

async function makeHub(owner: Workstation): Promise<void> {
  await owner.must.notary(['init', guns.hub]);
  await stageTags(owner, guns.hub, [tag('latest'), tag('3.1')]);
  await owner.must.notary(['publish', guns.hub]);
}

/** Takes a few seconds; share one stage per file. */
export async function setStage(scope: Scope, signing: 'local' | 'remote'): Promise<Stage> {
  const notary = await startNotaryServer(scope, { signing });
  const owner = await makeWorkstation(scope, { notary });
  const folder = await makeSigners(owner);
  await makeApp(owner, folder);
  await makeAdminOnly(owner);
  await owner.must.docker(['trust', 'signer', 'add', '--key', join(folder, 'jeff.pub'), 'jeff', guns.empty]);
  await makeNested(owner, folder);
  await makeNotaryOnly(owner);
  await makeLastSignerGone(owner, folder);
  await makeHub(owner);
  return { notary, owner };
}
