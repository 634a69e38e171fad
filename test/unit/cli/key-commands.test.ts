/** Keys brought in, taken out, protected, certified and removed from the command line. */
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { findKey, storeKey } from '../../../electron/keystore/store-key.ts';
import { signsANonce } from '../../../electron/keystore/usable-key.ts';
import { dockerTrust, readVector, repositoryPassphrase, rootPassphrase } from '../keystore/vectors.ts';
import { generated, jeffId, rootId, rsaId, targetsId, useKeyLab } from './key-lab.ts';

const lab = useKeyLab();
const repository = { DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: repositoryPassphrase };
const fixtures = join(import.meta.dirname, '../keystore/fixtures');

async function opens(id: string, passphrase: string): Promise<boolean> {
  const key = await openKey(await findKey(lab.trust, id), SecretBytes.fromText(passphrase)).catch(
    () => undefined,
  );
  return key !== undefined && signsANonce(key);
}

const activity = (): readonly string[] =>
  existsSync(lab.at('trustdesk/activity.jsonl'))
    ? lab
        .read('trustdesk/activity.jsonl')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { what: string }).what)
    : [];

describe('key import', () => {
  it('takes a bundle of notary as it is: nothing is asked, the bytes stay', async () => {
    const text = readVector('key-formats', 'notary-export-bundle.pem').toString();
    const bundle = lab.put('bundle.pem', text);
    const before = lab.keys();
    const { stdout } = await lab.must(['key', 'import', bundle]);
    const fresh = lab.keys().filter((id) => !before.includes(id));
    expect(fresh).toHaveLength(6);
    for (const id of fresh) {
      expect(stdout).toContain(`Imported ${id} (role `);
      expect(lab.mode('.docker/trust/private', `${id}.key`)).toBe(0o600);
      const [, body = 'none'] = lab.read('.docker/trust/private', `${id}.key`).split('\n\n');
      expect(text).toContain(body);
    }
    expect(activity()).toEqual(Array(6).fill('key-imported'));
  });

  it('says what is here already, and is content when it is the same', async () => {
    const bundle = lab.put('bundle.pem', (await lab.must(['key', 'export'])).stdout);
    const { stdout } = await lab.must(['key', 'import', bundle]);
    expect(stdout).toContain(`Already here: ${rootId} (role root)`);
    expect(stdout).not.toContain('Imported');
  });

  it('keeps a key that is here under another passphrase, until it is named', async () => {
    const bundle = lab.put('bundle.pem', (await lab.must(['key', 'export', '--key', jeffId])).stdout);
    await lab.must(['key', 'passwd', jeffId], {
      env: { ...repository, TRUSTDESK_NEW_PASSPHRASE: 'another one altogether' },
    });
    const kept = await lab.run(['key', 'import', bundle]);
    expect(kept).toMatchObject({ exitCode: 1, stdout: '' });
    expect(kept.stderr).toContain(`--replace ${jeffId.slice(0, 7)}`);
    expect(await opens(jeffId, 'another one altogether')).toBe(true);
    const replace = ['key', 'import', bundle, '--replace', jeffId.slice(0, 7)];
    const newer = lab.read('.docker/trust/private', `${jeffId}.key`);
    // Nobody there, or not the name: nothing is exchanged.
    for (const input of ['', 'y\n', `${rootId.slice(0, 7)}\n`]) {
      const declined = await lab.run(replace, { input });
      expect(declined.exitCode).toBe(1);
      expect(declined.stdout).toContain(`Replace key ${jeffId.slice(0, 7)} (jeff), ID ${jeffId}`);
      expect(declined.stderr).toContain('-y replaces the keys that are named');
      expect(await opens(jeffId, 'another one altogether')).toBe(true);
    }
    await lab.must(replace, { input: `${jeffId.slice(0, 7)}\n` });
    expect(await opens(jeffId, repositoryPassphrase)).toBe(true);
    const [aside = ''] = readdirSync(lab.at('trustdesk/replaced-keys'));
    expect(aside.startsWith(jeffId)).toBe(true);
    expect(lab.read('trustdesk/replaced-keys', aside)).toBe(newer);
    expect(lab.mode('trustdesk/replaced-keys', aside)).toBe(0o600);
  });

  it.each<[string, () => Promise<string>]>([
    [
      'docker’s archive',
      async () => {
        await lab.must(['backup', 'write', lab.at('drive'), '--plain-tar', '--keys', jeffId]);
        return lab.at('drive/private_keys_backup.tar.gz');
      },
    ],
    [
      'a key that is opened',
      async () => {
        const words = ['key', 'export', '--key', jeffId, '--modern', '-o', lab.at('open.p8')];
        const env = { ...repository, TRUSTDESK_NEW_PASSPHRASE: repositoryPassphrase };
        await lab.must(words, { env });
        return lab.at('open.p8');
      },
    ],
  ])('asks before %s replaces a key; -y is the answer in scripts', async (_, prepare) => {
    const file = await prepare();
    const env = { ...repository, TRUSTDESK_NEW_PASSPHRASE: 'another one altogether' };
    await lab.must(['key', 'passwd', jeffId], { env });
    const words = ['key', 'import', file, '-r', 'jeff', '--replace', jeffId];
    const declined = await lab.run(words, { env: repository });
    expect(declined.exitCode).toBe(1);
    expect(await opens(jeffId, 'another one altogether')).toBe(true);
    await lab.must([...words, '-y'], { env: repository });
    expect(await opens(jeffId, repositoryPassphrase)).toBe(true);
    expect(readdirSync(lab.at('trustdesk/replaced-keys'))).toHaveLength(1);
  });

  it.each([
    ['PKCS#8', join(dockerTrust, 'key-formats/p384.pem'), undefined],
    ['encrypted PKCS#8 of openssl', join(fixtures, 'scrypt.pem'), 'pass'],
    ['RFC 1423', join(fixtures, 'des-cbc.pem'), 'pass'],
    ['PKCS#12', join(fixtures, 'modern.p12'), 'pass'],
    ['old PKCS#12', join(fixtures, 'legacy.p12'), 'pass'],
    ['RSA', join(dockerTrust, 'key-formats/rsa2048.pem'), undefined],
  ])('stores %s under a new passphrase that is typed twice', async (_, file, passphrase) => {
    const before = lab.keys();
    const mine = lab.put('mine.key', readFileSync(file));
    const fresh = 'a new passphrase for it';
    const answers = [...(passphrase === undefined ? [] : ['wrong one', passphrase]), fresh, fresh];
    const { tty, stdout } = await lab.must(['key', 'import', mine, '-r', 'kim'], { answers });
    expect(tty).toMatch(/Strength: \w+ \(\d of 4\)/);
    expect(tty).toMatch(/Repeat passphrase for new kim key with ID [0-9a-f]{7}: /);
    const [id = ''] = lab.keys().filter((each) => !before.includes(each));
    expect(stdout).toBe(`Imported ${id} (role kim) from ${mine}\n`);
    expect(await opens(id, fresh)).toBe(true);
  });

  it('reads the backup that docker documents', async () => {
    const archive = lab.at('drive/private_keys_backup.tar.gz');
    await lab.must(['backup', 'write', lab.at('drive'), '--plain-tar']);
    for (const id of lab.keys()) rmSync(lab.keyFile(id));
    const { stdout } = await lab.must(['key', 'import', archive]);
    expect(stdout.match(/^Imported/gm)).toHaveLength(7);
    expect(await opens(rootId, rootPassphrase)).toBe(true);
  });

  it('goes on after a bad file, says why, and fails', async () => {
    const bundle = lab.put('bundle.pem', (await lab.must(['key', 'export'])).stdout);
    const open = lab.put('open.pem', readVector('key-formats', 'p384.pem'), 0o644);
    const text = lab.put('text.pem', 'hello');
    const words = ['key', 'import', open, text, 'none', lab.at('drive'), bundle];
    const { exitCode, stdout, stderr } = await lab.run(words);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('it is no regular file');
    expect(stdout).toContain('Already here');
    expect(stderr).toContain('chmod 600');
    expect(stderr).toContain('it is neither PEM nor DER');
    expect(stderr).toContain('there is no such file or folder');
  });

  it('a rehearsal asks nobody and writes nothing', async () => {
    const before = lab.keys();
    const mine = lab.put('mine.p12', readFileSync(join(fixtures, 'modern.p12')));
    const { stdout } = await lab.must(['key', 'import', mine, '--dry-run']);
    expect(stdout).toMatch(/^Would import a key whose ID shows when it is opened/);
    expect(lab.keys()).toEqual(before);
    expect(activity()).toEqual([]);
  });

  it('without a terminal it names the variables', async () => {
    const mine = lab.put('mine.pem', readVector('key-formats', 'p384.pem'));
    const { exitCode, stderr } = await lab.run(['key', 'import', mine]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE');
    const done = await lab.must(['key', 'import', mine], { env: repository });
    expect(done.tty).toBe('');
  });

  it('speaks JSON', async () => {
    const bundle = lab.put('bundle.pem', (await lab.must(['key', 'export'])).stdout);
    const { stdout } = await lab.must(['key', 'import', bundle, '--json']);
    expect(
      (JSON.parse(stdout) as { outcome: string }[]).every(({ outcome }) => outcome === 'identical'),
    ).toBe(true);
  });
});

describe('key export', () => {
  it('writes 0600, never over a file', async () => {
    await lab.must(['key', 'export', '-o', 'all.pem']);
    expect(lab.mode('all.pem')).toBe(0o600);
    expect(lab.read('all.pem').match(/^path: /gm)).toHaveLength(7);
    const again = await lab.run(['key', 'export', '--key', jeffId, '-o', 'all.pem']);
    expect(again.stdout).toContain('all.pem already exists');
    expect(lab.read('all.pem').match(/^path: /gm)).toHaveLength(7);
  });

  it('chooses by ID, by the beginning of one, and by repository', async () => {
    const byId = await lab.must(['key', 'export', '--key', jeffId.slice(0, 7), '--key', rootId]);
    expect(byId.stdout.match(/^path: .*/gm)).toEqual([`path: ${rootId}`, `path: ${jeffId}`]);
    const { keys } = await listKeys(lab.trust);
    const gun = keys.find(({ id }) => id === targetsId)?.gun ?? '';
    const byGun = await lab.must(['key', 'export', '--gun', gun]);
    const ofGun = keys.filter((key) => key.gun === gun).map(({ id }) => `path: ${id}`);
    expect([...(byGun.stdout.match(/^path: .*/gm) ?? [])].sort()).toEqual(ofGun.sort());
  });

  it.each([
    [['--key', 'xyz'], 'invalid key ID provided: xyz'],
    [['--key', 'ffffff'], 'Key ffffff is not here'],
    [['--gun', 'no/such'], 'No key here belongs to no/such'],
    [
      ['--key', jeffId, '--gun', 'a/b'],
      'Only the --gun or --key flag may be provided, not a mix of the two flags',
    ],
    [['--single'], '--single takes one key'],
    [['--modern', '--public', '--key', jeffId], 'Only one of --modern and --public'],
  ])('refuses %j', async (options, words) => {
    const { exitCode, stdout } = await lab.run(['key', 'export', ...options]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`* fatal: ${words}`);
  });

  it('has nothing to write where there is no key', async () => {
    for (const id of lab.keys()) rmSync(lab.keyFile(id));
    const { exitCode, stdout } = await lab.run(['key', 'export', '-o', 'none.pem']);
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('there is no key here to export')]);
    expect(existsSync(lab.at('none.pem'))).toBe(false);
  });

  it('writes the file of one key, its PKCS#8, and its public half', async () => {
    await lab.must(['key', 'export', '--key', jeffId, '--single', '-o', 'jeff.key']);
    expect(lab.read('jeff.key')).toBe(readFileSync(lab.keyFile(jeffId), 'utf8'));
    await lab.must(['key', 'export', '--key', jeffId, '--modern', '-o', 'modern.pem'], { env: repository });
    expect(lab.read('modern.pem')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\nM/);
    const { stdout } = await lab.must(['key', 'export', '--key', jeffId, '--public'], {
      answers: ['nope', repositoryPassphrase],
    });
    expect(stdout).toBe(readVector('signer-files', 'jeff.pub').toString());
  });

  it('warns of a key that has no passphrase', async () => {
    const bare = await generateKey();
    await storeKey(lab.trust, bare, { role: 'kim' }, SecretBytes.fromText(''));
    const { stderr } = await lab.must(['key', 'export']);
    expect(stderr).toMatch(new RegExp(`^Warning: key ${bare.id.slice(0, 7)} \\(kim\\) has no passphrase`));
    await lab.must(['key', 'passwd', bare.id], { env: { TRUSTDESK_NEW_PASSPHRASE: 'from now on it has' } });
    expect((await lab.must(['key', 'export'])).stderr).toBe('');
  });
});

