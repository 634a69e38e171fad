/** What plans publish, the real server accepts, docker and notary show alike, and both can change further. */
import { chmod, copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseGun, parseRoleName, RELEASES } from '../../electron/tuf/names.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { digestOf, openPlanningDesk, tagToSign } from './planning-desk.ts';

const registry = 'registry.example.test:5000';
const signerFiles = fileURLToPath(new URL('../vectors/docker-trust/signer-files/', import.meta.url));

async function generateSigner(desk: Workstation, name: string): Promise<string> {
  await desk.must.docker(['trust', 'key', 'generate', name, '--dir', desk.home]);
  return join(desk.home, `${name}.pub`);
}

async function loadOps(desk: Workstation): Promise<string> {
  const folder = join(desk.home, 'ops');
  await mkdir(folder);
  for (const name of ['ops-rsa.crt', 'ops-rsa.pem']) {
    await copyFile(join(signerFiles, name), join(folder, name));
    await chmod(join(folder, name), 0o600);
  }
  await desk.must.docker(['trust', 'key', 'load', join(folder, 'ops-rsa.pem'), '--name', 'ops']);
  return join(folder, 'ops-rsa.crt');
}

const pretty = async (desk: Workstation, gun: string): Promise<string> =>
  (await desk.must.docker(['trust', 'inspect', '--pretty', gun])).stdout;

const row = (tag: string, content: string, signers: string): RegExp =>
  new RegExp(`^${tag.replace(/[.*+]/g, '\\$&')}\\s+${digestOf(content)}\\s+${signers}$`, 'm');

