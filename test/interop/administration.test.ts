/**
 * `init`, `witness` and `key rotate` against the real server: what they publish, the real docker and notary believe and
 * go on from, also where they knew the repository before; and what notary rotated is rotated on here.
 */
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { stageTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';

const gunOf = (name: string): string => `registry.example.test:5000/acme/${name}`;
const tag = (name: string) => ({ name, content: name, size: 1234 });

for (const signing of ['local', 'remote'] as const)
  describeWithPeers(
    `administration, server signing: ${signing}`,
    ['docker', 'notary', 'notary-server', 'notary-signer'],
    () => {
      const lab = useScope(async (scope) => {
        const notary = await startNotaryServer(scope, { signing });
        const owner = await makeWorkstation(scope, { notary });
        await owner.must.docker(['trust', 'key', 'generate', 'jeff', '--dir', owner.home]);
        return { scope, notary, owner };
      });

      /** As docker makes it, with one signed tag, and seen by a consumer. */
      const repository = async (name: string): Promise<{ gun: string; consumer: Workstation }> => {
        const { owner, scope, notary } = lab();
        const gun = gunOf(name);
        const key = join(owner.home, 'jeff.pub');
        await owner.must.docker(['trust', 'signer', 'add', '--key', key, 'jeff', gun]);
        await stageTags(owner, gun, [tag('1.0')], ['targets/jeff', 'targets/releases']);
        await owner.must.notary(['publish', gun]);
        const consumer = await makeWorkstation(scope, { notary });
        await consumer.must.docker(['trust', 'inspect', gun]);
        return { gun, consumer };
      };

      /** Everybody sees the same: who knew the repository, who did not, and Trustdesk. */
      const allAgree = async (gun: string, consumer: Workstation): Promise<string> => {
        const { scope, notary, owner } = lab();
        const newcomer = await makeWorkstation(scope, { notary });
        const ask = ['trust', 'inspect', '--pretty', gun];
        const known = await consumer.must.docker(ask);
        const fresh = await newcomer.must.docker(ask);
        const ours = await owner.must.trustdesk(['inspect', '--pretty', gun]);
        expect(fresh.stdout).toBe(known.stdout);
        expect(ours.stdout).toBe(known.stdout);
        expect((await consumer.must.notary(['list', gun])).stdout).toBe(
          (await owner.must.trustdesk(['list', gun])).stdout,
        );
        return known.stdout;
      };

      const signsOn = async (gun: string, name: string): Promise<void> => {
        const { owner } = lab();
        await stageTags(owner, gun, [tag(name)], ['targets/jeff', 'targets/releases']);
        await owner.must.notary(['publish', gun]);
      };

      test('an empty repository is created, and docker and notary go on with it', async () => {
        const { owner, scope, notary } = lab();
        const gun = gunOf('empty');
        const made = await owner.must.trustdesk(['init', gun, '--root-key', 'new']);
        expect(made.stdout).toContain(`Successfully initialized "${gun}"\nRead back from`);
        const again = await owner.trustdesk(['init', gun, '--root-key', 'new']);
        expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('exists already')]);
        await owner.must.docker([
          'trust',
          'signer',
          'add',
          '--key',
          join(owner.home, 'jeff.pub'),
          'jeff',
          gun,
        ]);
        await signsOn(gun, '1.0');
        await allAgree(gun, await makeWorkstation(scope, { notary }));
      });

      test.each([
        ['targets', []],
        ['snapshot', ['-r']],
        ['timestamp', ['-r']],
        ['root', ['-y']],
      ] as const)('%s is rotated; consumers and the other tools follow', async (role, options) => {
        const { owner } = lab();
        const { gun, consumer } = await repository(`rotated-${role}`);
        const before = await allAgree(gun, consumer);
        const done = await owner.must.trustdesk(['key', 'rotate', gun, role, ...options]);
        expect(done.stdout).toContain(`Successfully rotated ${role} key for repository ${gun}\n`);
        const after = await allAgree(gun, consumer);
        const changes = role === 'targets' || role === 'root';
        expect(after === before).toBe(!changes);
        await signsOn(gun, '2.0');
        await owner.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'kim', gun]);
        expect(await allAgree(gun, consumer)).toMatch(/^2\.0 /m);
      });

      test('root and snapshot go through several hands, and a consumer of the first root walks after them', async () => {
        const { owner, scope, notary } = lab();
        const { gun, consumer } = await repository('many-hands');
        await owner.must.trustdesk(['key', 'rotate', gun, 'root', '-y']);
        // Every root key is here; notary takes the one that the root names now.
        await owner.must.notary(['key', 'rotate', gun, 'snapshot']);
        await owner.must.trustdesk(['key', 'rotate', gun, 'root', '-y']);
        await signsOn(gun, '2.0');
        await owner.must.trustdesk(['key', 'rotate', gun, 'snapshot', '--server-managed']);
        await signsOn(gun, '3.0');
        expect(await allAgree(gun, consumer)).toMatch(/^3\.0 /m);
        await allAgree(gun, await makeWorkstation(scope, { notary }));
      });

      test('the same root key gets a new certificate, and notary signs on with it', async () => {
        const { owner } = lab();
        const { gun, consumer } = await repository('renewed');
        const before = JSON.parse((await owner.must.trustdesk(['inspect', gun])).stdout) as Inspected;
        const keys = JSON.parse((await owner.must.trustdesk(['key', 'list', '--json'])).stdout) as Key[];
        const files = keys.filter(({ role }) => role === 'root').map(({ id }) => id);
        // Several root keys are here by now: the plan names the one that is in use.
        const plan = JSON.parse(
          (await owner.must.trustdesk(['key', 'rotate', gun, 'root', '--dry-run', '--json'])).stdout,
        ) as { lines: { from: string[] }[] };
        const [inUse = ''] = plan.lines[0]?.from ?? [];
        expect(files).toContain(inUse);
        await owner.must.trustdesk(['key', 'rotate', gun, 'root', '--key', inUse.slice(0, 12), '-y']);
        const after = JSON.parse((await owner.must.trustdesk(['inspect', gun])).stdout) as Inspected;
        expect(rootIds(after)).not.toEqual(rootIds(before));
        await owner.must.notary(['key', 'rotate', gun, 'timestamp', '-r']);
        await allAgree(gun, consumer);
      });

      test('a lost repository key is replaced with the root key, and its owner administers again', async () => {
        const { owner } = lab();
        const { gun, consumer } = await repository('lost');
        const keys = JSON.parse((await owner.must.trustdesk(['key', 'list', '--json'])).stdout) as Key[];
        const lost = keys.find((key) => key.role === 'targets' && key.gun === gun)?.id ?? '';
        const file = join(owner.trustDirectory, 'private', `${lost}.key`);
        await rename(file, join(owner.home, 'lost.key'));
        const refused = await owner.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'kim', gun]);
        expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(lost)]);
        await owner.must.trustdesk(['key', 'rotate', gun, 'targets']);
        await owner.must.docker([
          'trust',
          'signer',
          'add',
          '--key',
          join(owner.home, 'jeff.pub'),
          'kim',
          gun,
        ]);
        expect(await allAgree(gun, consumer)).toContain('kim');
      });

      test('a role is signed again, and notary believes it', async () => {
        const { owner } = lab();
        const { gun, consumer } = await repository('witnessed');
        const done = await owner.must.trustdesk(['witness', gun, 'targets/releases', 'targets', 'root']);
        expect(done.stdout).toContain('root v2, targets v3, targets/releases v2');
        await allAgree(gun, consumer);
      });

      test('what expires is renewed, what needs another key is named, and what lasts is left', async () => {
        const { owner, scope, notary } = lab();
        const { gun, consumer } = await repository('renewed');
        const lasting = await owner.must.trustdesk(['renew', gun]);
        expect(lasting.stdout).toMatch(/^Nothing of .* expires before 20\d\d-\d\d-\d\d: there is nothing/);
        // docker's roots last ten years, its targets and delegations three.
        const planned = await owner.must.trustdesk(['renew', gun, '--within', '1200', '--dry-run']);
        expect(planned.stdout).toContain('= targets/jeff signed again');
        const done = await owner.must.trustdesk(['renew', gun, '--within', '1200']);
        expect(done.stdout).toContain(
          `Successfully renewed targets, targets/jeff, targets/releases of ${gun}`,
        );
        expect(done.stdout).toMatch(/targets v[34], targets\/jeff v2, targets\/releases v2/);
        await allAgree(gun, consumer);

        const signer = await makeWorkstation(scope, { notary });
        const jeff = await keyFileOf(owner, 'jeff');
        await signer.must.trustdesk(['key', 'load', jeff, '--name', 'jeff']);
        const partly = await signer.trustdesk(['renew', gun, '--within', '1200']);
        expect([partly.status, partly.stdout + partly.stderr]).toEqual([
          1,
          expect.stringContaining(`renewed targets/jeff, targets/releases of ${gun}`),
        ]);
        expect(partly.stderr).toMatch(
          /^targets expires on 20\d\d-\d\d-\d\d and is not renewed: its key is not here/,
        );
        const [watcher, spoiled] = [
          consumer.trustdesk(['renew', gun, '--within', '1200']),
          ['0', '9.5', 'x'],
        ];
        expect((await watcher).status).toBe(1);
        for (const days of spoiled) {
          const refused = await owner.trustdesk(['renew', gun, '--within', days]);
          expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('a number of days')]);
        }
        expect(await allAgree(gun, consumer)).toContain('jeff');
      });

      test('what is planned only, declined or refused makes no key and changes nothing', async () => {
        const { owner } = lab();
        const { gun, consumer } = await repository('unchanged');
        const folder = join(owner.trustDirectory, 'private');
        const [before, files] = [await allAgree(gun, consumer), await readdir(folder)];
        const planned = await owner.must.trustdesk(['key', 'rotate', gun, 'targets', '--dry-run']);
        expect(planned.stdout).toMatch(/^ {2}~ targets key [0-9a-f]{64} -> a new key$/m);
        const declined = await owner.must.trustdesk(['key', 'rotate', gun, 'root'], { input: 'no\n' });
        expect(declined.stdout).toContain('Aborting action.');
        for (const [words, said] of [
          [[gun, 'targets', '-r'], 'notary does not permit the server managing the targets key'],
          [[gun, 'targets/jeff'], 'notary does not currently permit rotating the targets/jeff key'],
          [[gun, 'targets', '-k', 'root.pem'], 'import a file with'],
          [[gun, 'targets', '-k', 'ffff0000ffff'], 'ffff0000ffff'],
        ] as const) {
          const refused = await owner.trustdesk(['key', 'rotate', ...words]);
          expect([refused.status, refused.stdout + refused.stderr]).toEqual([
            1,
            expect.stringContaining(said),
          ]);
        }
        expect([await allAgree(gun, consumer), await readdir(folder)]).toEqual([before, files]);
      });
    },
  );

/** The file of the only key that carries a name. */
async function keyFileOf({ trustDirectory }: Workstation, name: string): Promise<string> {
  const folder = join(trustDirectory, 'private');
  for (const file of await readdir(folder)) {
    if ((await readFile(join(folder, file), 'utf8')).includes(`role: ${name}`)) return join(folder, file);
  }
  throw new Error(`no key of ${name}`);
}

interface Key {
  readonly id: string;
  readonly role: string;
  readonly gun?: string;
}

type Inspected = readonly {
  readonly AdministrativeKeys: readonly { readonly Name: string; readonly Keys: readonly { ID: string }[] }[];
}[];

function rootIds(inspected: Inspected): readonly string[] {
  const root = inspected[0]?.AdministrativeKeys.find(({ Name }) => Name === 'Root');
  return (root?.Keys ?? []).map(({ ID }) => ID);
}
