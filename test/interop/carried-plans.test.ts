/**
 * Plans carried between three computers by the command line: one that only watches, one that has the keys and no network,
 * one that publishes. The real server takes the result; docker and notary show it and go on.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { digestOf } from './planning-desk.ts';

const registry = 'registry.example.test:5000';
/** Nobody listens there: whoever asks a server fails. */
const noNetwork = { DOCKER_CONTENT_TRUST_SERVER: 'https://127.0.0.1:9' };

describeWithPeers('plans carried between computers', ['docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const vault = await makeWorkstation(scope, { notary });
    await vault.must.trustdesk(['key', 'generate', 'jeff']);
    const watcher = await makeWorkstation(scope, { notary });
    const publisher = await makeWorkstation(scope, { notary });
    return { vault, watcher, publisher };
  });

  const newRepository = async (name: string): Promise<string> => {
    const image = `${registry}/acme/${name}`;
    await lab().vault.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    return image;
  };

  const digest = (content: string) => ['--digest', `sha256:${digestOf(content)}`, '--size', '1234'];

  /** Saved by the watcher, carried to the vault, signed there, carried to the publisher. */
  let count = 0;
  async function carry(plan: readonly string[]): Promise<{ readonly file: string; readonly signed: string }> {
    const { vault, watcher, publisher } = lab();
    count += 1;
    const name = `plan-${String(count)}.json`;
    const [from, there, back] = [
      join(watcher.home, name),
      join(vault.home, name),
      join(publisher.home, name),
    ];
    await watcher.must.trustdesk([...plan, '--save-plan', from]);
    await copyFile(from, there);
    const { stdout } = await vault.must.trustdesk(['plan', 'sign', '-y', there], { env: noNetwork });
    await copyFile(there, back);
    return { file: back, signed: stdout };
  }

  const pretty = async (desk: Workstation, image: string): Promise<string> =>
    (await desk.must.docker(['trust', 'inspect', '--pretty', image])).stdout;

  test('a tag: planned without a key, signed without a network, published without a key', async () => {
    const { vault, publisher } = lab();
    const image = await newRepository('tag');
    const { file, signed } = await carry(['sign', `${image}:1.0`, ...digest('1.0')]);
    expect(signed).toContain(`+ 1.0 ${digestOf('1.0')}`);
    expect(signed).toMatch(/^ {2}jeff [0-9a-f]{12} \(key file\): targets\/jeff, targets\/releases$/m);
    const shown = await publisher.must.trustdesk(['plan', 'show', file, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ isSigned: true, trust: 'first-use' });
    await publisher.must.trustdesk(['plan', 'publish', '--dry-run', file]);
    const done = await publisher.must.trustdesk(['plan', 'publish', '--yes', '--json', file]);
    expect(JSON.parse(done.stdout)).toMatchObject({ title: 'Sign 1 tag', tries: 1 });
    expect(await pretty(publisher, image)).toMatch(new RegExp(`^1\\.0\\s+${digestOf('1.0')}\\s+jeff$`, 'm'));
    const roles = 'targets/jeff,targets/releases';
    await vault.must.notary(['addhash', image, '2.0', '9', '--sha256', digestOf('2.0'), '-r', roles, '-p']);
    expect(await pretty(publisher, image)).toMatch(new RegExp(`^2\\.0\\s+${digestOf('2.0')}\\s+jeff$`, 'm'));
  });

  test('a signer: the administrator signs in the vault', async () => {
    const { watcher, publisher } = lab();
    const image = await newRepository('signer');
    await watcher.must.trustdesk(['key', 'generate', 'mia']);
    const { file } = await carry(['signer', 'add', '--key', 'mia.pub', 'mia', image]);
    await publisher.must.trustdesk(['plan', 'publish', '--yes', file]);
    expect(await pretty(publisher, image)).toMatch(/^mia +[0-9a-f]{12}$/m);
    // The new signer signs at once, with docker.
    const roles = 'targets/mia,targets/releases';
    await watcher.must.notary(['addhash', image, '1.0', '9', '--sha256', digestOf('1.0'), '-r', roles, '-p']);
    expect(await pretty(publisher, image)).toMatch(new RegExp(`^1\\.0\\s+${digestOf('1.0')}\\s+mia$`, 'm'));
  });

  test('is shown and asked about before it is uploaded; only who agrees publishes', async () => {
    const { vault, publisher } = lab();
    const image = await newRepository('asked');
    const { file } = await carry(['sign', `${image}:1.0`, ...digest('1.0')]);
    for (const input of ['', 'n\n', 'Y no\n']) {
      const declined = await publisher.trustdesk(['plan', 'publish', file], { input });
      expect(declined.status).toBe(1);
      expect(declined.stdout).toContain(`+ 1.0 ${digestOf('1.0')}`);
      expect(declined.stdout.trimEnd()).toMatch(/Publish this plan\? \[y\/N\]$/);
    }
    expect(await pretty(vault, image)).not.toContain(digestOf('1.0'));
    const agreed = await publisher.must.trustdesk(['plan', 'publish', '--json', file], { input: 'y\n' });
    expect(JSON.parse(agreed.stdout)).toMatchObject({ title: 'Sign 1 tag' });
    expect(agreed.stderr).toContain(`+ 1.0 ${digestOf('1.0')}`);
    expect(agreed.stderr).toContain('Publish this plan? [y/N] ');
    expect(await pretty(publisher, image)).toContain(digestOf('1.0'));
    // What cannot be published is refused before anybody is asked.
    const moot = await publisher.trustdesk(['plan', 'publish', file], { input: 'y\n' });
    expect([moot.status, moot.stdout.includes('[y/N]')]).toEqual([1, false]);
  });

  test('a plan that others overtook is moot, and the server is as they left it', async () => {
    const { vault, publisher } = lab();
    const image = await newRepository('overtaken');
    const { file } = await carry(['sign', `${image}:mine`, ...digest('mine')]);
    await vault.must.trustdesk(['sign', `${image}:theirs`, ...digest('theirs')]);
    const refused = await publisher.trustdesk(['plan', 'publish', '--yes', file]);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('changed since the plan was made');
    expect(refused.stderr).toContain('Nothing was published.');
    const shown = await pretty(publisher, image);
    expect([shown.includes('mine'), shown.includes('theirs')]).toEqual([false, true]);
  });

  test('a file that was changed on the way is refused by the vault and by the publisher', async () => {
    const { vault, watcher, publisher } = lab();
    const image = await newRepository('changed');
    const { file } = await carry(['sign', `${image}:1.0`, ...digest('1.0')]);
    const text = (await readFile(file, 'utf8')).replaceAll(
      Buffer.from(digestOf('1.0'), 'hex').toString('base64'),
      Buffer.from(digestOf('evil'), 'hex').toString('base64'),
    );
    const changed = join(watcher.home, 'changed.json');
    await writeFile(changed, text);
    const forVault = await vault.trustdesk(['plan', 'sign', '-y', changed], { env: noNetwork });
    const forPublisher = await publisher.trustdesk(['plan', 'publish', changed]);
    for (const refused of [forVault, forPublisher]) {
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain('what it says is not what its changes do');
    }
  });

  test('nobody signs when the person declines, and a plan without signatures is not published', async () => {
    const { vault, watcher } = lab();
    const image = await newRepository('declined');
    const file = join(watcher.home, 'declined.json');
    await watcher.must.trustdesk(['sign', `${image}:1.0`, ...digest('1.0'), '--save-plan', file]);
    const before = await readFile(file, 'utf8');
    const declined = await vault.trustdesk(['plan', 'sign', file], { env: noNetwork, input: 'n\n' });
    expect([declined.status, await readFile(file, 'utf8')]).toEqual([1, before]);
    const again = await watcher.trustdesk(['sign', `${image}:2.0`, ...digest('2.0'), '--save-plan', file]);
    expect([again.status, again.stderr.includes('already exists')]).toEqual([1, true]);
    expect(await readFile(file, 'utf8')).toBe(before);
    const refused = await watcher.trustdesk(['plan', 'publish', file]);
    expect(refused.stderr).toContain('is not signed yet');
  });
});
