/** Backups and the standard tools: age and tar open ours, we open theirs; restored keys sign with docker and notary. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { collectBackup } from '../../electron/backup/collect.ts';
import { proveBackup } from '../../electron/backup/prove-backup.ts';
import { openBackup } from '../../electron/backup/read-backup.ts';
import { restoreBackup } from '../../electron/backup/restore-backup.ts';
import { sheetCodes } from '../../electron/backup/sheet-code.ts';
import { type Protection, sealBackup, writeBackup } from '../../electron/backup/write-backup.ts';
import { encodePublicKey } from '../../electron/keystore/export-key.ts';
import { findKey } from '../../electron/keystore/store-key.ts';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { peerPath } from '../lab/peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { labPassphrase, notaryKeyList, putFile, secret, storeNew } from './keystore-tools.ts';

const now = new Date('2026-11-21T10:00:00.000Z');
const keyPassphrases = (key: { readonly role: string }) => Promise.resolve(labPassphrase(key.role));
const content = createHash('sha256').update('an image').digest('hex');

describeWithPeers('backups', ['age', 'docker', 'notary', 'notary-server'], () => {
  const lab = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    return { scope, computer: () => makeWorkstation(scope, { notary }) };
  });
  const gun = 'registry.example.test:5000/backup/app';

  /** A custodian's computer: a root key, a signer, and a repository with a signed tag. */
  async function custodian(name: string): Promise<{ computer: Workstation; gun: string }> {
    const computer = await lab().computer();
    const itsGun = `${gun}-${name}`;
    await storeNew(computer, 'root');
    const { key } = await storeNew(computer, 'jeff');
    const pub = await putFile(computer, 'jeff.pub', encodePublicKey(key.key, 'jeff'));
    await computer.must.docker(['trust', 'signer', 'add', '--key', pub, 'jeff', itsGun]);
    await sign(computer, itsGun, '1.0');
    return { computer, gun: itsGun };
  }

  const sign = (computer: Workstation, itsGun: string, tag: string) =>
    computer.must.notary([
      'addhash',
      itsGun,
      tag,
      '1234',
      '--sha256',
      content,
      '-r',
      'targets/jeff,targets/releases',
      '-p',
    ]);

  const signedTags = async (computer: Workstation, itsGun: string) => {
    const { stdout } = await computer.must.docker(['trust', 'inspect', itsGun]);
    const [inspection] = JSON.parse(stdout) as [{ SignedTags: { SignedTag: string }[] }];
    return inspection.SignedTags.map(({ SignedTag }) => SignedTag);
  };

  async function write(computer: Workstation, protection: Protection): Promise<string> {
    const sources = { trustDir: computer.trustDirectory, settingsFile: join(computer.home, 'none.json') };
    const contents = await collectBackup(
      sources,
      { keys: 'all', metadata: 'all', settings: true },
      { created: now, writer: 'test' },
    );
    const folder = join(computer.home, 'drive');
    await mkdir(folder, { recursive: true });
    return (await writeBackup(folder, await sealBackup(contents, protection))).path;
  }

  /** An age key pair made by age itself. */
  async function ageKey(
    computer: Workstation,
  ): Promise<{ file: string; recipient: string; identity: string }> {
    const file = join(computer.home, 'age.key');
    await mustRun(join(peerPath('age'), '..', 'age-keygen'), ['-o', file]);
    const text = await readFile(file, 'utf8');
    return {
      file,
      recipient: /age1[a-z0-9]+/.exec(text)![0],
      identity: /AGE-SECRET-KEY-1\w+/.exec(text)![0],
    };
  }

  /** `age -d` asks a terminal; script gives it one. */
  async function ageDecrypt(file: string, passphrase: string, out: string): Promise<void> {
    const command = `${peerPath('age')} -d -o ${out} ${file}`;
    const steps = `import os,pty,sys
pid,fd=pty.fork()
if pid==0: os.execvp("sh",["sh","-c",${JSON.stringify(command)}])
seen=b""
while b"assphrase" not in seen: seen+=os.read(fd,1024)
os.write(fd,${JSON.stringify(`${passphrase}\n`)}.encode())
try:
  while os.read(fd,1024): pass
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid,0)[1]))`;
    await mustRun('python3', ['-c', steps]);
  }

  it('sealed with a passphrase open with `age -d | tar -xz`, and docker and notary sign with what comes out', async () => {
    const { computer, gun: itsGun } = await custodian('passphrase');
    const file = await write(computer, { kind: 'passphrase', passphrase: secret('a backup pässphrase') });
    const elsewhere = await lab().computer();
    const archive = join(elsewhere.home, 'b.tar.gz');
    await ageDecrypt(file, 'a backup pässphrase', archive);
    const { stdout } = await mustRun('tar', ['-tzvf', archive]);
    expect(stdout).toMatch(/-rw------- .* trustdesk-backup\/manifest\.json/);
    expect(stdout).toMatch(/drwx------ .* trust\/private\//);
    await mustRun('tar', ['-xzf', archive, '-C', elsewhere.dockerConfig, 'trust']);
    expect(await notaryKeyList(elsewhere)).toEqual(await notaryKeyList(computer));
    expect((await stat(join(elsewhere.trustDirectory, 'private'))).mode & 0o777).toBe(0o700);
    await sign(elsewhere, itsGun, '2.0');
    expect(await signedTags(computer, itsGun)).toEqual(['1.0', '2.0']);
  });

  it('sealed to recipients open with age’s own key, and the other way round', async () => {
    const { computer } = await custodian('recipients');
    const { file: keyFile, recipient, identity } = await ageKey(computer);
    const file = await write(computer, { kind: 'recipients', recipients: [recipient] });
    const { stdout } = await mustRun('sh', ['-c', `${peerPath('age')} -d -i ${keyFile} ${file} | tar -tz`]);
    expect(stdout).toContain('trustdesk-backup/manifest.json');

    // What a person seals by hand, armored, we open and prove.
    const byHand = join(computer.home, 'by-hand.age');
    await mustRun('sh', [
      '-c',
      `tar -C ${computer.dockerConfig} -cz trust/private | ${peerPath('age')} -a -r ${recipient} -o ${byHand}`,
    ]);
    const proof = await proveBackup(
      byHand,
      { kind: 'identity', identity: secret(identity) },
      keyPassphrases,
      now,
    );
    expect(proof).toMatchObject({ complete: true, protection: 'recipients', problems: [] });
    expect(proof.keys).toHaveLength((await notaryKeyList(computer)).length);
  });

  it('as docker’s documentation makes them are read, proven and restored; ours are what tar makes of it', async () => {
    const { computer, gun: itsGun } = await custodian('plain');
    const theirs = join(computer.home, 'private_keys_backup.tar.gz');
    await mustRun('sh', [
      '-c',
      `umask 077; tar -zcf ${theirs} ${join(computer.trustDirectory, 'private')} 2>/dev/null`,
    ]);
    expect(await proveBackup(theirs, undefined, keyPassphrases, now)).toMatchObject({ complete: true });

    const elsewhere = await lab().computer();
    const opened = await openBackup(theirs);
    const into = { trustDir: elsewhere.trustDirectory, settingsFile: join(elsewhere.home, 's.json') };
    await restoreBackup(opened, into, { files: opened.keys.map(({ file }) => file), replace: [] });
    expect(await notaryKeyList(elsewhere)).toEqual(await notaryKeyList(computer));
    await sign(elsewhere, itsGun, '2.0');
    expect(await signedTags(elsewhere, itsGun)).toEqual(['1.0', '2.0']);

    const ours = await write(computer, { kind: 'plain', trustDir: computer.trustDirectory });
    const names = async (file: string) =>
      (await mustRun('tar', ['-tzf', file])).stdout
        .split('\n')
        .filter((name) => name.endsWith('.key'))
        .toSorted();
    expect(await names(ours)).toEqual(await names(theirs));
    await mustRun('sh', ['-c', `rm -r ${computer.trustDirectory}/private && tar -xzf ${ours} -C /`]);
    expect(await notaryKeyList(computer)).toEqual(await notaryKeyList(elsewhere));
  });

  it('restored by us a year later on another computer: docker makes a new repository with the root key', async () => {
    const { computer } = await custodian('year');
    const file = await write(computer, {
      kind: 'passphrase',
      passphrase: secret('a backup passphrase'),
      workFactor: 10,
    });
    const elsewhere = await lab().computer();
    const opened = await openBackup(file, { kind: 'passphrase', passphrase: secret('a backup passphrase') });
    const root = opened.keys.find(({ role }) => role === 'root')!;
    const into = { trustDir: elsewhere.trustDirectory, settingsFile: join(elsewhere.home, 's.json') };
    await restoreBackup(opened, into, { files: [root.file], replace: [] });
    expect((await notaryKeyList(elsewhere)).map(({ id }) => id)).toEqual([root.id]);
    const { key } = await storeNew(elsewhere, 'anna');
    const pub = await putFile(elsewhere, 'anna.pub', encodePublicKey(key.key, 'anna'));
    await elsewhere.must.docker(['trust', 'signer', 'add', '--key', pub, 'anna', `${gun}-new`]);
    expect(
      (await notaryKeyList(elsewhere)).filter(({ role }) => role === 'root').map(({ id }) => id),
    ).toEqual([root.id]);
  });

  it('the code on the recovery sheet is imported by notary as it is', async () => {
    const { computer } = await custodian('sheet');
    const root = (await notaryKeyList(computer)).find(({ role }) => role === 'root')!;
    const [code] = await sheetCodes(await findKey(computer.trustDirectory, root.id));
    const elsewhere = await lab().computer();
    await elsewhere.must.notary(['key', 'import', await putFile(elsewhere, 'scanned.pem', code!.text)]);
    expect(await notaryKeyList(elsewhere)).toEqual([root]);
  });

  it('a closed copy stays closed: files are 0600 whatever the umask', async () => {
    const { computer } = await custodian('modes');
    await chmod(computer.home, 0o755);
    const before = process.umask(0);
    try {
      for (const protection of [
        { kind: 'passphrase', passphrase: secret('x'), workFactor: 1 },
        { kind: 'plain', trustDir: computer.trustDirectory },
      ] as const) {
        expect((await stat(await write(computer, protection))).mode & 0o777).toBe(0o600);
      }
    } finally {
      process.umask(before);
    }
  });
});