describe('key passwd', () => {
  it('asks for the old one and twice for the new one', async () => {
    const answers = [
      repositoryPassphrase,
      'short',
      'a much longer one',
      'something else',
      'a much longer one',
      'a much longer one',
    ];
    const { stdout, tty } = await lab.must(['key', 'passwd', jeffId.slice(0, 6)], { answers });
    expect(stdout).toBe(`\nSuccessfully updated passphrase for key ID: ${jeffId}\n`);
    expect(tty).toContain('Passphrase is too short');
    expect(tty).toContain('Passphrases do not match');
    expect(await opens(jeffId, 'a much longer one')).toBe(true);
    expect(lab.mode('.docker/trust/private', `${jeffId}.key`)).toBe(0o600);
  });

  it('changes all that share the old one, and names the others', async () => {
    const env = { ...repository, TRUSTDESK_NEW_PASSPHRASE: 'one for all of them' };
    const { stdout } = await lab.must(['key', 'passwd', jeffId, '--all-sharing'], { env });
    expect(stdout.match(/Successfully updated/g)).toHaveLength(5);
    expect(stdout).toContain(`Left as it is, for it has another passphrase: ${rootId}`);
    expect(await opens(targetsId, 'one for all of them')).toBe(true);
    expect(await opens(rootId, rootPassphrase)).toBe(true);
  });

  it.each(['words', 'characters'])(
    'makes up %s, shows them on the terminal only, and has them typed',
    async (kind) => {
      let made = '';
      const typed = (shown: string): string => (made = generated(shown));
      const ran = await lab.must(['key', 'passwd', jeffId, '--generate', kind], {
        answers: [repositoryPassphrase, 'not this', typed],
      });
      expect(ran.tty).toMatch(/\((77|116) bits, chosen at random\)/);
      expect(await opens(jeffId, made)).toBe(true);
      expect(ran.stdout + ran.stderr).not.toContain(made);
      expect(lab.read('trustdesk/activity.jsonl')).not.toContain(made);
    },
  );

  it('keeps the old one when the new one is not typed back', async () => {
    const { exitCode } = await lab.run(['key', 'passwd', jeffId, '--generate', 'words'], {
      answers: [repositoryPassphrase, 'a', 'b', 'c', 'd'],
    });
    expect(exitCode).toBe(1);
    expect(await opens(jeffId, repositoryPassphrase)).toBe(true);
  });

  it('gives up after four wrong tries; a script is told which variable was wrong', async () => {
    const wrong = ['a', 'b', 'c', 'd'];
    const typed = await lab.run(['key', 'passwd', jeffId], { answers: wrong });
    expect(typed.stdout).toContain(`The passphrase does not open key ${jeffId}`);
    const scripted = await lab.run(['key', 'passwd', jeffId], {
      env: {
        DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'wrong',
        TRUSTDESK_NEW_PASSPHRASE: 'whatever it is',
      },
    });
    expect(scripted.stderr).toContain('into DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE');
    const none = await lab.run(['key', 'passwd', jeffId], { env: repository });
    expect(none.stderr).toContain('TRUSTDESK_NEW_PASSPHRASE');
    const short = await lab.run(['key', 'passwd', jeffId], {
      env: { ...repository, TRUSTDESK_NEW_PASSPHRASE: 'short' },
    });
    expect(short.stdout).toContain('Passphrase is too short');
    expect(await opens(jeffId, repositoryPassphrase)).toBe(true);
  });
});

