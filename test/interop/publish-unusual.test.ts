/** Signer keys and targets that docker itself does not make, published by plans and by notary in turns. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Gun } from '../../shared/brands.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { digestOf, openPlanningDesk, tagToSign } from './planning-desk.ts';

const registry = 'registry.example.test:5000';
const openssl = (args: readonly string[]) => promisify(execFile)('openssl', args);

/** A key of that curve or size as OpenSSL makes it, loaded here under `name`; answers the public half's file. */
async function loadKey(desk: Workstation, name: string, algorithm: readonly string[]): Promise<string> {
  const [file, pub] = [join(desk.home, `${name}.pem`), join(desk.home, `${name}.pub.pem`)];
  await openssl(['genpkey', ...algorithm, '-out', file]);
  await openssl(['pkey', '-in', file, '-pubout', '-out', pub]);
  await desk.must.trustdesk(['key', 'load', file, '--name', name]);
  return pub;
}

const pretty = async (desk: Workstation, gun: string): Promise<string> =>
  (await desk.must.docker(['trust', 'inspect', '--pretty', gun])).stdout;

const row = (tag: string, content: string, signers: string): RegExp =>
  new RegExp(`^${tag}\\s+${digestOf(content)}\\s+${signers}$`, 'm');

/** The file as it is kept here after it was read back. */
async function targetsOf(desk: Workstation, gun: Gun, role: string): Promise<Record<string, unknown>> {
  const file = join(desk.trustDirectory, 'tuf', ...gun.split('/'), 'metadata', `${role}.json`);
  const { signed } = JSON.parse(await readFile(file, 'utf8')) as {
    readonly signed: { readonly targets: Record<string, unknown> };
  };
  return signed.targets;
}

describeWithPeers('publishing what docker does not make', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const desk = await makeWorkstation(scope, { notary });
    return { desk, ours: await openPlanningDesk(desk) };
  });

  const ec = (curve: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`];
  test.each([
    ['p256', ec('P-256')],
    ['p384', ec('P-384')],
    ['p521', ec('P-521')],
    ['rsa3072', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072']],
  ])('a signer with a %s key signs, and notary signs on with it', async (name, algorithm) => {
    const { desk, ours } = lab();
    const gun = parseGun(`${registry}/acme/${name}`);
    const keys = [await ours.publicKey(await loadKey(desk, name, algorithm))];
    await ours.publish(await ours.planner.addSigner({ gun, name, keys, rootKey: 'new' }));
    await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0')] }));
    expect(await pretty(desk, gun)).toMatch(row('1.0', '1.0', name));
    const roles = `targets/${name},targets/releases`;
    await desk.must.notary(['addhash', gun, '2.0', '9', '--sha256', digestOf('2.0'), '-r', roles, '-p']);
    await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('3.0')] }));
    const shown = await pretty(desk, gun);
    for (const tag of ['1.0', '2.0', '3.0']) expect(shown).toMatch(row(tag, tag, name));
  });

  test('custom data of a target is kept when its file is signed again, by us and by notary after us', async () => {
    const { desk, ours } = lab();
    const gun = parseGun(`${registry}/acme/custom`);
    const keys = [await ours.publicKey(await loadKey(desk, 'custom', ec('P-256')))];
    await ours.publish(await ours.planner.addSigner({ gun, name: 'custom', keys, rootKey: 'new' }));
    const custom = { build: { number: 7, tags: ['a', 'ü'] }, note: 'kept "as it is"' };
    const file = join(desk.home, 'custom.json');
    await writeFile(file, JSON.stringify(custom));
    const roles = 'targets/custom,targets/releases';
    const hash = ['--sha256', digestOf('1.0'), '--custom', file, '-r', roles, '-p'];
    await desk.must.notary(['addhash', gun, '1.0', '9', ...hash]);
    await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('2.0')] }));
    for (const role of ['targets/custom', 'targets/releases']) {
      expect((await targetsOf(desk, gun, role))['1.0']).toMatchObject({ custom });
    }
    await desk.must.notary(['addhash', gun, '3.0', '9', '--sha256', digestOf('3.0'), '-r', roles, '-p']);
    const shown = await pretty(desk, gun);
    for (const tag of ['1.0', '2.0', '3.0']) expect(shown).toMatch(row(tag, tag, 'custom'));
    expect((await targetsOf(desk, gun, 'targets/releases'))['1.0']).toMatchObject({ custom });
  });
});
