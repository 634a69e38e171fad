/** The key commands between the real docker, notary and openssl: what one takes out, the others take in and sign with. */
import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findKey } from '../../electron/keystore/store-key.ts';
import { openKey } from '../../electron/keystore/open-key.ts';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, repositoryPassphrase, type Workstation } from '../lab/workstation.ts';
import { atTerminal, killedAtEachStep } from './at-terminal.ts';
import { notaryKeyList, putFile, secret } from './keystore-tools.ts';

const content = createHash('sha256').update('an image').digest('hex');
const certificate = (key: string): readonly string[] => ['key', 'certificate', key, '--name', 'jeff'];

describeWithPeers('the key commands', ['docker', 'notary', 'notary-server', 'openssl'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    return { scope, computer: () => makeWorkstation(scope, { notary }) };
  });

  const names = { next: 0 };
  /** A computer whose owner made a repository with one signer and one signed tag. */
  async function owner(): Promise<{ computer: Workstation; gun: string; jeff: string; root: string }> {
    names.next += 1;
    const gun = `registry.example.test:5000/keys/app-${names.next}`;
    const computer = await lab().computer();
    await computer.must.trustdesk(['key', 'generate', 'jeff']);
    await computer.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', gun]);
    await sign(computer, gun, '1.0');
    const keys = await notaryKeyList(computer);
    const idOf = (role: string): string => keys.find((key) => key.role === role)?.id ?? '';
    return { computer, gun, jeff: idOf('jeff'), root: idOf('root') };
  }

  const sign = (
    computer: Workstation,
    gun: string,
    tag: string,
    env: Readonly<Record<string, string>> = {},
  ) => {
    const target = [
      'addhash',
      gun,
      tag,
      '1234',
      '--sha256',
      content,
      '-r',
      'targets/jeff,targets/releases',
      '-p',
    ];
    return computer.must.notary(target, { env });
  };

  async function signers(computer: Workstation, gun: string): Promise<readonly string[]> {
    const { stdout } = await computer.must.docker(['trust', 'inspect', gun]);
    const [inspection] = JSON.parse(stdout) as [{ Signers: { Name: string }[] | null }];
    return (inspection.Signers ?? []).map(({ Name }) => Name).sort();
  }

  async function tags(computer: Workstation, gun: string): Promise<readonly string[]> {
    const { stdout } = await computer.must.docker(['trust', 'inspect', gun]);
    const [inspection] = JSON.parse(stdout) as [{ SignedTags: { SignedTag: string }[] }];
    return inspection.SignedTags.map(({ SignedTag }) => SignedTag).sort();
  }

  test('a bundle is byte for byte notary’s, and signs elsewhere in either direction', async () => {
    const { computer, gun, jeff } = await owner();
    const ours = await computer.must.trustdesk(['key', 'export']);
    const theirs = await computer.must.notary(['key', 'export']);
    expect(ours.stdout).toBe(theirs.stdout);
    const one = await computer.must.trustdesk(['key', 'export', '--key', jeff.slice(0, 7)]);
    expect(one.stdout).toBe((await computer.must.notary(['key', 'export', '--key', jeff])).stdout);
    const ofGun = await computer.must.trustdesk(['key', 'export', '--gun', gun]);
    expect(ofGun.stdout).toBe((await computer.must.notary(['key', 'export', '--gun', gun])).stdout);

    const [a, b] = [await lab().computer(), await lab().computer()];
    await a.must.trustdesk(['key', 'import', await putFile(a, 'bundle.pem', theirs.stdout)]);
    await b.must.notary(['key', 'import', await putFile(b, 'bundle.pem', ours.stdout)]);
    expect(await notaryKeyList(a)).toEqual(await notaryKeyList(computer));
    expect(await notaryKeyList(b)).toEqual(await notaryKeyList(computer));
    await sign(a, gun, '2.0');
    await sign(b, gun, '3.0');
    expect(await tags(computer, gun)).toEqual(['1.0', '2.0', '3.0']);
  });

  test('one key as its file is loaded by notary; PKCS#8 and the public half are read by openssl', async () => {
    const { computer, jeff } = await owner();
    await computer.must.trustdesk(['key', 'export', '--key', jeff, '--modern', '-o', 'modern.pem']);
    expect((await stat(join(computer.home, 'modern.pem'))).mode & 0o777).toBe(0o600);
    const file = join(computer.home, 'modern.pem');
    const passin = ['-passin', `pass:${repositoryPassphrase}`];
    const derived = await mustRun('openssl', ['pkey', '-in', file, ...passin, '-pubout']);
    const exported = await computer.must.trustdesk(['key', 'export', '--key', jeff, '--public']);
    const body = (pem: string): string => pem.replace(/-----.*-----|role: .*|\s/g, '');
    expect(body(exported.stdout)).toBe(body(derived.stdout));
    expect(exported.stdout).toBe(await readFile(join(computer.home, 'jeff.pub'), 'utf8'));
    // What openssl wrote comes back in, as the same key.
    const elsewhere = await lab().computer();
    const again = await putFile(elsewhere, 'again.pem', await readFile(file));
    await elsewhere.must.trustdesk(['key', 'import', again, '-r', 'jeff']);
    expect((await notaryKeyList(elsewhere)).map(({ id }) => id)).toEqual([jeff]);
  });

  test('keys of openssl in PKCS#12 and encrypted PEM sign with notary once imported', async () => {
    const { computer, gun } = await owner();
    const [key, p12, crt] = ['k.pem', 'k.p12', 'k.crt'].map((name) => join(computer.home, name));
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-keyout',
      key!,
      '-out',
      crt!,
      '-subj',
      '/CN=ops',
    ];
    await mustRun('openssl', [...request, '-passout', `pass:${repositoryPassphrase}`]);
    const pass = ['-passin', `pass:${repositoryPassphrase}`, '-passout', `pass:${repositoryPassphrase}`];
    await mustRun('openssl', ['pkcs12', '-export', '-inkey', key!, '-in', crt!, '-out', p12!, ...pass]);
    await mustRun('chmod', ['600', key!, p12!]);
    await computer.must.trustdesk(['key', 'import', p12!, '-r', 'ops']);
    const again = await computer.trustdesk(['key', 'import', key!, '-r', 'ops']);
    expect(again.stderr).toContain('it is here already');
    await computer.must.trustdesk(['signer', 'add', '--key', crt!, 'ops', gun]);
    await computer.must.notary(['addhash', gun, '2.0', '99', '--sha256', content, '-r', 'targets/ops', '-p']);
    expect(await signers(computer, gun)).toEqual(['jeff', 'ops']);
  });

  test('the backup that docker documents, made by tar, is imported', async () => {
    const { computer, gun } = await owner();
    const archive = join(computer.home, 'private_keys_backup.tar.gz');
    const folder = join(computer.trustDirectory, 'private');
    await mustRun('sh', ['-c', `umask 077; tar -zcf ${archive} ${folder} 2>/dev/null`]);
    const elsewhere = await lab().computer();
    await elsewhere.must.trustdesk(['key', 'import', archive]);
    expect(await notaryKeyList(elsewhere)).toEqual(await notaryKeyList(computer));
    await sign(elsewhere, gun, '2.0');
  });

  test('with another passphrase, notary opens a key with that one only', async () => {
    const { computer, gun, jeff } = await owner();
    const env = { TRUSTDESK_NEW_PASSPHRASE: 'quite another one' };
    await computer.must.trustdesk(['key', 'passwd', jeff], { env });
    const target = ['addhash', gun, '2.0', '9', '--sha256', content, '-r', 'targets/jeff', '-p'];
    expect((await computer.notary(target)).status).not.toBe(0);
    await computer.must.notary(['reset', gun, '--all']);
    await sign(computer, gun, '2.0', { NOTARY_DELEGATION_PASSPHRASE: 'quite another one' });
    expect(await tags(computer, gun)).toEqual(['1.0', '2.0']);
    // And the other way round: what notary wrote opens here.
    await computer.must.notary(['key', 'passwd', jeff], {
      env: { NOTARY_DELEGATION_PASSPHRASE: 'quite another one' },
    });
    const stored = await findKey(computer.trustDirectory, jeff);
    expect((await openKey(stored, secret('quite another one'))).id).toBe(jeff);
  });

  test('a made-up passphrase is on the terminal and nowhere else', async () => {
    const { computer, jeff } = await owner();
    const ran = await atTerminal(
      computer,
      ['key', 'passwd', jeff, '--generate', 'words'],
      [
        { after: 'Enter passphrase for jeff', type: 'not this one' },
        { after: 'Please retry', type: repositoryPassphrase },
        { after: 'Type it to go on', type: { generated: true } },
      ],
      [repositoryPassphrase, 'not this one'],
    );
    expect(ran, ran.stderr).toMatchObject({ status: 0, leaks: [] });
    const made = ran.generated ?? '';
    expect(made.split('-')).toHaveLength(7);
    const log = await readFile(join(computer.trustdeskHome, 'activity.jsonl'), 'utf8');
    for (const text of [ran.stdout, ran.stderr, log]) {
      for (const one of [made, repositoryPassphrase, 'not this one']) expect(text).not.toContain(one);
    }
    // Shown once, on a screen that is gone afterwards; never echoed.
    expect(ran.shown.split(made)).toHaveLength(2);
    expect(ran.shown).not.toContain(repositoryPassphrase);
    expect(ran.shown.indexOf('\u001b[?1049h')).toBeLessThan(ran.shown.indexOf(made));
    expect(ran.shown.indexOf('\u001b[?1049l')).toBeGreaterThan(ran.shown.indexOf(made));
    const stored = await findKey(computer.trustDirectory, jeff);
    expect((await openKey(stored, secret(made))).id).toBe(jeff);
  });

  test.each([
    ['P-256', (_: Workstation, jeff: string) => Promise.resolve(jeff)],
    [
      'RSA',
      async (computer: Workstation) => {
        const file = join(computer.home, 'rsa.pem');
        await mustRun('openssl', ['genrsa', '-out', file, '2048']);
        await mustRun('chmod', ['600', file]);
        await computer.must.trustdesk(['key', 'import', file, '-r', 'jeff']);
        return (await notaryKeyList(computer)).filter(({ role }) => role === 'jeff').at(-1)?.id ?? '';
      },
    ],
  ])(
    'a self-signed certificate of a %s key is accepted by docker, notary and openssl',
    async (_, makeKey) => {
      const { computer, gun, jeff } = await owner();
      const key = await makeKey(computer, jeff);
      await computer.must.trustdesk([...certificate(key), '-o', 'jeff.crt']);
      const file = join(computer.home, 'jeff.crt');
      await mustRun('openssl', ['verify', '-check_ss_sig', '-CAfile', file, file]);
      const added = await computer.must.docker(['trust', 'signer', 'add', '--key', file, 'kim', gun]);
      expect(added.stdout + added.stderr).toContain('Successfully added signer: kim');
      await computer.must.notary(['delegation', 'add', gun, 'targets/lee', file, '--all-paths', '-p']);
      expect(await signers(computer, gun)).toEqual(['jeff', 'kim', 'lee']);
      await computer.must.notary([
        'addhash',
        gun,
        '2.0',
        '9',
        '--sha256',
        content,
        '-r',
        'targets/lee',
        '-p',
      ]);
    },
  );

  test('a certificate request is signed by an authority of openssl, and docker takes the certificate', async () => {
    const { computer, gun, jeff } = await owner();
    const at = (name: string): string => join(computer.home, name);
    await computer.must.trustdesk([
      'key',
      'certificate-request',
      jeff,
      '--name',
      'Jeff',
      '--organization',
      'Acme',
      '-o',
      'jeff.csr',
    ]);
    const seen = await mustRun('openssl', ['req', '-in', at('jeff.csr'), '-noout', '-verify', '-subject']);
    expect(seen.stdout).toMatch(/O ?= ?Acme, CN ?= ?Jeff/);
    const ca = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      at('ca.key'),
      '-out',
      at('ca.crt'),
      '-subj',
      '/CN=Acme CA',
    ];
    await mustRun('openssl', ca);
    const issue = ['x509', '-req', '-sha256', '-days', '365', '-in', at('jeff.csr'), '-out', at('jeff.crt')];
    await mustRun('openssl', [...issue, '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial']);
    await mustRun('openssl', ['verify', '-CAfile', at('ca.crt'), at('jeff.crt')]);
    await computer.must.docker(['trust', 'signer', 'add', '--key', at('jeff.crt'), 'kim', gun]);
    await computer.must.notary(['addhash', gun, '2.0', '9', '--sha256', content, '-r', 'targets/kim', '-p']);
  });

  test('removing says what can no longer be done, and by whom it still can', async () => {
    const { computer, gun, root, jeff } = await owner();
    const last = await computer.must.trustdesk(['key', 'remove', root, '--dry-run']);
    expect(last.stdout).toContain(`${gun}: its keys can be changed (root) by nobody any more\n`);
    const lone = await computer.must.trustdesk(['key', 'remove', jeff, '--dry-run']);
    const until = 'until the repository key here puts another in its place';
    expect(lone.stdout).toContain(`${gun}: targets/jeff can be signed by nobody any more, ${until}\n`);
    expect(lone.stdout).not.toContain('targets/releases');
    await computer.must.trustdesk(['key', 'generate', 'kim']);
    await computer.must.trustdesk(['signer', 'add', '--key', 'kim.pub', 'jeff', gun]);
    const one = await computer.must.trustdesk(['key', 'remove', jeff, '--dry-run']);
    expect(one.stdout).toMatch(/targets\/jeff can be signed here still, with [0-9a-f]{7}/);
    const kim = (await notaryKeyList(computer)).find(({ role }) => role === 'kim')?.id ?? '';
    await rm(join(computer.trustDirectory, 'private', `${kim}.key`));
    const other = await computer.must.trustdesk(['key', 'remove', jeff, '--json', '-y']);
    const { impact, removed } = JSON.parse(other.stdout) as {
      impact: { role: string; effect: string }[];
      removed: boolean;
    };
    expect(removed).toBe(true);
    expect(impact).toContainEqual(
      expect.objectContaining({ role: 'targets/jeff', effect: 'others-must-sign' }),
    );
    expect((await notaryKeyList(computer)).map(({ id }) => id)).not.toContain(jeff);
  });

  test('an unreachable server: what was read last counts, and that is said', async () => {
    const { computer, gun, root } = await owner();
    const env = { DOCKER_CONTENT_TRUST_SERVER: 'https://127.0.0.1:9' };
    await putFile(computer, '.notary/config.json', '{}');
    const words = ['key', 'remove', root, '--dry-run', '-d', computer.trustDirectory];
    const { stdout } = await computer.must.trustdesk(words, { env });
    expect(stdout).toContain(`${gun}: its keys can be changed (root) by nobody any more`);
    expect(stdout).toMatch(new RegExp(`Not known for sure:\\n {2}${gun}: this is how it was on 20\\d\\d-`));
    const lost = await computer.must.trustdesk(['key', 'lost'], { env });
    expect(lost.stderr).toContain(`Warning: ${gun}: this is how it was on`);
  });

  test('a lost repository key is rotated by the very command that is advised', async () => {
    const { computer, gun } = await owner();
    const targets = (await notaryKeyList(computer)).find(({ role }) => role === 'targets')?.id ?? '';
    await rm(join(computer.trustDirectory, 'private', `${targets}.key`));
    const { stdout } = await computer.must.trustdesk(['key', 'lost', gun]);
    expect(stdout).toContain('If the repository key is lost:');
    const [, words = ''] = /^ +trustdesk (key rotate .*)$/m.exec(stdout) ?? [];
    await computer.must.trustdesk([...words.split(' '), '-y']);
    const after = await computer.must.trustdesk(['key', 'lost', gun]);
    expect(after.stdout).toContain('Nothing is missing here.');
    const consumer = await lab().computer();
    expect(await tags(consumer, gun)).toEqual(['1.0']);
    expect((await consumer.must.trustdesk(['key', 'lost'])).stdout).toContain(
      'None of its keys is or was here',
    );
    await sign(computer, gun, '2.0');
    expect(await tags(await lab().computer(), gun)).toEqual(['1.0', '2.0']);
  });

  test('a lost key of a signer is replaced by the commands that are advised', async () => {
    const { computer, gun, jeff } = await owner();
    await rm(join(computer.trustDirectory, 'private', `${jeff}.key`));
    await rm(join(computer.home, 'jeff.pub'));
    const { stdout } = await computer.must.trustdesk(['key', 'lost', jeff.slice(0, 7)]);
    expect(stdout).toContain('If the key of jeff is lost:');
    const advised = [...stdout.matchAll(/^ +trustdesk (.*?)(?: {3,}.*)?$/gm)].map(([, words = '']) =>
      words.trim().split(' '),
    );
    expect(advised.map(([first, second]) => `${first ?? ''} ${second ?? ''}`)).toEqual([
      'key generate',
      'signer remove',
      'signer add',
    ]);
    for (const words of advised)
      await computer.must.trustdesk(words[1] === 'remove' ? [...words, '-f'] : words);
    // The old file of jeff is still on the server: notary starts at version 1 and is refused, Trustdesk goes on from it.
    const first = ['sign', `${gun}:2.0`, '--digest', `sha256:${content}`, '--size', '1234'];
    await computer.must.trustdesk(first);
    await sign(computer, gun, '3.0');
    expect(await tags(computer, gun)).toEqual(['2.0', '3.0']);
  });

  test('a lost root key: what goes on until when, and starting over as advised, seen by a consumer', async () => {
    const { computer, gun, root } = await owner();
    const consumer = await lab().computer();
    expect(await tags(consumer, gun)).toEqual(['1.0']);
    await rm(join(computer.trustDirectory, 'private', `${root}.key`));
    const { stdout } = await computer.must.trustdesk(['key', 'lost', gun]);
    expect(stdout).toMatch(/go on as before until the root expires on 20\d\d-\d\d-\d\d/);
    await sign(computer, gun, '2.0');

    const step = (pattern: RegExp): string[] => (pattern.exec(stdout)?.[1] ?? '').split(' ');
    const list = await computer.must.trustdesk(step(/trustdesk (list \S+)$/m));
    expect(list.stdout).toContain('2.0');
    await computer.must.trustdesk([...step(/trustdesk (delete \S+)$/m), '-y']);
    await computer.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', '--root-key', 'new', 'jeff', gun]);
    await sign(computer, gun, '1.0');

    const [, words = 'none'] = /"(failed to validate [^"]+)"/.exec(stdout) ?? [];
    const refused = await consumer.notary(['list', gun]);
    expect([refused.status, refused.stdout + refused.stderr]).toEqual([1, expect.stringContaining(words)]);
    expect((await consumer.docker(['trust', 'inspect', gun])).status).not.toBe(0);
    const [, forget = ''] = /rm -r ~\/\.docker\/(\S+)/.exec(stdout) ?? [];
    await rm(join(consumer.dockerConfig, forget), { recursive: true });
    expect(await tags(consumer, gun)).toEqual(['1.0']);
  });

  test('a name that no server knows is a failure, not advice', async () => {
    const computer = await lab().computer();
    const missing = await computer.trustdesk(['key', 'lost', 'registry.example.test:5000/keys/none']);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('does not have trust data');
    expect((await computer.must.trustdesk(['key', 'lost'])).stdout).toContain('No repository is known');
  });

  test('killed at each step of changing passphrases: every key has the old one or the new one', async () => {
    const { computer, jeff } = await owner();
    const ids = (await notaryKeyList(computer)).filter(({ role }) => role !== 'root').map(({ id }) => id);
    const [old, next] = [repositoryPassphrase, 'the new passphrase'];
    const opening = async (id: string, text: string) => {
      const stored = await findKey(computer.trustDirectory, id);
      return openKey(stored, secret(text)).catch(() => undefined);
    };
    const env = { ...computer.environment, TRUSTDESK_NEW_PASSPHRASE: next };
    const words = ['key', 'passwd', jeff, '--all-sharing'];
    const kills = await killedAtEachStep(words, { env, cwd: computer.home }, async () => {
      for (const id of ids) {
        const opened = (await Promise.all([opening(id, old), opening(id, next)])).filter(
          (key) => key !== undefined,
        );
        expect(opened.map((key) => key.id)).toEqual([id]);
        const { mode } = await stat(join(computer.trustDirectory, 'private', `${id}.key`));
        expect(mode & 0o777).toBe(0o600);
      }
      // Back to where it began, so that every step is one of the same change.
      const back = { DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: next, TRUSTDESK_NEW_PASSPHRASE: old };
      for (const id of ids) {
        if ((await opening(id, next)) !== undefined)
          await computer.must.trustdesk(['key', 'passwd', id], { env: back });
      }
    });
    expect(kills).toBeGreaterThanOrEqual(ids.length * 3);
  });

  test('killed at each step of an import: a key is there whole, or not at all', async () => {
    const { computer } = await owner();
    const bundle = await putFile(
      computer,
      'all.pem',
      (await computer.must.trustdesk(['key', 'export'])).stdout,
    );
    const before = await notaryKeyList(computer);
    const options = { env: { ...computer.environment }, cwd: computer.home };
    const folder = join(computer.trustDirectory, 'private');
    await rm(folder, { recursive: true });
    const kills = await killedAtEachStep(['key', 'import', bundle], options, async () => {
      for (const row of await notaryKeyList(computer)) {
        expect(before).toContainEqual(row);
        const { stdout } = await computer.must.notary(['key', 'export', '--key', row.id]);
        expect(await readFile(bundle, 'utf8')).toContain(stdout);
      }
      await rm(folder, { recursive: true, force: true });
    });
    expect(kills).toBeGreaterThanOrEqual(before.length * 3);
  });
});
