/** The backup commands between real drives and the real age, tar, docker and notary; every secret typed, none left. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadBackupRecords } from '../../electron/backup/backup-records.ts';
import { generateKey } from '../../electron/keystore/generate-key.ts';
import { SecretBytes } from '../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../electron/keystore/store-key.ts';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { canMountDrive, driveFileSystems, mountDrive } from '../lab/mounted-drive.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { peerPath } from '../lab/peers.ts';
import { useScope } from '../lab/use-scope.ts';
import {
  makeWorkstation,
  repositoryPassphrase,
  rootPassphrase,
  type Workstation,
} from '../lab/workstation.ts';
import { pluggedDrives } from '../lab/plugged-drives.ts';
import { atTerminal, killedAtEachStep, type Typed } from './at-terminal.ts';
import { notaryKeyList } from './keystore-tools.ts';

const content = createHash('sha256').update('an image').digest('hex');
const passphrase = 'three brown hens on a fence';
const typedBackup: Typed = { after: 'Enter passphrase for the backup', type: passphrase };
const mebibyte = 1024 * 1024;
/** Runs its arguments in a terminal and types a line of standard input whenever a passphrase is asked for. */
const inTerminal = `import os,pty,sys
pid,fd=pty.fork()
if pid==0: os.execvp(sys.argv[1],sys.argv[1:])
seen=b""
try:
  while True:
    got=os.read(fd,1024)
    if not got: break
    sys.stdout.buffer.write(got)
    seen+=got
    if b"assphrase" in seen and seen.rstrip().endswith(b":"):
      seen=b""
      os.write(fd,sys.stdin.readline().encode())
except OSError: pass
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid,0)[1]))`;