describe('key remove', () => {
  it('asks as notary does; declining leaves the key', async () => {
    const no = await lab.must(['key', 'remove', jeffId.slice(0, 7)], { input: 'no\n' });
    expect(no.stdout).toContain(
      `Are you sure you want to remove ${jeffId} (role jeff) from ${lab.trust}/private?  (yes/no)  \nAborting action.\n`,
    );
    expect(no.stdout).toContain('No backup of it is known here: when it is removed, it is gone.');
    expect(lab.keys()).toContain(jeffId);
    const yes = await lab.must(['key', 'remove', jeffId], { input: 'yes\n' });
    expect(yes.stdout).toContain(`\nDeleted ${jeffId} (role jeff) from ${lab.trust}/private.\n`);
    expect(lab.keys()).not.toContain(jeffId);
    expect(activity()).toEqual(['key-removed']);
  });

  it('-y and -f ask nothing, --dry-run does nothing, --json prints nothing else', async () => {
    await lab.must(['key', 'remove', jeffId, '--dry-run']);
    expect(lab.keys()).toContain(jeffId);
    const { stdout } = await lab.must(['key', 'remove', jeffId, '-f', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      key: { id: jeffId, role: 'jeff' },
      impact: [],
      removed: true,
    });
    await lab.must(['key', 'remove', rsaId, '-y']);
    expect(lab.keys()).toHaveLength(5);
  });

  it('refuses an ID that no key has', async () => {
    const { exitCode, stdout } = await lab.run(['key', 'remove', 'ffffffff', '-y']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('* fatal: Key ffffffff is not here');
  });
});

describe('doctor', () => {
  it("examines the server of notary's option, and the folder of its configuration", async () => {
    const target = 'localhost:1/acme/app';
    const config = lab.put('notary.json', '{"remote_server":{"url":"https://127.0.0.1:7"}}');
    const serverOf = async (...words: readonly string[]) => {
      const { stdout, exitCode } = await lab.run(['doctor', '--json', ...words, target]);
      expect(exitCode).toBe(1);
      const { steps } = JSON.parse(stdout) as { steps: { id: string; found: string }[] };
      return steps.find(({ id }) => id === 'server')?.found;
    };
    expect(await serverOf('-s', 'https://127.0.0.1:9')).toBe(
      'https://127.0.0.1:9: the option --server says so.',
    );
    expect(await serverOf('-c', config)).toBe("https://127.0.0.1:7: notary's configuration says so.");
    expect(await serverOf()).toBe('https://localhost:1: nothing else is configured for this registry.');
  });
});

describe('key lost', () => {
  it.each([
    ['zzz', 'docker.io/library/zzz'],
    ['570adcO', undefined],
    ['deadbee', 'docker.io/library/deadbee'],
    ['570adc1', 'docker.io/library/570adc1'],
  ])('says of %s what was looked for and what is there, and asks no server', async (word, whole) => {
    const { exitCode, stderr, stdout } = await lab.run(['key', 'lost', word]);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`No key ID that is known here begins with ${word}`);
    expect(stderr).toContain('570adc0 (jeff)');
    expect(stderr).toContain('Repositories: none.');
    if (whole !== undefined) expect(stderr).toContain(`have its server asked: ${whole}.`);
  });

  it('takes the beginning of an ID in either case, of a key that no repository names', async () => {
    for (const word of ['570a', jeffId.slice(0, 9).toUpperCase(), jeffId]) {
      const { stdout } = await lab.must(['key', 'lost', word]);
      expect(stdout).toContain(`No repository known here names key ${word.toLowerCase()}.`);
    }
  });
});

