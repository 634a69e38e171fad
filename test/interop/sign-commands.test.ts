/**
 * The changing commands from a script's view, against the real server, registry and engine: what they publish can be
 * pulled with content trust, what they refuse names the fix and changes nothing.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { enginePeers, openEngineDesk } from './engine-desk.ts';
import { digestOf } from './planning-desk.ts';

const unreachable = 'registry.example.test:5000/acme/app';

describeWithPeers('the changing commands', enginePeers, () => {
  const lab = useScope(openEngineDesk);

  const newRepository = async (name: string): Promise<string> => {
    const image = `${lab().registry.host}/acme/${name}`;
    await lab().desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    return image;
  };

  test('from a key to a pull with content trust', async () => {
    const { desk, engine } = lab();
    const image = await newRepository('pulled');
    await engine.importImage(`${image}:1.0`);
    const signed = await desk.must.trustdesk(['sign', '--local', `${image}:1.0`]);
    expect(signed.stdout).toContain(`Successfully signed ${image}:1.0`);
    await desk.must.docker(['rmi', `${image}:1.0`]);
    const pulled = await desk.must.docker(['pull', `${image}:1.0`], { env: { DOCKER_CONTENT_TRUST: '1' } });
    expect(pulled.stdout).toContain(`Pull (1 of 1): ${image}:1.0@sha256:`);
    await desk.must.trustdesk(['revoke', `${image}:1.0`]);
    const refused = await desk.docker(['pull', `${image}:1.0`], { env: { DOCKER_CONTENT_TRUST: '1' } });
    expect(refused.status).not.toBe(0);
  });

  test('the digest of the registry is signed, many tags in one publish, and inspect agrees with docker', async () => {
    const { desk, registry } = lab();
    const image = await newRepository('many');
    const pushed = await Promise.all(
      ['1', '2', '3'].map((tag) => registry.pushImage('acme/many', tag, `content ${tag}`)),
    );
    const done = await desk.must.trustdesk([
      'sign',
      '--json',
      ...['1', '2', '3'].map((tag) => `${image}:${tag}`),
    ]);
    expect(JSON.parse(done.stdout)).toMatchObject({
      tries: 1,
      roles: [{ role: 'targets/jeff' }, { role: 'targets/releases' }],
    });
    const ours = await desk.must.trustdesk(['inspect', '--pretty', image]);
    const theirs = await desk.must.docker(['trust', 'inspect', '--pretty', image]);
    expect(ours.stdout).toBe(theirs.stdout);
    for (const { digest } of pushed) expect(ours.stdout).toContain(digest.slice('sha256:'.length));
  });

  test('what is signed already stays as it is, and is no failure, as with docker', async () => {
    const { desk, registry } = lab();
    const image = await newRepository('again');
    await registry.pushImage('acme/again', '1.0', 'content');
    await desk.must.trustdesk(['sign', `${image}:1.0`]);
    const before = await desk.must.trustdesk(['inspect', image]);
    const again = await desk.must.trustdesk(['sign', `${image}:1.0`]);
    expect(again.stdout).toMatch(
      /again:1\.0 is signed already as sha256:[0-9a-f]{64}: nothing was published\n$/,
    );
    const json = await desk.must.trustdesk(['sign', '--json', `${image}:1.0`]);
    expect(JSON.parse(json.stdout)).toEqual({ gun: image, roles: [], tries: 0 });
    expect((await desk.trustdesk(['sign', '--save-plan', 'plan', `${image}:1.0`])).status).toBe(1);
    expect((await desk.must.trustdesk(['inspect', image])).stdout).toBe(before.stdout);
    await desk.must.trustdesk(['signer', 'remove', '-f', 'jeff', image]);
    const nobody = await desk.trustdesk(['sign', `${image}:1.0`]);
    expect([nobody.status, nobody.stderr]).toEqual([1, expect.stringContaining('trustdesk signer add')]);
  });

  test('the first signature makes the repository, and docker signs on with the very same keys', async () => {
    const { desk, registry, engine } = lab();
    const image = `${registry.host}/acme/first`;
    await registry.pushImage('acme/first', '1.0', 'content 1.0');
    const done = await desk.must.trustdesk(['sign', `${image}:1.0`, '--as', 'jeff']);
    expect(done.stdout).toContain(
      `Created signer: jeff\nFinished initializing signed repository for ${image}\nSuccessfully signed ${image}:1.0\n`,
    );
    await engine.importImage(`${image}:2.0`);
    await desk.must.docker(['trust', 'sign', '--local', `${image}:2.0`]);
    const ours = await desk.must.trustdesk(['inspect', '--pretty', image]);
    const theirs = await desk.must.docker(['trust', 'inspect', '--pretty', image]);
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.stdout).toMatch(/1\.0 +[0-9a-f]{64} +jeff\n2\.0 +[0-9a-f]{64} +jeff\n/);
  });

  test('a dry run and a saved plan change nothing', async () => {
    const { desk } = lab();
    const image = await newRepository('dry');
    const before = await desk.must.docker(['trust', 'inspect', image]);
    const args = ['sign', `${image}:1.0`, '--digest', `sha256:${digestOf('x')}`, '--size', '99'];
    const shown = await desk.must.trustdesk([...args, '--dry-run']);
    expect(shown.stdout).toContain(`+ 1.0 ${digestOf('x')}`);
    expect(shown.stdout).toMatch(/targets\/releases v\d+.*by jeff/);
    await desk.must.trustdesk([...args, '--save-plan', 'plan.json']);
    const saved = JSON.parse(await readFile(join(desk.home, 'plan.json'), 'utf8')) as object;
    const plan = { format: 'trustdesk-plan/1', kind: 'sign', gun: image };
    expect(saved).toMatchObject({ format: 'trustdesk-plan-file/1', plan, signatures: [] });
    expect(JSON.stringify(saved)).not.toMatch(/passphrase|private/i);
    expect((await desk.must.docker(['trust', 'inspect', image])).stdout).toBe(before.stdout);
  });

  test('several repositories at once, one result line each, and the failures named', async () => {
    const { desk, registry } = lab();
    const good = ['a', 'b', 'c'].map((name) => `${registry.host}/acme/at-once-${name}`);
    const done = await desk.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', ...good, 'Bad/NAME']);
    expect(done.status).toBe(1);
    for (const image of good) expect(done.stdout).toContain(`Successfully added signer: jeff to ${image}`);
    expect(done.stderr).toContain('failed to add signer to: Bad/NAME');
    const removed = await desk.must.trustdesk(['signer', 'remove', '-f', 'jeff', ...good]);
    for (const image of good) {
      expect(removed.stdout).toContain(`Successfully removed jeff from ${image}`);
      expect((await desk.must.notary(['delegation', 'list', image])).stdout).not.toContain('targets/jeff');
    }
  });

  test('a signer who was removed and comes back with the same key brings back what was signed, and it is said', async () => {
    const { desk } = lab();
    const image = await newRepository('returns');
    const exactly = ['--digest', `sha256:${digestOf('x')}`, '--size', '99'];
    await desk.must.trustdesk(['sign', `${image}:1.0`, ...exactly]);
    const signed = (await desk.must.docker(['trust', 'inspect', '--pretty', image])).stdout;
    expect(signed).toMatch(/^1\.0 .*jeff/m);
    await desk.must.trustdesk(['signer', 'remove', '-f', 'jeff', image]);
    const again = await desk.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', image]);
    expect(again.stderr).toContain('The server still has an earlier file of targets/jeff');
    expect((await desk.must.docker(['trust', 'inspect', '--pretty', image])).stdout).toBe(signed);
  });

  test('revoking everything asks first, and declining changes nothing', async () => {
    const { desk } = lab();
    const image = await newRepository('asked');
    await desk.must.trustdesk([
      'sign',
      `${image}:1.0`,
      '--digest',
      `sha256:${digestOf('x')}`,
      '--size',
      '99',
    ]);
    const declined = await desk.must.trustdesk(['revoke', image], { input: 'n\n' });
    expect(declined.stdout).toContain(`delete all signature data for ${image}? [y/N]`);
    expect((await desk.must.docker(['trust', 'inspect', image])).stdout).toContain(digestOf('x'));
    await desk.must.trustdesk(['revoke', image], { input: 'y\n' });
    expect((await desk.must.docker(['trust', 'inspect', image])).stdout).not.toContain(digestOf('x'));
  });

  test('a wrong passphrase is named as such and nothing is published', async () => {
    const { desk } = lab();
    const image = await newRepository('wrong');
    const before = await desk.must.docker(['trust', 'inspect', image]);
    const refused = await desk.trustdesk(
      ['sign', `${image}:1.0`, '--digest', `sha256:${digestOf('x')}`, '--size', '9'],
      {
        env: {
          DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'not the passphrase',
          NOTARY_DELEGATION_PASSPHRASE: 'not the passphrase',
        },
      },
    );
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/passphrase/i);
    expect(refused.stderr + refused.stdout).not.toContain('not the passphrase');
    expect((await desk.must.docker(['trust', 'inspect', image])).stdout).toBe(before.stdout);
  });

  describe('refuses', () => {
    const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
      ['a tag that is missing', ['sign', unreachable], /no tag specified for/],
      [
        'a digest reference',
        ['sign', `${unreachable}@sha256:${'a'.repeat(64)}`],
        /cannot use a digest reference/,
      ],
      [
        'a reserved signer name',
        ['signer', 'add', '--key', 'jeff.pub', 'releases', unreachable],
        /releases is a reserved keyword/,
      ],
      [
        'a malformed signer name',
        ['signer', 'add', '--key', 'jeff.pub', 'Jeff', unreachable],
        /must start with lowercase/,
      ],
      [
        'a signer without a key',
        ['signer', 'add', 'jeff', unreachable],
        /path to a public key must be provided/,
      ],
      [
        'a private key in the place of a public one',
        ['signer', 'add', '--key', 'private.pem', 'eve', unreachable],
        /private key/,
      ],
      ['a file that is no key', ['signer', 'add', '--key', 'text.txt', 'eve', unreachable], /text\.txt/],
      ['a key file that others can read', ['key', 'load', 'open.pem'], /readable/],
      [
        'removing releases',
        ['signer', 'remove', 'releases', unreachable],
        /reserved keyword and cannot be removed/,
      ],
      ['an unsigned repository', ['revoke', '-y', unreachable], /does not have trust data/],
      ['a digest that is none', ['sign', `${unreachable}:1`, '--digest', 'sha256:123'], /64 hex digits/],
      ['an existing public key file', ['key', 'generate', 'jeff'], /jeff\.pub/],
    ];
    test.each(refusals)('%s', async (_, args, words) => {
      const { desk } = lab();
      const pem = await readFile(new URL('../vectors/docker-trust/signer-files/ops-ec.pem', import.meta.url));
      await writeFile(join(desk.home, 'private.pem'), pem, { mode: 0o600 });
      await writeFile(join(desk.home, 'open.pem'), pem, { mode: 0o644 });
      await writeFile(join(desk.home, 'text.txt'), 'hello');
      const before = await desk.must.notary(['key', 'list']);
      const refused = await desk.trustdesk(args);
      expect(refused.status).toBeGreaterThan(0);
      expect(refused.stderr + refused.stdout).toMatch(words);
      expect((await desk.must.notary(['key', 'list'])).stdout).toBe(before.stdout);
    });
  });
});
