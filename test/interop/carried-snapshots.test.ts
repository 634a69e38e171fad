/**
 * Saved plans of repositories that the real `notary init` made, so that the snapshot key is its owner's: planned and
 * published where no key is, signed without a network with notary's own key files. The real server, docker and notary agree.
 */
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { startTokenServer } from '../lab/token-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { openPlanFile, publishCarried } from '../../electron/trust/plan/carried/plan-files.ts';
import { publish, type PublishingServices } from '../../electron/trust/plan/publishing.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { digestOf, openPlanningDesk, tagToSign } from './planning-desk.ts';

const registry = 'registry.example.test:5000';
/** Nobody listens there: whoever asks a server fails. */
const noNetwork = { DOCKER_CONTENT_TRUST_SERVER: 'https://127.0.0.1:9' };
const digest = (content: string) => ['--digest', `sha256:${digestOf(content)}`, '--size', '1234'];

interface Shown {
  readonly isSigned: boolean;
  readonly signatures: readonly {
    readonly role: string;
    readonly signed: object[];
    readonly waits: boolean;
  }[];
}

for (const signing of ['local', 'remote'] as const) {
  const peers = ['docker', 'notary', 'notary-server', ...(signing === 'remote' ? ['notary-signer'] : [])];
  describeWithPeers(
    `saved plans of a repository with a snapshot key of its owner, server keys ${signing}`,
    peers as Parameters<typeof describeWithPeers>[1],
    () => {
      const lab = useScope(async (scope) => {
        const notary = await startNotaryServer(scope, { signing });
        const [owner, jeff, watcher] = [
          await makeWorkstation(scope, { notary }),
          await makeWorkstation(scope, { notary }),
          await makeWorkstation(scope, { notary }),
        ];
        await jeff.must.docker(['trust', 'key', 'generate', 'jeff']);
        await copyFile(join(jeff.home, 'jeff.pub'), join(owner.home, 'jeff.pub'));
        return { owner, jeff, watcher };
      });

      const newRepository = async (name: string): Promise<string> => {
        const { owner } = lab();
        const image = `${registry}/acme/${name}`;
        await owner.must.notary(['init', image]);
        await owner.must.notary(['addhash', image, '1.0', '9', '--sha256', digestOf('1.0'), '-p']);
        return image;
      };

      /** Signed by jeff in his own role and `targets/releases`, as docker has it, by notary's own commands. */
      const withJeff = async (name: string): Promise<string> => {
        const { owner } = lab();
        const image = await newRepository(name);
        for (const role of ['targets/jeff', 'targets/releases'])
          await owner.must.notary(['delegation', 'add', image, role, 'jeff.pub', '--all-paths']);
        await owner.must.notary(['publish', image]);
        return image;
      };

      let count = 0;
      const newName = (): string => {
        count += 1;
        return `plan-${String(count)}.json`;
      };
      const saved = async (args: readonly string[]): Promise<string> => {
        const file = join(lab().watcher.home, newName());
        await lab().watcher.must.trustdesk([...args, '--save-plan', file]);
        return file;
      };

      /** To the computer, signed there without a network, and back. */
      async function signAt(desk: Workstation, file: string): Promise<string> {
        const there = join(desk.home, newName());
        await copyFile(file, there);
        const { stdout } = await desk.must.trustdesk(['plan', 'sign', '-y', there], { env: noNetwork });
        await copyFile(there, file);
        return stdout;
      }

      const shown = async (file: string): Promise<Shown> =>
        JSON.parse((await lab().watcher.must.trustdesk(['plan', 'show', '--json', file])).stdout) as Shown;
      const list = async (image: string): Promise<string> =>
        (await lab().watcher.must.notary(['list', image])).stdout;
      const row = (tag: string, size: number, role: string): RegExp =>
        new RegExp(`^${tag.replace('.', '\\.')}\\s+${digestOf(tag)}\\s+${String(size)}\\s+${role}$`, 'm');

      test('a tag, planned without a key and signed with notary’s files; notary goes on', async () => {
        const { owner, watcher } = lab();
        const image = await newRepository('tag');
        const file = await saved(['sign', `${image}:2.0`, ...digest('2.0')]);
        const before = await watcher.must.trustdesk(['plan', 'show', file]);
        expect(before.stdout).toMatch(
          /^ {2}snapshot: 0 signed, 1 needed, can be signed by repository [0-9a-f]{12} \(on another computer\)$/m,
        );
        expect(before.stdout).toContain('The snapshot is signed last, over the signed files');
        const signed = await signAt(owner, file);
        expect(signed).toMatch(/^ {2}repository [0-9a-f]{12} \(key file\): snapshot$/m);
        expect(signed).toContain('It can be published');
        expect(await shown(file)).toMatchObject({ isSigned: true });
        await watcher.must.trustdesk(['plan', 'publish', '--dry-run', file]);
        await watcher.must.trustdesk(['plan', 'publish', '--yes', file]);
        expect(await list(image)).toMatch(row('2.0', 1234, 'targets'));
        const inspected = await watcher.must.docker(['trust', 'inspect', image]);
        expect(inspected.stdout).toContain(digestOf('2.0'));
        await owner.must.notary(['addhash', image, '3.0', '9', '--sha256', digestOf('3.0'), '-p']);
        expect(await list(image)).toMatch(row('3.0', 9, 'targets'));
        // And what notary published is the next base.
        const next = await saved(['revoke', `${image}:3.0`]);
        await signAt(owner, next);
        await watcher.must.trustdesk(['plan', 'publish', '--yes', next]);
        expect(await list(image)).not.toContain(digestOf('3.0'));
      });

      test('jeff’s key is on one computer and the snapshot’s on another, which comes last', async () => {
        const { owner, jeff, watcher } = lab();
        const image = await withJeff('two');
        const file = await saved(['sign', `${image}:2.0`, ...digest('2.0')]);
        const there = join(owner.home, newName());
        await copyFile(file, there);
        const early = await owner.trustdesk(['plan', 'sign', '-y', there], { env: noNetwork });
        expect(early.status).toBe(1);
        expect(early.stderr).toContain('is signed over the signed files, and targets/jeff lacks signatures');
        expect(await signAt(jeff, file)).toContain('Still to be signed: snapshot');
        const unsigned = await watcher.trustdesk(['plan', 'publish', '--yes', file]);
        expect(unsigned.stderr).toContain('is not signed yet: snapshot has 0 of 1 signature');
        await signAt(owner, file);
        await watcher.must.trustdesk(['plan', 'publish', '--yes', file]);
        const pretty = await watcher.must.docker(['trust', 'inspect', '--pretty', image]);
        expect(pretty.stdout).toMatch(new RegExp(`^2\\.0\\s+${digestOf('2.0')}\\s+jeff$`, 'm'));
        expect(await list(image)).toMatch(row('2.0', 1234, 'targets/jeff'));
      });

      test('a signer is added and removed', async () => {
        const { owner, watcher } = lab();
        const image = await newRepository('signers');
        await copyFile(join(owner.home, 'jeff.pub'), join(watcher.home, 'jeff.pub'));
        const add = await saved(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
        await signAt(owner, add);
        await watcher.must.trustdesk(['plan', 'publish', '--yes', add]);
        const signers = async (): Promise<string> =>
          (await watcher.must.docker(['trust', 'inspect', '--pretty', image])).stdout;
        expect(await signers()).toMatch(/^jeff +[0-9a-f]{12}$/m);
        const remove = await saved(['signer', 'remove', 'jeff', image]);
        await signAt(owner, remove);
        await watcher.must.trustdesk(['plan', 'publish', '--yes', remove]);
        expect(await signers()).not.toMatch(/^jeff +[0-9a-f]{12}$/m);
        await owner.must.notary(['addhash', image, '2.0', '9', '--sha256', digestOf('2.0'), '-p']);
        expect(await list(image)).toMatch(row('2.0', 9, 'targets'));
      });

      test('a snapshot signature that was changed on the way is refused; what others published makes it moot', async () => {
        const { owner, watcher } = lab();
        const image = await newRepository('changed');
        const file = await saved(['sign', `${image}:2.0`, ...digest('2.0')]);
        await signAt(owner, file);
        const text = await readFile(file, 'utf8');
        const json = JSON.parse(text) as { signatures: { role: string; sig: string }[] };
        const [targets, snapshot] = json.signatures;
        if (targets === undefined || snapshot === undefined) throw new Error('two signatures');
        snapshot.sig = targets.sig;
        const changed = join(watcher.home, newName());
        await writeFile(changed, JSON.stringify(json));
        const refused = await watcher.trustdesk(['plan', 'publish', changed]);
        expect([refused.status, refused.stderr.includes('a signature for snapshot is not valid')]).toEqual([
          1,
          true,
        ]);
        // Notary bumps the snapshot even when nothing else is new.
        await owner.must.notary(['publish', image]);
        const moot = await watcher.trustdesk(['plan', 'publish', '--yes', file]);
        expect([moot.status, moot.stderr.includes('changed since the plan was made')]).toEqual([1, true]);
        expect(await list(image)).not.toContain(digestOf('2.0'));
      });

      test('overtaken at the last moment: signed again over what notary published; what was carried is moot', async () => {
        const { owner } = lab();
        const name = `ops${String((count += 1))}`;
        await owner.must.trustdesk(['key', 'generate', name]);
        const image = await newRepository(name);
        for (const role of [`targets/${name}`, 'targets/releases'])
          await owner.must.notary(['delegation', 'add', image, role, `${name}.pub`, '--all-paths']);
        await owner.must.notary(['publish', image]);
        const desk = await openPlanningDesk(owner);
        const gun = parseGun(image);
        /** Another role than the plan's: for the server our snapshot is bad then, not old. */
        const overtake = (tag: string): PublishingServices => {
          let isDone = false;
          const beforeUpload = async (): Promise<void> => {
            if (isDone) return;
            isDone = true;
            await owner.must.notary(['addhash', image, tag, '9', '--sha256', digestOf(tag), '-p']);
          };
          return { ...desk.services, beforeUpload };
        };
        const plan = await desk.planner.sign({ gun, tags: [tagToSign('2.0')] });
        expect(await publish(plan, overtake('theirs'))).toMatchObject({ tries: 2 });
        const carried = await saved(['sign', `${image}:3.0`, ...digest('3.0'), '--as', name]);
        await signAt(owner, carried);
        const opened = await openPlanFile(carried, desk.services);
        await expect(publishCarried(opened.carried, overtake('again'))).rejects.toMatchObject({
          code: 'plan/signatures-moot',
        });
        const listed = await list(image);
        for (const tag of ['2.0', 'theirs', 'again']) expect(listed).toContain(digestOf(tag));
        expect(listed).not.toContain(digestOf('3.0'));
      });

      test('where the snapshot key is elsewhere, planning says so and how to go on, before the server does', async () => {
        const { owner, jeff, watcher } = lab();
        const image = await withJeff('elsewhere');
        const refused = await jeff.trustdesk(['sign', `${image}:2.0`, ...digest('2.0'), '--dry-run']);
        expect(refused.status).toBe(1);
        expect(refused.stderr).toContain('No key for snapshot of');
        expect(refused.stderr).toContain('save the plan and sign it where one is');
        // jeff plans for himself, signs here, and the owner signs the snapshot.
        const file = join(jeff.home, newName());
        await jeff.must.trustdesk(['sign', `${image}:2.0`, ...digest('2.0'), '--save-plan', file]);
        await jeff.must.trustdesk(['plan', 'sign', '-y', file]);
        await signAt(owner, file);
        await jeff.must.trustdesk(['plan', 'publish', '--yes', file]);
        expect(await list(image)).toMatch(row('2.0', 1234, 'targets/jeff'));
        // Nothing of the keys came along.
        expect(await readdir(join(watcher.trustDirectory, 'private')).catch(() => [])).toEqual([]);
        await rm(file);
      });
    },
  );
}

describeWithPeers('saved plans of an account that may only pull', ['notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const accounts = [
      { user: 'owner', password: 'opass', actions: ['pull', 'push', '*'] },
      { user: 'reader', password: 'rpass', actions: ['pull'] },
    ];
    const auth = await startTokenServer(scope, { accounts, anonymous: [] });
    const notary = await startNotaryServer(scope, { auth });
    const login = (user: string, password: string) => ({ logins: { [registry]: { user, password } } });
    const owner = await makeWorkstation(scope, { notary, ...login('owner', 'opass') });
    const reader = await makeWorkstation(scope, { notary, ...login('reader', 'rpass') });
    return { owner, reader };
  });

  test('say that nobody told whose the snapshot is; with the server it works, with an owner it is refused in time', async () => {
    const { owner, reader } = lab();
    const image = `${registry}/acme/rights`;
    await owner.must.trustdesk(['init', image, '--root-key', 'new']);
    const plan = async (tag: string): Promise<string> => {
      const file = join(reader.home, `${tag}.json`);
      await reader.must.trustdesk(['sign', `${image}:${tag}`, ...digest(tag), '--save-plan', file]);
      return file;
    };
    const first = await plan('1.0');
    const shown = await owner.must.trustdesk(['plan', 'show', first]);
    expect(shown.stdout).toContain('This account may not publish, so the server does not say');
    await owner.must.trustdesk(['plan', 'sign', '-y', first], { env: noNetwork });
    await owner.must.trustdesk(['plan', 'publish', '--yes', first]);
    await owner.must.trustdesk(['key', 'rotate', image, 'snapshot']);
    const second = await plan('2.0');
    const refused = await owner.trustdesk(['plan', 'sign', '-y', second], { env: noNetwork });
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('its owner signs the snapshot, and no signature for that is planned'),
    ]);
  });
});