describe('key certificate', () => {
  it.each([
    ['P-256', jeffId],
    ['RSA 2048', rsaId],
  ])('is self-signed by a %s key for as long as asked', async (_, id) => {
    await lab.must(
      ['key', 'certificate', id, '--name', 'Jeff Smith', '--days', '400', '--country', 'at', '-o', 'c.crt'],
      {
        env: repository,
      },
    );
    const certificate = new X509Certificate(lab.read('c.crt'));
    expect(certificate.subject).toBe('C=AT\nCN=Jeff Smith');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(new Date(certificate.validTo).toISOString().slice(0, 10)).toBe('2027-12-29');
  });

  it('takes the name of the key for the file, and writes over nothing', async () => {
    await lab.must(['key', 'certificate-request', jeffId], { env: repository });
    expect(lab.read('jeff.csr')).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
    const again = await lab.run(['key', 'certificate-request', jeffId], { env: repository });
    expect(again.stdout).toContain('jeff.csr already exists');
  });

  it.each([
    [[rootId], 'certificates are made for keys of signers'],
    [[jeffId, '--days', '0'], 'invalid argument "0" for "--days" flag'],
    [[jeffId, '--country', 'Austria'], 'invalid argument "Austria" for "--country" flag'],
  ])('refuses %j before it asks anything', async (words, refusal) => {
    const { exitCode, stdout } = await lab.run(['key', 'certificate', ...words]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`* fatal: ${refusal}`);
  });
});