describeWithPeers('the backup commands', ['age', 'docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    return { scope, computer: () => makeWorkstation(scope, { notary }) };
  });

  const names = { next: 0 };
  /** A custodian with a repository, and two drives. */
  async function custodian(): Promise<{ computer: Workstation; gun: string; root: string }> {
    names.next += 1;
    const gun = `registry.example.test:5000/backups/app-${names.next}`;
    const computer = await lab().computer();
    await computer.must.trustdesk(['key', 'generate', 'jeff']);
    await computer.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', gun]);
    await sign(computer, gun, '1.0');
    // Two folders are one place, and the keys are beside them: these are sticks, as the list of drives says.
    const drives = await pluggedDrives({ folder: computer.home }, ['drive', 'other'], computer.home);
    await drives.plugIn('drive', 'other');
    Object.assign(computer.environment, { PATH: drives.path });
    const root = (await notaryKeyList(computer)).find(({ role }) => role === 'root')?.id ?? '';
    return { computer, gun, root };
  }

  const sign = (computer: Workstation, gun: string, tag: string) => {
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
    return computer.must.notary(target);
  };

  async function tags(computer: Workstation, gun: string): Promise<readonly string[]> {
    const { stdout } = await computer.must.docker(['trust', 'inspect', gun]);
    const [inspection] = JSON.parse(stdout) as [{ SignedTags: { SignedTag: string }[] }];
    return inspection.SignedTags.map(({ SignedTag }) => SignedTag).sort();
  }

  const backupIn = async (computer: Workstation, folder: string): Promise<string> => {
    const [name = ''] = (await readdir(join(computer.home, folder))).filter((each) => each.endsWith('.age'));
    return join(computer.home, folder, name);
  };

  const env = { TRUSTDESK_BACKUP_PASSPHRASE: passphrase };

  test('typed from the first copy to offline and back for a rotation: nothing leaks', async () => {
    const { computer, gun, root } = await custodian();
    const secrets = [passphrase, rootPassphrase, repositoryPassphrase];
    const written = await atTerminal(
      computer,
      ['backup', 'write', 'drive', 'other', '--with-metadata'],
      [
        { after: 'Enter passphrase for new backup', type: passphrase },
        { after: 'Repeat passphrase for new backup', type: passphrase },
      ],
      secrets,
    );
    const asked: readonly Typed[] = [
      { after: 'Enter passphrase for the backup', type: 'a wrong one' },
      { after: 'Please retry', type: passphrase },
      { after: 'root key with ID', type: rootPassphrase },
      { after: 'Enter passphrase for', type: repositoryPassphrase },
    ];
    const checked = await atTerminal(
      computer,
      ['backup', 'check', 'drive', 'other', '--plugged-in'],
      asked,
      secrets,
    );
    const offline = await atTerminal(computer, ['backup', 'offline', root.slice(0, 7), '-y'], [], secrets);
    expect((await notaryKeyList(computer)).map(({ id }) => id)).not.toContain(root);
    const back = await atTerminal(computer, ['backup', 'bring-back', root, 'drive'], [typedBackup], secrets);
    // For one operation: a new root key takes the old one's place, as notary does it.
    await computer.must.notary(['key', 'rotate', gun, 'root'], { input: 'yes\n' });
    const away = await atTerminal(computer, ['backup', 'send-away', root], [], secrets);
    expect((await notaryKeyList(computer)).map(({ id }) => id)).not.toContain(root);

    // What looks for secrets finds what really is in an argument.
    expect((await atTerminal(computer, ['backup', 'list'], [], ['backup'])).leaks).not.toEqual([]);
    const runs = [written, checked, offline, back, away];
    for (const ran of runs) expect(ran, ran.stderr + ran.stdout).toMatchObject({ status: 0, leaks: [] });
    const files = await readdir(computer.trustdeskHome, { recursive: true, withFileTypes: true });
    const kept = await Promise.all(
      files
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
    );
    const texts = [...runs.flatMap(({ stdout, stderr, shown }) => [stdout, stderr, shown]), ...kept];
    for (const text of texts) {
      for (const secret of [...secrets, 'a wrong one', 'PRIVATE KEY']) expect(text).not.toContain(secret);
    }
    await sign(computer, gun, '2.0');
  });

  test('what age and tar bring back signs with docker and notary; so does what we bring back', async () => {
    const { computer, gun } = await custodian();
    await computer.must.trustdesk(['backup', 'write', 'drive'], { env });
    const file = await backupIn(computer, 'drive');
    expect((await stat(file)).mode & 0o777).toBe(0o600);

    const byHand = await lab().computer();
    const archive = join(byHand.home, 'b.tar.gz');
    await ageDecrypt(file, archive);
    await mustRun('tar', ['-xzf', archive, '-C', byHand.dockerConfig, 'trust']);
    await sign(byHand, gun, '2.0');

    const byUs = await lab().computer();
    const restored = await byUs.must.trustdesk(['backup', 'restore', file], { env });
    expect(restored.stdout).toContain('Restored key');
    expect(await notaryKeyList(byUs)).toEqual(await notaryKeyList(computer));
    await sign(byUs, gun, '3.0');
    expect(await tags(computer, gun)).toEqual(['1.0', '2.0', '3.0']);
  });

  /** `age -d` asks a terminal for the passphrase. */
  async function ageDecrypt(file: string, out: string): Promise<void> {
    const steps = `import os,pty,sys
pid,fd=pty.fork()
if pid==0: os.execvp(sys.argv[1],[sys.argv[1],'-d','-o',sys.argv[3],sys.argv[2]])
seen=b""
while b"assphrase" not in seen: seen+=os.read(fd,1024)
os.write(fd,sys.stdin.readline().encode())
try:
  while os.read(fd,1024): pass
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid,0)[1]))`;
    await mustRun('python3', ['-c', steps, peerPath('age'), file, out], { input: `${passphrase}\n` });
  }

  test.each<[string, readonly string[], readonly string[]]>([
    ['a passphrase', [], [passphrase, passphrase]],
    ['a key of age', ['--recipient'], []],
    ['nothing of its own', ['--plain-tar'], []],
  ])(
    'the steps on the sheet bring back what is protected by %s, as they are printed',
    async (_, how, typed) => {
      const { computer, gun } = await custodian();
      const identity = join(computer.home, 'drive', 'key.txt');
      await mustRun(join(peerPath('age'), '..', 'age-keygen'), ['-o', identity]);
      const recipient = /age1[a-z0-9]+/.exec(await readFile(identity, 'utf8'))?.[0] ?? '';
      const words = how[0] === '--recipient' ? [...how, recipient] : how;
      await computer.must.trustdesk(['backup', 'write', 'drive', ...words], { env });
      await computer.must.trustdesk(['backup', 'sheet', '-o', 'sheet.html']);
      const commands = await stepsOn(join(computer.home, 'sheet.html'));
      const expected = await notaryKeyList(computer);
      const target = await lab().computer();
      await rm(join(computer.trustDirectory, 'private'), { recursive: true });
      const environment = { ...computer.environment, HOME: target.home };
      const script = scriptOf(['set -e', ...commands]);
      const input = typed.map((each) => `${each}\n`).join('');
      const drive = join(computer.home, 'drive');
      const { stdout } = await mustRun('python3', ['-c', inTerminal, 'sh', '-c', script, drive], {
        input,
        env: environment,
      });
      for (const { id } of expected) expect(stdout).toContain(id.slice(0, 7));
      expect(await notaryKeyList(target)).toEqual(expected);
      const { trustDirectory } = target;
      for (const { id } of expected) {
        const { mode } = await stat(join(trustDirectory, 'private', `${id}.key`));
        expect(mode & 0o777).toBe(0o600);
      }
      expect((await stat(join(trustDirectory, 'private'))).mode & 0o777).toBe(0o700);
      await sign(target, gun, '2.0');
      expect(await tags(target, gun)).toEqual(['1.0', '2.0']);
    },
  );

  /** The commands that a sheet prints, in their order: of the copies, or (1) of the codes. */
  async function stepsOn(sheet: string, which = 0): Promise<readonly string[]> {
    const lists = [...(await readFile(sheet, 'utf8')).matchAll(/<ol>(.*?)<\/ol>/gs)];
    const list = lists[which]?.[1] ?? '';
    return [...list.matchAll(/<span class="mono">(.*?)<\/span>/g)].map(([, text = '']) =>
      text
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    );
  }

  /** Run with the folder of the backup as `$0`. */
  function scriptOf(lines: readonly string[]): string {
    const peers = [peerPath('age'), peerPath('notary')].map((file) => join(file, '..')).join(':');
    return [`PATH=${peers}:$PATH`, 'cd "$0"', ...lines].join('\n');
  }

  test('the steps on the sheet take keys only out of a hostile plain archive, and overwrite nothing', async () => {
    const { computer, root } = await custodian();
    await computer.must.trustdesk(['backup', 'write', 'drive', '--plain-tar', '--keys', 'root']);
    await computer.must.trustdesk(['backup', 'sheet', '-o', 'sheet.html']);
    const commands = await stepsOn(join(computer.home, 'sheet.html'));
    const target = await lab().computer();
    const mine = join(target.trustDirectory, 'private', `${'a'.repeat(64)}.key`);
    await mkdir(join(target.trustDirectory, 'private'), { recursive: true, mode: 0o700 });
    await writeFile(mine, 'mine', { mode: 0o600 });
    const outside = join(target.home, 'outside');
    await writeFile(outside, 'untouched');
    const rootKey = await readFile(join(computer.trustDirectory, 'private', `${root}.key`));
    await hostileArchive(join(computer.home, 'drive', 'private_keys_backup.tar.gz'), {
      'home/private': { link: target.home },
      [`home/private/../outside`]: { text: 'overwritten' },
      [outside]: { text: 'overwritten' },
      '../../outside': { text: 'overwritten' },
      '.': { mode: 0o777 },
      'trust/tuf/registry.example.test/app/metadata/root.json': { text: '{}' },
      '.docker/config.json': { text: '{"credsStore":"evil"}' },
      [`trust/private/${'a'.repeat(64)}.key`]: { text: 'another' },
      [`trust/private/${'b'.repeat(64)}.key`]: { link: outside },
      [`trust/private/${root}.key`]: { text: rootKey.toString(), mode: 0o6777 },
      'trust/private/notes.txt': { text: 'no key' },
    });
    const before = await fingerprints(target.home);
    const temporary = join(computer.home, 'temporary');
    await mkdir(temporary);
    const environment = { ...computer.environment, HOME: target.home, TMPDIR: temporary };
    // tar complains of what it leaves out: the person goes on, and so does this. `cp` asks, and gets no.
    const drive = join(computer.home, 'drive');
    await mustRun('sh', ['-c', `${scriptOf(commands)}\ntrue`, drive], { env: environment, input: 'n\n' });
    const name = join('.docker', 'trust', 'private', `${root}.key`);
    expect(await fingerprints(target.home)).toEqual({ ...before, [name]: [0o600, rootKey.toString()] });
    expect(await readdir(temporary)).toEqual([]);
    expect((await notaryKeyList(target)).map(({ id }) => id)).toEqual([root]);
  });

  interface Member {
    readonly text?: string;
    readonly link?: string;
    readonly mode?: number;
  }

  /** Members as they are given: names that leave the archive, links, modes. */
  async function hostileArchive(file: string, members: Readonly<Record<string, Member>>): Promise<void> {
    const steps = `import io,json,sys,tarfile
with tarfile.open(sys.argv[1],"w:gz") as tar:
  for name,member in json.load(sys.stdin).items():
    info=tarfile.TarInfo(name)
    info.mode=member.get("mode",0o644)
    text=member.get("text","").encode()
    info.size=len(text)
    if "link" in member: info.type,info.linkname=tarfile.SYMTYPE,member["link"]
    elif "text" not in member: info.type=tarfile.DIRTYPE
    tar.addfile(info,io.BytesIO(text))`;
    await mustRun('python3', ['-c', steps, file], { input: JSON.stringify(members) });
  }

  /** Every file below a folder: its mode and what is in it. */
  async function fingerprints(folder: string): Promise<Readonly<Record<string, [number, string]>>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    const all = files.map(async (entry): Promise<[string, [number, string]]> => {
      const file = join(entry.parentPath, entry.name);
      return [
        file.slice(folder.length + 1),
        [(await stat(file)).mode & 0o7777, await readFile(file, 'utf8')],
      ];
    });
    return Object.fromEntries(await Promise.all(all));
  }

  test('sealed to a key of age-keygen: opened by age and by us, not by another key', async () => {
    const { computer } = await custodian();
    const keygen = join(peerPath('age'), '..', 'age-keygen');
    const [mine, theirs] = ['mine.txt', 'theirs.txt'].map((name) => join(computer.home, name));
    for (const file of [mine!, theirs!]) await mustRun(keygen, ['-o', file]);
    const recipient = /age1[a-z0-9]+/.exec(await readFile(mine!, 'utf8'))?.[0] ?? '';
    await computer.must.trustdesk(['backup', 'write', 'drive', '--recipient', recipient]);
    const file = await backupIn(computer, 'drive');
    const { stdout } = await mustRun('sh', ['-c', `${peerPath('age')} -d -i ${mine!} ${file} | tar -tz`]);
    expect(stdout).toContain('trustdesk-backup/manifest.json');
    await computer.must.trustdesk(['backup', 'check', file, '-i', 'mine.txt', '--plugged-in']);
    const wrong = await computer.trustdesk(['backup', 'check', file, '-i', 'theirs.txt', '--plugged-in']);
    expect([wrong.status, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('The key does not open the backup'),
    ]);
    const none = await computer.trustdesk(['backup', 'check', file, '--plugged-in']);
    expect(none.stderr).toContain('--identity');
  });

  test('the plain archive is what docker documents: tar and notary take it', async () => {
    const { computer, gun } = await custodian();
    await computer.must.trustdesk(['backup', 'write', 'drive', '--plain-tar']);
    const archive = join(computer.home, 'drive', 'private_keys_backup.tar.gz');
    await computer.must.trustdesk(['backup', 'check', archive, '--plugged-in']);
    await rm(join(computer.trustDirectory, 'private'), { recursive: true });
    await mustRun('tar', ['-xzf', archive, '-C', '/']);
    await sign(computer, gun, '2.0');
    expect(await tags(computer, gun)).toEqual(['1.0', '2.0']);
  });

  test('the sheet’s text is imported by notary, and a repository is made with the root key it brings back', async () => {
    const { computer, gun, root } = await custodian();
    await computer.must.trustdesk(['backup', 'sheet', '-o', 'sheet.html']);
    const text = await readFile(join(computer.home, 'sheet.txt'), 'utf8');
    const [theirs, ours] = [await lab().computer(), await lab().computer()];
    await writeFile(join(theirs.home, 'scanned.pem'), text, { mode: 0o600 });
    await theirs.must.notary(['key', 'import', 'scanned.pem']);
    const env = { DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: rootPassphrase };
    await ours.must.trustdesk(['backup', 'restore', '--code-text', '-'], { input: text, env });
    for (const each of [theirs, ours])
      expect((await notaryKeyList(each)).map(({ id }) => id)).toEqual([root]);
    await ours.must.notary(['init', `${gun}-again`, '-p']);
    expect((await notaryKeyList(ours)).filter(({ role }) => role === 'root')).toHaveLength(1);
  });

  test.each(['ECDSA P-256', 'RSA 2048'] as const)(
    'the steps beside the codes, run as they are printed in an empty home, bring back a key of %s for docker',
    async (algorithm) => {
      const { computer, gun, root } = await custodian();
      const rsa = algorithm === 'RSA 2048' ? await addRootKey(computer, algorithm) : root;
      await computer.must.trustdesk(['backup', 'sheet', '-o', 'sheet.html', '--key', rsa]);
      const target = await lab().computer();
      await writeFile(
        join(target.home, 'sheet.txt'),
        await readFile(join(computer.home, 'sheet.txt'), 'utf8'),
      );
      const commands = await stepsOn(join(computer.home, 'sheet.html'), 1);
      expect(commands.at(-1)).toBe('notary -d ~/.docker/trust key list');
      // With no configuration of notary's that would name another folder.
      const environment = { PATH: '/usr/bin:/bin', HOME: target.home };
      const { stdout } = await mustRun('sh', ['-c', scriptOf(commands), target.home], { env: environment });
      expect(stdout).toContain(rsa.slice(0, 7));
      const made = `${gun}-from-paper`;
      await target.must.trustdesk(['key', 'generate', 'kim']);
      const signer = ['trust', 'signer', 'add', '--key', 'kim.pub', 'kim', made];
      await target.must.docker(signer);
      const keys = await notaryKeyList(target);
      // docker found it and made no root key of its own.
      expect(keys.filter(({ role }) => role === 'root').map(({ id }) => id)).toEqual([rsa]);
    },
  );

  /** A further root key of that kind. */
  async function addRootKey(computer: Workstation, algorithm: 'RSA 2048'): Promise<string> {
    const key = await generateKey(algorithm);
    const passphraseOfRoot = SecretBytes.fromText(rootPassphrase);
    await storeKey(computer.trustDirectory, key, { role: 'root' }, passphraseOfRoot);
    return key.id;
  }

  test('shares that are typed open what the passphrase would', async () => {
    const { computer } = await custodian();
    await computer.must.trustdesk(['backup', 'write', 'drive', '--keys', 'root'], { env });
    const split = await atTerminal(
      computer,
      ['backup', 'split', 'drive', '--shares', '2/3', '-o', 'shares'],
      [typedBackup],
      [passphrase],
    );
    expect(split, split.stderr).toMatchObject({ status: 0, leaks: [] });
    const folder = join(computer.home, 'shares');
    const sheets = await Promise.all(
      (await readdir(folder)).sort().map((name) => readFile(join(folder, name), 'utf8')),
    );
    const [first = '', second = ''] = sheets.map((page) => /class="share">([^<]+)</.exec(page)?.[1] ?? '');
    const elsewhere = await lab().computer();
    const file = await backupIn(computer, 'drive');
    const restored = await atTerminal(
      elsewhere,
      ['backup', 'restore', file, '--from-shares'],
      [
        { after: 'Enter a share', type: second },
        { after: 'Enter a share', type: first },
      ],
      [first, second, passphrase],
    );
    expect(restored, restored.stderr).toMatchObject({ status: 0, leaks: [] });
    expect(restored.shown + restored.stdout + restored.stderr).not.toContain(first);
    expect(await notaryKeyList(elsewhere)).toHaveLength(1);
  });

  test('a root key that was brought back leaves after the publish that it signed, and after no other', async () => {
    const { computer, gun, root } = await custodian();
    await computer.must.trustdesk(['backup', 'write', 'drive', 'other', '--plain-tar', '--keys', 'root']);
    const archives = ['drive', 'other'].map((name) => join(name, 'private_keys_backup.tar.gz'));
    await computer.must.trustdesk(['backup', 'check', ...archives, '--plugged-in']);
    await computer.must.trustdesk(['backup', 'offline', root, '-y']);
    const create = ['signer', 'add', '--key', 'jeff.pub', 'jeff', `${gun}-new`];
    const refused = await computer.trustdesk(create);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('bring-back')]);
    await computer.must.trustdesk(['backup', 'bring-back', root, archives[0]!]);
    const isHere = async () => (await notaryKeyList(computer)).some(({ id }) => id === root);

    const other = await computer.must.trustdesk(['signer', 'remove', 'jeff', gun, '-f']);
    expect(other.stderr).not.toContain('was here for this publish');
    expect(await isHere()).toBe(true);

    const made = await computer.must.trustdesk(create);
    expect(made.stderr).toContain(
      `Key ${root.slice(0, 7)} (root) was here for this publish, and is no longer on this computer.`,
    );
    expect(await isHere()).toBe(false);
    const { offline } = await loadBackupRecords(join(computer.trustdeskHome, 'backups.json'));
    expect(offline).toMatchObject([{ id: root, state: 'away' }]);
    await sign(computer, `${gun}-new`, '1.0');
    expect(await tags(computer, `${gun}-new`)).toEqual(['1.0']);
  });

  test('one that cannot leave stays, and every publish and the list say how it goes', async () => {
    const { computer, gun, root } = await custodian();
    await computer.must.trustdesk(['backup', 'write', 'drive', 'other', '--plain-tar', '--keys', 'root']);
    const archives = ['drive', 'other'].map((name) => join(name, 'private_keys_backup.tar.gz'));
    await computer.must.trustdesk(['backup', 'check', ...archives, '--plugged-in']);
    await computer.must.trustdesk(['backup', 'offline', root, '-y']);
    await computer.must.trustdesk(['backup', 'bring-back', root, archives[0]!]);
    await writeFile(join(computer.home, archives[1]!), 'another file');
    const create = (name: string) => ['signer', 'add', '--key', 'jeff.pub', 'jeff', `${gun}-${name}`];
    const made = await computer.must.trustdesk(create('one'));
    expect(made.stderr).toContain('came for this publish and is still here');
    expect(made.stderr).toContain(`trustdesk backup send-away ${root.slice(0, 7)}`);
    expect((await notaryKeyList(computer)).some(({ id }) => id === root)).toBe(true);
    const list = await computer.must.trustdesk(['backup', 'list']);
    expect(list.stdout).toContain('and should have left after it: send it away');
    const next = await computer.must.trustdesk(create('two'));
    expect(next.stderr).toContain(`Key ${root.slice(0, 7)} (root) is still here.`);
  });

  describe('killed at each step of', () => {
    const options = (computer: Workstation) => ({
      env: { ...computer.environment, ...env },
      cwd: computer.home,
    });

    test('writing: a file with a backup’s name is whole, and the cut is known', async () => {
      const { computer } = await custodian();
      const keygen = join(peerPath('age'), '..', 'age-keygen');
      const identity = join(computer.home, 'age.txt');
      await mustRun(keygen, ['-o', identity]);
      const recipient = /age1[a-z0-9]+/.exec(await readFile(identity, 'utf8'))?.[0] ?? '';
      const words = ['backup', 'write', 'drive', '--keys', 'root', '--recipient', recipient];
      const recordsFile = join(computer.trustdeskHome, 'backups.json');
      const kills = await killedAtEachStep(words, options(computer), async () => {
        const { backups, writing = [] } = await loadBackupRecords(recordsFile);
        const files = (await readdir(join(computer.home, 'drive'))).filter((name) => name.endsWith('.age'));
        for (const name of files) {
          const file = join(computer.home, 'drive', name);
          await mustRun(peerPath('age'), ['-d', '-i', identity, '-o', '/dev/null', file]);
        }
        expect(files.length).toBeLessThanOrEqual(backups.length + writing.length);
        await rm(join(computer.home, 'drive'), { recursive: true });
        await mkdir(join(computer.home, 'drive'));
        await rm(recordsFile, { force: true });
      });
      expect(kills).toBeGreaterThanOrEqual(10);
    });

    test('restoring: every key is whole or absent', async () => {
      const { computer } = await custodian();
      await computer.must.trustdesk(['backup', 'write', 'drive', '--plain-tar']);
      const archive = join(computer.home, 'drive', 'private_keys_backup.tar.gz');
      const elsewhere = await lab().computer();
      const rows = await notaryKeyList(computer);
      const kills = await killedAtEachStep(['backup', 'restore', archive], options(elsewhere), async () => {
        for (const { id } of await notaryKeyList(elsewhere)) {
          const [there, here] = [elsewhere, computer].map((each) =>
            join(each.trustDirectory, 'private', `${id}.key`),
          );
          expect(await readFile(there!)).toEqual(await readFile(here!));
        }
        await rm(join(elsewhere.trustDirectory, 'private'), { recursive: true, force: true });
      });
      expect(kills).toBeGreaterThanOrEqual(rows.length * 3);
    });

    test.each<[string, string, (text: string) => boolean]>([
      ['key export -o out.pem', 'out.pem', (text) => text.match(/-----END/g)?.length === 3],
      ['backup sheet -o out.html', 'out.html', (text) => text.endsWith('</html>\n')],
      ['key certificate ID -o out.crt', 'out.crt', (text) => text.endsWith('-----END CERTIFICATE-----\n')],
    ])('%s: the file is whole or not there', async (line, name, isWhole) => {
      const { computer } = await custodian();
      const jeff = (await notaryKeyList(computer)).find(({ role }) => role === 'jeff')?.id ?? '';
      const words = line.replace('ID', jeff).split(' ');
      const file = join(computer.home, name);
      let seen = 0;
      const kills = await killedAtEachStep(words, options(computer), async () => {
        const text = await readFile(file, 'utf8').catch(() => undefined);
        if (text !== undefined) {
          seen += 1;
          expect(isWhole(text)).toBe(true);
          expect((await stat(file)).mode & 0o777).toBe(0o600);
        }
        await rm(file, { force: true });
        await rm(join(computer.home, 'out.txt'), { force: true });
      });
      expect(kills).toBeGreaterThanOrEqual(4);
      expect(seen).toBeGreaterThanOrEqual(1);
    });

    test('bringing a key back and sending it away: the key is whole, and where it is is recorded', async () => {
      const { computer, root } = await custodian();
      await computer.must.trustdesk(['backup', 'write', 'drive', 'other', '--plain-tar', '--keys', 'root']);
      const archives = ['drive', 'other'].map((name) => join(name, 'private_keys_backup.tar.gz'));
      await computer.must.trustdesk(['backup', 'check', ...archives, '--plugged-in']);
      const keyFile = join(computer.trustDirectory, 'private', `${root}.key`);
      const whole = await readFile(keyFile);
      await computer.must.trustdesk(['backup', 'offline', root, '-y']);
      const recordsFile = join(computer.trustdeskHome, 'backups.json');
      const away = await readFile(recordsFile);
      const stateOf = async () =>
        (await loadBackupRecords(recordsFile)).offline.find(({ id }) => id === root)?.state;
      const back = ['backup', 'bring-back', root, archives[0]!];
      const returns = await killedAtEachStep(back, options(computer), async () => {
        const bytes = await readFile(keyFile).catch(() => undefined);
        if (bytes !== undefined) expect([bytes.equals(whole), await stateOf()]).toEqual([true, 'visiting']);
        else expect(['away', 'visiting']).toContain(await stateOf());
        await rm(keyFile, { force: true });
        await writeFile(recordsFile, away);
      });
      await computer.must.trustdesk(back);
      const visiting = await readFile(recordsFile);
      const departures = await killedAtEachStep(
        ['backup', 'send-away', root],
        options(computer),
        async () => {
          const bytes = await readFile(keyFile).catch(() => undefined);
          expect(bytes === undefined || bytes.equals(whole)).toBe(true);
          if (bytes !== undefined) expect(await stateOf()).toBe('visiting');
          await writeFile(keyFile, whole, { mode: 0o600 });
          await writeFile(recordsFile, visiting);
        },
      );
      expect(Math.min(returns, departures)).toBeGreaterThanOrEqual(4);
    });

    test('taking a key offline: it is here, or recorded as away', async () => {
      const { computer, root } = await custodian();
      await computer.must.trustdesk(['backup', 'write', 'drive', 'other', '--plain-tar', '--keys', 'root']);
      const archives = ['drive', 'other'].map((name) => join(name, 'private_keys_backup.tar.gz'));
      await computer.must.trustdesk(['backup', 'check', ...archives, '--plugged-in']);
      const recordsFile = join(computer.trustdeskHome, 'backups.json');
      const proven = await readFile(recordsFile);
      const words = ['backup', 'offline', root, '-y'];
      const kills = await killedAtEachStep(words, options(computer), async () => {
        const isHere = (await notaryKeyList(computer)).some(({ id }) => id === root);
        const { offline } = await loadBackupRecords(recordsFile);
        if (!isHere) expect(offline.map(({ id }) => id)).toEqual([root]);
        const { stdout } = await computer.must.trustdesk(['backup', 'list']);
        if (offline.length > 0)
          expect(stdout).toContain(isHere ? 'HERE, for its removal was cut off' : 'away since');
        await writeFile(recordsFile, proven);
        if (!isHere) await computer.must.trustdesk(['key', 'import', archives[0]!]);
      });
      expect(kills).toBeGreaterThanOrEqual(6);
    });
  });

  describe.each(driveFileSystems.filter(canMountDrive))('on a drive with %s', (system) => {
    test('read-only: refused before anything is asked; full: nothing half-written remains', async () => {
      const { computer } = await custodian();
      const drive = await mountDrive(lab().scope, system, 'cli', { bytes: 4 * mebibyte });
      await drive.remount('ro');
      const refused = await computer.trustdesk(['backup', 'write', drive.path]);
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('it is read-only')]);
      await drive.remount('rw');
      await mustRun('sh', ['-c', `dd if=/dev/urandom of=${drive.path}/filler bs=16k 2>/dev/null; true`]);
      const before = await readdir(drive.path);
      const full = await computer.trustdesk(['backup', 'write', drive.path, 'drive'], { env });
      expect(full.status).toBe(1);
      expect(full.stderr).toContain('There is no room left');
      // The other copy was written all the same.
      expect(full.stdout).toContain(join(computer.home, 'drive'));
      expect(await readdir(drive.path)).toEqual(before);
    });
  });

  test('a question where input is a file, as in a timer, is declined and not a fault', async () => {
    const { computer } = await custodian();
    await computer.must.trustdesk(['backup', 'write', 'drive'], { env });
    const program = join(import.meta.dirname, '../../dist/cli/trustdesk.js');
    const words = ['backup forget drive', 'key remove "$KEY"', 'backup forget drive --dry-run'];
    const key = (await notaryKeyList(computer))[0]?.id ?? '';
    const runs = words.map((each) => `"$0" ${program} ${each} </dev/null; echo "ended with $?"`).join('\n');
    const options = { env: { ...computer.environment, KEY: key }, cwd: computer.home };
    const { stdout, stderr } = await mustRun('sh', ['-c', runs, process.execPath], options);
    expect(stdout + stderr).not.toContain('Internal error');
    expect(stdout.match(/ended with \d/g)).toEqual(['ended with 1', 'ended with 0', 'ended with 0']);
    expect((await notaryKeyList(computer)).map(({ id }) => id)).toContain(key);
  });

  test('a folder that belongs to somebody else, and one that is not there', async () => {
    const { computer } = await custodian();
    const missing = await computer.trustdesk(['backup', 'write', 'nowhere'], { env });
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('There is no folder')]);
    if (process.getuid?.() === 0) return;
    await chmod(join(computer.home, 'drive'), 0o000);
    const shut = await computer.trustdesk(['backup', 'check', 'drive'], { env });
    expect([shut.status, shut.stderr]).toEqual([1, expect.stringContaining('permission denied')]);
    await chmod(join(computer.home, 'drive'), 0o500);
    const closed = await computer.trustdesk(['backup', 'write', 'drive'], { env });
    expect([closed.status, closed.stderr]).toEqual([1, expect.stringContaining('it is read-only')]);
  });
});