describeWithPeers(
  'publishing beside docker and notary',
  ['docker', 'notary', 'notary-server', 'notary-signer'],
  () => {
    describe.each(['local', 'remote'] as const)('on a server with %s signing', (signing) => {
      const lab = useScope(async (scope) => {
        const notary = await startNotaryServer(scope, { signing });
        const desk = await makeWorkstation(scope, { notary });
        const jeff = await generateSigner(desk, 'jeff');
        return { scope, notary, desk, jeff, ops: await loadOps(desk), ours: await openPlanningDesk(desk) };
      });

      const newRepository = async (name: string) => {
        const { ours, jeff } = lab();
        const gun = parseGun(`${registry}/acme/${name}`);
        const keys = [await ours.publicKey(jeff)];
        const receipt = await ours.publish(
          await ours.planner.addSigner({ gun, name: 'jeff', keys, rootKey: await rootKey() }),
        );
        return { gun, receipt };
      };

      /** The first repository makes the root key, the others use it. */
      const rootKey = async () => {
        const { desk } = lab();
        const list = (await desk.must.notary(['key', 'list'])).stdout;
        return /^root\s+([0-9a-f]{64})/m.exec(list)?.[1] === undefined ? ('new' as const) : undefined;
      };

      test('a repository made with its first signer is one that docker would have made', async () => {
        const { desk } = lab();
        const { gun, receipt } = await newRepository('first');
        expect(receipt.roles.map(({ role, version }) => [role, version])).toEqual([
          ['root', 1],
          ['targets', 1],
        ]);
        expect(await pretty(desk, gun)).toMatch(/^jeff +[0-9a-f]{12}$/m);
        const delegations = (await desk.must.notary(['delegation', 'list', gun])).stdout;
        expect(delegations).toMatch(/^targets\/jeff +"" <all paths>/m);
        expect(delegations).toMatch(/^targets\/releases +"" <all paths>/m);
        const keyFiles = await readdir(join(desk.trustDirectory, 'private'));
        for (const file of keyFiles) {
          expect((await stat(join(desk.trustDirectory, 'private', file))).mode & 0o777).toBe(0o600);
        }
      });

      test('tags of every kind are signed in one publish and shown alike', async () => {
        const { desk, ours } = lab();
        const { gun } = await newRepository('tags');
        const names = [
          '1.0',
          '1.10',
          'latest',
          '__proto__',
          'constructor',
          'x'.repeat(100),
          '..',
          'größe',
          '<&>',
        ];
        const plan = await ours.planner.sign({ gun, tags: names.map((name) => tagToSign(name)) });
        expect(plan.roles.map((planned) => planned.role)).toEqual(['targets/jeff', 'targets/releases']);
        const receipt = await ours.publish(plan);
        expect(receipt.tries).toBe(1);
        const shown = await pretty(desk, gun);
        for (const name of names) expect(shown).toMatch(row(name, name, 'jeff'));
        const list = (await desk.must.notary(['list', gun])).stdout;
        for (const name of names) expect(list).toContain(`${name}  `.slice(0, 20));
      });

      test('docker and notary go on where a plan ended, and a plan where they ended', async () => {
        const { desk, ours, ops } = lab();
        const { gun } = await newRepository('both');
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0')] }));
        await desk.must.docker(['trust', 'signer', 'add', '--key', ops, 'ops', gun]);
        await desk.must.notary([
          'addhash',
          gun,
          '2.0',
          '1234',
          '--sha256',
          digestOf('2.0'),
          '-r',
          'targets/jeff,targets/releases',
          '-p',
        ]);
        // docker signs as everybody whose key is here; we sign as who was chosen
        await expect(ours.planner.sign({ gun, tags: [tagToSign('3.0')] })).rejects.toMatchObject({
          code: 'signer/choose',
        });
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('3.0')], signAs: 'ops' }));
        await desk.must.docker(['trust', 'sign', `${gun}:1.0`]);
        const shown = await pretty(desk, gun);
        expect(shown).toMatch(row('1.0', '1.0', 'jeff, ops'));
        expect(shown).toMatch(row('2.0', '2.0', 'jeff'));
        expect(shown).toMatch(row('3.0', '3.0', 'ops'));
      });

      test('removing the signer who signed releases signs them again with a remaining key', async () => {
        const { desk, ours, ops } = lab();
        const { gun } = await newRepository('removed');
        const addOps = await ours.planner.addSigner({ gun, name: 'ops', keys: [await ours.publicKey(ops)] });
        await ours.publish(addOps);
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0')], signAs: 'jeff' }));
        const plan = await ours.planner.removeSigner({ gun, name: 'jeff' });
        expect(plan.roles.map((planned) => planned.role)).toEqual(['targets', RELEASES]);
        expect(plan.consequences).toEqual([{ kind: 'signature-lost', tag: '1.0', signer: 'jeff', left: [] }]);
        await ours.publish(plan);
        const shown = await pretty(desk, gun);
        expect(shown).toMatch(row('1.0', '1.0', '\\(Repo Admin\\)'));
        expect(shown).not.toMatch(/^jeff /m);
        expect(shown).toMatch(/^ops /m);
      });

      test('removing the last signer says which tags nobody can pull any more', async () => {
        const { desk, ours } = lab();
        const { gun } = await newRepository('last');
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0')] }));
        const plan = await ours.planner.removeSigner({ gun, name: 'jeff' });
        expect(plan.consequences).toContainEqual({ kind: 'tag-unpullable', tag: '1.0' });
        await ours.publish(plan);
        expect(await pretty(desk, gun)).toContain('No signatures for');
      });

      test('revoking takes a tag from the administrator too', async () => {
        const { desk, ours } = lab();
        const { gun } = await newRepository('revoked');
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0'), tagToSign('2.0')] }));
        await desk.must.notary(['addhash', gun, '1.0', '1234', '--sha256', digestOf('1.0'), '-p']);
        await ours.publish(await ours.planner.revoke({ gun, tags: ['1.0'] }));
        const shown = await pretty(desk, gun);
        expect(shown).not.toMatch(/^1\.0 /m);
        expect(shown).toMatch(row('2.0', '2.0', 'jeff'));
        expect((await desk.must.notary(['list', gun])).stdout).not.toMatch(/^1\.0 /m);
      });

      test('what somebody published meanwhile is kept, and a tag they moved is reviewed again', async () => {
        const { desk, ours } = lab();
        const { gun } = await newRepository('race');
        const plan = await ours.planner.sign({ gun, tags: [tagToSign('mine')] });
        const moved = await ours.planner.sign({ gun, tags: [tagToSign('theirs', 'my content')] });
        const roles = 'targets/jeff,targets/releases';
        await desk.must.notary([
          'addhash',
          gun,
          'theirs',
          '99',
          '--sha256',
          digestOf('theirs'),
          '-r',
          roles,
          '-p',
        ]);
        await ours.publish(plan);
        await expect(ours.publish(moved)).rejects.toMatchObject({ code: 'plan/moot' });
        const shown = await pretty(desk, gun);
        expect(shown).toMatch(row('mine', 'mine', 'jeff'));
        expect(shown).toMatch(row('theirs', 'theirs', 'jeff'));
      });

      test('staged changes are published when included, and only then', async () => {
        const { desk, ours } = lab();
        const { gun } = await newRepository('staged');
        const roles = 'targets/jeff,targets/releases';
        await desk.must.notary(['addhash', gun, 'staged', '99', '--sha256', digestOf('staged'), '-r', roles]);
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0')] }));
        expect((await desk.must.notary(['status', gun])).stdout).toContain('staged');
        const plan = await ours.planner.staged(gun);
        expect(plan.lines).toEqual([{ kind: 'tag-added', tag: 'staged', digest: digestOf('staged') }]);
        await ours.publish(plan);
        expect((await desk.must.notary(['status', gun])).stdout).toContain('No unpublished changes');
        expect(await pretty(desk, gun)).toMatch(row('staged', 'staged', 'jeff'));
      });

      test('a signer who was removed can come back, above the version the server still keeps', async () => {
        const { desk, ours, jeff } = lab();
        const { gun } = await newRepository('back');
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0')] }));
        await ours.publish(await ours.planner.removeSigner({ gun, name: 'jeff' }));
        await ours.publish(
          await ours.planner.addSigner({ gun, name: 'jeff', keys: [await ours.publicKey(jeff)] }),
        );
        await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('2.0')] }));
        expect(await pretty(desk, gun)).toMatch(row('2.0', '2.0', 'jeff'));
      });

      test('a repository whose snapshot key notary holds here', async () => {
        const { desk, ours, jeff } = lab();
        const gun = parseGun(`${registry}/acme/own-snapshot`);
        const rootId = /^root\s+([0-9a-f]{64})/m.exec((await desk.must.notary(['key', 'list'])).stdout)?.[1];
        expect(rootId).toBeDefined();
        await desk.must.notary(['init', gun, '-p']);
        await ours.publish(
          await ours.planner.addSigner({ gun, name: 'jeff', keys: [await ours.publicKey(jeff)] }),
        );
        const plan = await ours.planner.sign({ gun, tags: [tagToSign('1.0')] });
        expect(plan.roles.map((planned) => planned.role)).toContain('snapshot');
        await ours.publish(plan);
        expect(await pretty(desk, gun)).toMatch(row('1.0', '1.0', 'jeff'));
        await desk.must.notary(['witness', gun, parseRoleName('targets/jeff'), '-p']);
      });

      test('the activity log and a restore point are kept', async () => {
        const { ours } = lab();
        const { gun } = await newRepository('logged');
        const receipt = await ours.publish(await ours.planner.sign({ gun, tags: [tagToSign('1.0')] }));
        const view = await ours.services.activity.read();
        expect(view.brokenAt).toBeUndefined();
        expect(view.entries.at(-1)).toMatchObject({
          what: 'published',
          gun,
          details: { planId: receipt.planId },
        });
        expect((await readdir(receipt.restorePoint ?? '')).sort()).toEqual([
          'plan.json',
          'root.json',
          'snapshot.json',
          'targets.json',
        ]);
        expect(await ours.services.restorePoints.unfinished()).toEqual([]);
      });
    });
  },
);