describe('key migrate', () => {
  it('moves old keys, leaves what it cannot read, and says both', async () => {
    const text = lab.read('.docker/trust/private', `${rootId}.key`);
    const [old, broken] = [`root_keys/${rootId}_root.key`, 'tuf_keys/a/b/broken.key'];
    rmSync(lab.keyFile(rootId));
    lab.put(join('.docker/trust/private', old), text);
    lab.put(join('.docker/trust/private', broken), 'not a key');
    const rehearsed = await lab.must(['key', 'migrate', '--dry-run']);
    expect(rehearsed.stdout).toMatch(/^Would move 400fbc8 \(root\) from .*root_keys.*\n$/);
    expect(lab.keys()).not.toContain(rootId);
    const { stdout } = await lab.must(['key', 'migrate']);
    expect(stdout).toMatch(/^Moved 400fbc8 \(root\)/);
    expect(stdout).toContain('Left, for it is no key that can be read');
    expect(lab.keys()).toContain(rootId);
    expect(await opens(rootId, rootPassphrase)).toBe(true);
    expect(lab.read('.docker/trust/private', broken)).toBe('not a key');
    expect((await lab.must(['key', 'migrate'])).stdout).toContain('No key is in an old folder.');
  });
});

describe('key export', () => {
  it('names a key file that it cannot read, and does not call that everything', async () => {
    lab.put('.docker/trust/private/odd.key', 'no key');
    const all = await lab.run(['key', 'export', '-o', 'all.pem']);
    expect(all.exitCode).toBe(1);
    expect(all.stderr).toMatch(/Warning: .*odd\.key is not in the export: the file holds no PEM block\n/);
    expect(lab.read('all.pem')).toContain(`path: ${rootId}`);
    await lab.must(['key', 'export', '--key', rootId, '-o', 'one.pem']);
  });
});

describe('key list', () => {
  it('names the folder of the sandbox’s keys on standard error, and leaves what notary prints as it is', async () => {
    const before = await lab.must(['key', 'list']);
    expect(before.stderr).toBe('');
    lab.put(
      `trustdesk/sandbox/trust/private/${jeffId}.key`,
      lab.read('.docker/trust/private', `${jeffId}.key`),
    );
    const folder = lab.at('trustdesk/sandbox/trust');
    const after = await lab.must(['key', 'list']);
    expect(after.stdout).toBe(before.stdout);
    expect(after.stderr).toBe(`The sandbox has one key of its own: trustdesk key list -d ${folder}\n`);
    const named = await lab.must(['key', 'list', '-d', folder]);
    expect([named.stdout.includes(jeffId), named.stdout.includes(rootId), named.stderr]).toEqual([
      true,
      false,
      '',
    ]);
  });
});

describe('key generate', () => {
  it('makes up a passphrase that is shown on the terminal only', async () => {
    const { stdout, stderr, tty } = await lab.must(['key', 'generate', 'root', '--generate', 'words'], {
      answers: [generated],
    });
    const [, made = ''] = /\n {4}(\S+)\n/.exec(tty) ?? [];
    expect(made.split('-')).toHaveLength(7);
    expect(stdout + stderr).not.toContain(made);
    expect(lab.keys()).toHaveLength(8);
    expect(lab.read('root.pub')).toContain('role: root');
    expect(stderr).toContain('Back it up before anything else: trustdesk backup write');
  });
});
