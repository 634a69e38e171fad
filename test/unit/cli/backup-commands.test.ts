/** Backups from the command line: written, proven, restored, printed, split, and keys taken offline and back. */
import { generateKeyPairSync } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import qrcode from 'qrcode';
import { beforeEach, describe, expect, it } from 'vitest';
import { placeOf, updateBackupRecords } from '../../../electron/backup/backup-records.ts';
import { beginWriting } from '../../../electron/backup/record-writing.ts';
import { noteUse } from '../../../electron/backup/end-visits.ts';
import { writeTarGz } from '../../../electron/backup/tar-archive.ts';
import { temporaryName } from '../../../electron/backup/write-backup.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { findKey, storeKey } from '../../../electron/keystore/store-key.ts';
import { signsANonce } from '../../../electron/keystore/usable-key.ts';
import { repositoryPassphrase, rootPassphrase } from '../keystore/vectors.ts';
import { backupPassphrase, generated, jeffId, now, rootId, stick, useKeyLab } from './key-lab.ts';

const lab = useKeyLab();
const env = { TRUSTDESK_BACKUP_PASSPHRASE: backupPassphrase };
const keyEnv = {
  ...env,
  DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: rootPassphrase,
  DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: repositoryPassphrase,
};
const year = 365 * 24 * 60 * 60 * 1000;
const written = 'trustdesk-backup-2026-11-24.tar.gz.age';

/** Two copies of the root key on two sticks, proven now. */
async function proveTwo(): Promise<void> {
  lab.plugIn('drive', 'other');
  await lab.must(['backup', 'write', 'drive', 'other', '--keys', 'root'], { env });
  await lab.must(['backup', 'check', 'drive', 'other', '--plugged-in'], { env: keyEnv });
}

describe('backup write', () => {
  it.each([
    ['is a link to elsewhere', () => symlinkSync(lab.at('elsewhere'), lab.at('other'))],
    ['is another folder', () => mkdirSync(lab.at('other'))],
  ])('writes nothing to a place that %s once the passphrase is typed', async (_name, put) => {
    mkdirSync(lab.at('elsewhere'));
    const swap = () => {
      renameSync(lab.at('other'), lab.at('away'));
      put();
      return backupPassphrase;
    };
    const ran = await lab.run(['backup', 'write', 'drive', 'other'], { answers: [backupPassphrase, swap] });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(`Nothing was written to ${lab.at('other')}: `);
    expect(ran.stderr).toContain('not the place any more');
    const folders = ['drive', 'other', 'away', 'elsewhere'].map((name) => readdirSync(lab.at(name)));
    expect(folders).toEqual([[written], [], [], []]);
  });

  it('writes nothing where a drive was that was pulled out, or another one is, once the passphrase is typed', async () => {
    const at = (...names: readonly string[]) => names.map((name) => stick(name, lab.at('drive')));
    for (const later of [[], at('another')]) {
      let plugged = at('drive');
      const swap = () => {
        plugged = later;
        return backupPassphrase;
      };
      const blockDevices = () => Promise.resolve(plugged);
      const answers = [backupPassphrase, swap];
      const ran = await lab.run(['backup', 'write', 'drive'], { answers, blockDevices });
      expect([ran.exitCode, readdirSync(lab.at('drive'))]).toEqual([1, []]);
      expect(ran.stderr).toContain('not the place any more');
    }
    expect((await lab.must(['backup', 'list'])).stdout).not.toContain('unproven');
  });

  it('writes one file 0600 to each place, unproven, and says how to prove it', async () => {
    const answers = ['short', backupPassphrase, 'another', backupPassphrase, backupPassphrase];
    const { stdout, stderr, tty } = await lab.must(['backup', 'write', 'drive', 'other'], { answers });
    expect(readdirSync(lab.at('drive'))).toEqual([written]);
    expect(lab.mode('drive', written)).toBe(0o600);
    expect(readFileSync(lab.at('drive', written))).toEqual(readFileSync(lab.at('other', written)));
    expect(stdout).toContain('Not proven yet. Prove them:\n  trustdesk backup check ');
    expect(stderr).toContain('On the same disk as the keys');
    expect(tty).toContain('Passphrase is too short');
    expect(tty).toMatch(/Strength: \w+ \(\d of 4\)/);
    const { stdout: list } = await lab.must(['backup', 'list']);
    expect(list.match(/ {3}7 {9}unproven/g)).toHaveLength(2);
  });

  it('names a key file that it cannot read, and does not call the copy what was asked for', async () => {
    lab.put('.docker/trust/private/odd.key', 'no key');
    const words = ['backup', 'write', 'drive'];
    const all = await lab.run(words, { env });
    expect(all.exitCode).toBe(1);
    expect(all.stderr).toMatch(/Warning: .*odd\.key is not in the backup: the file holds no PEM block\n/);
    expect(all.stderr).toContain('move away what is no key');
    expect(readdirSync(lab.at('drive'))).toEqual([written]);
    const one = await lab.must([...words, '--keys', rootId], { env });
    expect(one.stderr).not.toContain('odd.key');
  });

  it('makes up a passphrase that opens it', async () => {
    let made = '';
    const typed = (shown: string): string => (made = generated(shown));
    const words = ['backup', 'write', 'drive', 'other', '--generate', 'words'];
    const { stdout, stderr } = await lab.must(words, { answers: [typed] });
    expect(stdout + stderr).not.toContain(made);
    await lab.must(['backup', 'restore', 'drive', '--dry-run'], { answers: [made] });
  });

  it('makes up words for Enter alone at the question, and opens with them', async () => {
    let made = '';
    const typed = (shown: string): string => (made = generated(shown));
    const { stdout, stderr, tty } = await lab.must(['backup', 'write', 'drive'], { answers: ['', typed] });
    expect(tty).toContain(
      'Enter alone makes one up for you, of random words.\nEnter passphrase for new backup: ',
    );
    expect(made).toMatch(/^([a-z]+-){6}[a-z]+$/);
    expect(tty).toContain('77 bits');
    expect(stdout + stderr).not.toContain(made);
    await lab.must(['backup', 'restore', 'drive', '--dry-run'], { answers: [made] });
  });

  it('takes one of the person’s own after the words were declined, by Enter or by typing others', async () => {
    const answers = ['', '', '', 'other', 'other', 'other', 'other', backupPassphrase, backupPassphrase];
    const { tty } = await lab.must(['backup', 'write', 'drive'], { answers });
    const shown = [...tty.matchAll(/\n {4}(\S+)\n/g)].map(([, text]) => text);
    expect(new Set(shown).size).toBe(2);
    expect(tty.match(/Enter alone goes back, to choose one of your own\./g)).toHaveLength(2);
    await lab.must(['backup', 'restore', 'drive', '--dry-run'], { answers: [backupPassphrase] });
  });

  it.each([
    [['--keys', 'root'], 2],
    [['--keys', jeffId], 1],
    [['--keys', `root,${jeffId.slice(0, 7)}`], 3],
    [['--keys', 'root', '--keys', 'all'], 7],
  ])('takes the keys of %j', async (options, count) => {
    const { stdout } = await lab.must(['backup', 'write', 'drive', ...options, '--json'], { env });
    const [{ keys }] = JSON.parse(stdout) as [{ keys: unknown[] }];
    expect(keys).toHaveLength(count);
  });

  it.each<[string, string[], string]>([
    ['a place that is not there', ['none'], 'There is no folder'],
    ['a key that is not here', ['drive', '--keys', 'fffffff'], 'Key fffffff is not here'],
    ['a recipient that is none', ['drive', '--recipient', 'age1nope'], 'is no public key of age'],
    [
      'a plain archive with recipients',
      ['drive', '--plain-tar', '--recipient', 'age1x'],
      '--plain-tar is not encrypted',
    ],
  ])('refuses %s, and leaves no trace', async (_, words, refusal) => {
    const { exitCode, stderr } = await lab.run(['backup', 'write', ...words], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(refusal);
    expect(readdirSync(lab.at('drive'))).toEqual([]);
  });

  it('without a terminal it names the variable, whose content must be long enough', async () => {
    const none = await lab.run(['backup', 'write', 'drive']);
    expect(none.stderr).toContain('environment variable TRUSTDESK_BACKUP_PASSPHRASE');
    const short = await lab.run(['backup', 'write', 'drive'], {
      env: { TRUSTDESK_BACKUP_PASSPHRASE: 'short' },
    });
    expect(short.stderr).toContain('Passphrase is too short');
    expect(readdirSync(lab.at('drive'))).toEqual([]);
  });

  it('a rehearsal asks nobody and writes nothing', async () => {
    const { stdout } = await lab.must(['backup', 'write', 'drive', '--keys', 'root', '--dry-run']);
    expect(stdout).toMatch(/^Would write \d+ files with 2 keys \(.*400fbc8 \(root\)/);
    expect(readdirSync(lab.at('drive'))).toEqual([]);
  });

  it('takes a drive by its label', async () => {
    const blockDevices = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
    await lab.must(['backup', 'write', 'VAULT'], { env, blockDevices });
    expect(readdirSync(lab.at('drive'))).toEqual([written]);
    rmSync(lab.keyFile(rootId));
    await lab.must(['backup', 'restore', 'VAULT'], { env, blockDevices });
    expect(lab.keys()).toContain(rootId);
  });

  it('names the drive, and says what it cannot keep', async () => {
    const blockDevices = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
    const { stdout, stderr } = await lab.must(['backup', 'write', 'drive'], { env, blockDevices });
    expect(stdout).toContain(' on VAULT\n');
    expect(stdout).toContain('Unplug the drives, plug them in again, and prove it');
    expect(stderr).toContain('Its file system keeps no permissions: whoever holds it can copy the file');
    expect(stderr).toContain('one place is not enough');
  });

  it('removes what a backup that was cut off left, says so, and touches nothing else', async () => {
    const id = '0b54f0ea-6d1c-4e0e-9a53-3f6d6f9d5c11';
    const left = temporaryName(id);
    const leave = async () => {
      lab.put(`drive/${left}`, 'half');
      const where = placeOf(join(realpathSync(lab.at('drive')), 'x'), undefined);
      await updateBackupRecords(lab.at('trustdesk/backups.json'), (records) => {
        const { writing = [] } = beginWriting(records, { id, where, at: now });
        // Above every process ID of Linux.
        return { ...records, writing: writing.map((each) => ({ ...each, processId: 2 ** 22 + 1 })) };
      });
    };
    await leave();
    const listed = await lab.must(['backup', 'list']);
    expect(listed.stdout).toMatch(/Writing a backup to .* was cut off on .*: write it there again\./);
    lab.put('drive/.notes.tmp', 'mine');
    const theirs = temporaryName('0b54f0ea-6d1c-4e0e-9a53-3f6d6f9d5c12');
    lab.put(`drive/${theirs}`, 'of another computer');
    utimesSync(lab.at('drive', theirs), now, new Date(now.getTime() - 48 * 60 * 60 * 1000));
    const { stderr } = await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    expect(stderr).toContain(`Removed ${left}, which a backup that was cut off had left.`);
    expect((await lab.must(['backup', 'list'])).stdout).not.toContain('was cut off');
    await leave();
    await lab.must(['backup', 'check', 'drive'], { env: keyEnv });
    expect(readdirSync(lab.at('drive')).sort()).toEqual(['.notes.tmp', theirs, written].sort());
    expect(lab.read('trustdesk/activity.jsonl').match(/backup-leftover-removed/g)).toHaveLength(2);
  });

  it('warns of a plain archive', async () => {
    const { stderr } = await lab.must(['backup', 'write', 'drive', '--plain-tar']);
    expect(stderr).toContain('is not encrypted as a whole');
    expect(lab.mode('drive', 'private_keys_backup.tar.gz')).toBe(0o600);
  });
});

describe('backup check', () => {
  it('asks for every passphrase, tries every key, and records the proof', async () => {
    await lab.must(['backup', 'write', 'drive', 'other', '--keys', `${rootId},${jeffId}`], { env });
    const answers = ['wrong', backupPassphrase, 'wrong', rootPassphrase, repositoryPassphrase];
    const { stdout, tty } = await lab.must(['backup', 'check', 'drive', 'other'], { answers });
    expect(stdout.match(/^ok /gm)).toHaveLength(4);
    expect(stdout).toContain('Proven: all 2 keys were opened from this copy');
    expect(tty).toContain('each signs a test message, and nothing else');
    const { stdout: list } = await lab.must(['backup', 'list']);
    expect(list.match(/proven 2026-11-24/g)).toHaveLength(2);
  });

  it('leaves a key out when Enter alone is typed, and is not proven then', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', `${rootId},${jeffId}`], { env });
    const { exitCode, stdout } = await lab.run(['backup', 'check', 'drive'], {
      answers: [backupPassphrase, '', repositoryPassphrase],
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^left out +root/m);
    expect(stdout).toContain('Not proven: 1 of 2 keys');
    expect((await lab.must(['backup', 'list'])).stdout).toContain('proven in part only');
  });

  it('Ctrl+C ends it, and nothing is recorded', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const { exitCode, stderr } = await lab.run(['backup', 'check', 'drive'], { answers: [backupPassphrase] });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Cancelled');
    expect((await lab.must(['backup', 'list'])).stdout).toContain('unproven');
  });

  it('finds damage, and the copy no longer counts', async () => {
    await proveTwo();
    const bytes = readFileSync(lab.at('drive', written));
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    writeFileSync(lab.at('drive', written), bytes);
    const { exitCode, stderr } = await lab.run(['backup', 'check', 'drive', '--plugged-in'], { env: keyEnv });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is damaged');
    expect((await lab.must(['backup', 'list'])).stdout).toContain('damaged at its last check');
    const refused = await lab.run(['backup', 'offline', rootId, '-y'], { env });
    expect(refused.stderr).toContain('1 proven copy');
  });

  it.each([
    ['no backup', (file: string) => writeFileSync(file, 'x')],
    ['another backup', (file: string) => writeFileSync(file, readFileSync(lab.at('third', written)))],
  ])('a proven copy whose file is %s by now no longer counts', async (_, replace) => {
    await proveTwo();
    mkdirSync(lab.at('third'));
    await lab.must(['backup', 'write', 'third', '--keys', jeffId], { env });
    replace(lab.at('drive', written));
    await lab.run(['backup', 'check', 'drive'], { env: keyEnv });
    const refused = await lab.run(['backup', 'offline', rootId, '-y'], { env });
    expect(refused.stderr).toContain('1 proven copy');
    expect(lab.keys()).toContain(rootId);
  });

  it.each([
    ['a wrong variable', { TRUSTDESK_BACKUP_PASSPHRASE: 'wrong one' }, 'into TRUSTDESK_BACKUP_PASSPHRASE'],
    ['no terminal', {}, 'environment variable TRUSTDESK_BACKUP_PASSPHRASE'],
    ['no passphrase of the keys', env, 'DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE'],
  ])('%s is a refusal that names the fix', async (_, given, words) => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const { exitCode, stderr } = await lab.run(['backup', 'check', 'drive'], { env: given });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(words);
  });

  it.each([
    ['none', 'There is no backup at'],
    ['drive', 'There is no backup at'],
    ['.docker/trust/private', 'There is no backup at'],
  ])('refuses %s', async (place, words) => {
    const { exitCode, stderr } = await lab.run(['backup', 'check', place], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(words);
  });

  it('says that a variable does not open a key of the copy, where nobody can be asked', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const wrong = { ...keyEnv, DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: 'another passphrase' };
    const { exitCode, stderr } = await lab.run(['backup', 'check', 'drive'], { env: wrong });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`does not open key ${rootId}`)]);
    expect(stderr).toContain('DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE');
    expect(stderr).not.toContain('another passphrase');
  });

  it('says where shares are typed, and that none is taken from a variable', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const { exitCode, stderr } = await lab.run(['backup', 'check', 'drive', '--from-shares'], { env });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('shares are typed on a terminal')]);
    expect(stderr).toContain('leave --from-shares out');
  });

  it.each([
    ['restore', ['drive', '--dry-run']],
    ['sheet', ['--from', 'drive', '--dry-run']],
    ['split', ['drive', '--shares', '2/3', '--dry-run']],
    ['bring-back', [rootId, 'drive', '--dry-run']],
  ])('says for `backup %s`, too, which of several backups in a folder it takes', async (command, words) => {
    for (let copy = 0; copy < 2; copy++)
      await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const { stderr } = await lab.must(['backup', command, ...words], { env });
    expect(stderr).toContain(
      '1 older backup is beside trustdesk-backup-2026-11-24-2.tar.gz.age, which is used',
    );
  });

  it('takes the newest of a folder, and says that there are others', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const { stdout, stderr } = await lab.must(['backup', 'check', 'drive'], { env: keyEnv });
    expect(stdout).toContain('trustdesk-backup-2026-11-24-2.tar.gz.age');
    expect(stderr).toContain('1 older backup is beside');
  });

  it('waits until the drive was unplugged and is back, where its mount point may be another', async () => {
    const here = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env, blockDevices: here });
    const moved = lab.at('elsewhere');
    let looks = 0;
    const replugged = (): ReturnType<typeof here> => {
      looks += 1;
      if (looks <= 2) return here();
      if (looks === 3) {
        lab.put('elsewhere/x', '');
        moveAll(lab.at('drive'), moved);
      }
      return Promise.resolve(looks === 3 ? [] : [stick('VAULT', moved)]);
    };
    const { stdout, tty } = await lab.must(['backup', 'check', 'drive'], {
      env: keyEnv,
      answers: [],
      blockDevices: replugged,
    });
    expect(tty).toContain('Eject and unplug VAULT, then plug it in again');
    expect(stdout).toContain(join(moved, written));
    const { stdout: list } = await lab.must(['backup', 'list']);
    expect(list).toMatch(/VAULT +1 +proven/);
  }, 20_000);

  it('a role out of an archive does not control the terminal', async () => {
    const key = readFileSync(join(lab.trust, 'private', `${rootId}.key`), 'utf8');
    const bytes = Buffer.from(key.replace('role: root', 'role: \u001b]0;owned\u0007'));
    const archive = await writeTarGz([{ path: `private/${rootId}.key`, bytes }], new Date());
    lab.put('drive/private_keys_backup.tar.gz', archive);
    const words = ['backup', 'bring-back', rootId, 'drive', '--dry-run'];
    const { stdout } = await lab.must(words, { env });
    expect(stdout).toContain('(\\x1b]0;owned\\x07)');
  });

  it('proves nothing when another drive lies there once the passphrase was typed', async () => {
    const blue = () => Promise.resolve([stick('BLUE', lab.at('drive'))]);
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env, blockDevices: blue });
    let looks = 0;
    const swapped = () => Promise.resolve([stick((looks += 1) <= 1 ? 'BLUE' : 'RED', lab.at('drive'))]);
    const checked = await lab.run(['backup', 'check', join(lab.at('drive'), written), '--plugged-in'], {
      env: keyEnv,
      blockDevices: swapped,
    });
    expect([checked.exitCode, checked.stderr]).toEqual([
      1,
      expect.stringContaining('changed since it was shown'),
    ]);
    const { stdout: list } = await lab.must(['backup', 'list']);
    expect(list).toMatch(/BLUE +1 +unproven/);
    expect(list).not.toContain('RED');
  }, 20_000);

  it.each([
    ['never unplugged, on a system that lists it all the same', 'VAULT was still listed', '--plugged-in'],
    ['unplugged for good', 'VAULT was unplugged and not seen again', 'trustdesk backup drives'],
  ])(
    'does not wait for ever for a drive that is %s',
    async (what, words, fix) => {
      const here = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
      await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env, blockDevices: here });
      let looks = 0;
      const system = () => (++looks > 2 && what === 'unplugged for good' ? Promise.resolve([]) : here());
      const { exitCode, stderr, tty } = await lab.run(['backup', 'check', 'drive'], {
        env: keyEnv,
        answers: [],
        blockDevices: system,
        replugPatience: { remindAfter: 20, endAfter: 2500 },
      });
      expect(exitCode).toBe(1);
      expect(stderr).toContain(words);
      expect(stderr).toContain(fix);
      expect(tty).toContain('VAULT is still listed by this system.');
      expect(tty).toContain('repeat the command with --plugged-in');
    },
    20_000,
  );

  it('does not wait for a system that no longer answers', async () => {
    const here = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env, blockDevices: here });
    let looks = 0;
    const { exitCode, stderr } = await lab.run(['backup', 'check', 'drive'], {
      env: keyEnv,
      answers: [],
      blockDevices: () => (++looks > 2 ? new Promise<never>(() => undefined) : here()),
      replugPatience: { remindAfter: 20, endAfter: 200 },
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('VAULT was still listed')]);
  });

  it('says when a drive was read as it was', async () => {
    const blockDevices = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env, blockDevices });
    const { stderr } = await lab.must(['backup', 'check', 'drive', '--plugged-in'], {
      env: keyEnv,
      blockDevices,
    });
    expect(stderr).toContain('VAULT was not unplugged');
  });

  it('names the way out when nobody is there to unplug a drive', async () => {
    const blockDevices = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
    await lab.must(['backup', 'write', 'VAULT', '--keys', rootId], { env, blockDevices });
    const { exitCode, stderr } = await lab.run(['backup', 'check', 'VAULT'], { env: keyEnv, blockDevices });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nobody is here to do it: --plugged-in reads it as it is');
    expect(stderr).not.toContain('PASSPHRASE');
  });
});

function moveAll(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    writeFileSync(join(to, name), readFileSync(join(from, name)));
    rmSync(join(from, name));
  }
}

async function signs(id: string, passphrase: string): Promise<boolean> {
  return signsANonce(await openKey(await findKey(lab.trust, id), SecretBytes.fromText(passphrase)));
}

describe('a key that is not away', () => {
  it.each(['send-away', 'keep'])('`backup %s` says whether it is here at all', async (command) => {
    const here = await lab.run(['backup', command, rootId.slice(0, 7)]);
    expect([here.exitCode, here.stderr]).toEqual([
      1,
      expect.stringContaining(`Key ${rootId} was not brought back from a backup`),
    ]);
    const nowhere = await lab.run(['backup', command, 'deadbee']);
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([
      1,
      expect.stringContaining('Key deadbee is not here'),
    ]);
  });
});

describe('backup restore', () => {
  it('takes a backup or a sheet, not both', async () => {
    const { exitCode, stderr } = await lab.run(['backup', 'restore', 'drive', '--code-text', 'sheet.txt']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('not both at once')]);
  });

  it('onto an empty computer', async () => {
    await lab.must(['backup', 'write', 'drive', '--with-metadata', '--with-settings'], { env });
    rmSync(lab.trust, { recursive: true });
    const { stdout } = await lab.must(['backup', 'restore', 'drive'], { answers: [backupPassphrase] });
    expect(stdout.match(/^Restored key/gm)).toHaveLength(7);
    expect(await signs(rootId, rootPassphrase)).toBe(true);
    expect(lab.mode('.docker/trust/private')).toBe(0o700);
    expect(lab.mode('.docker/trust/private', `${rootId}.key`)).toBe(0o600);
  });

  it('into what is there: the same is said, another passphrase is kept until it is named', async () => {
    await lab.must(['backup', 'write', 'drive'], { env });
    await lab.must(['key', 'passwd', jeffId], {
      env: { ...keyEnv, TRUSTDESK_NEW_PASSPHRASE: 'since then another' },
    });
    const kept = await lab.run(['backup', 'restore', 'drive'], { env });
    expect(kept.exitCode).toBe(1);
    expect(kept.stdout.match(/^Already here/gm)).toHaveLength(6);
    expect(kept.stderr).toContain('Kept key 570adc0 (jeff) as it is here');
    expect(kept.stderr).toContain('--replace 570adc0');
    expect(await signs(jeffId, 'since then another')).toBe(true);
    const replace = ['backup', 'restore', 'drive', '--key', jeffId, '--replace', jeffId];
    const declined = await lab.run(replace, { env, input: 'n\n' });
    expect(declined.exitCode).toBe(1);
    const asJson = await lab.run([...replace, '--json'], { env, input: 'n\n' });
    expect([asJson.exitCode, asJson.stdout]).toEqual([1, '']);
    expect(asJson.stderr).toContain('[y/N]');
    expect(declined.stdout).toContain('Replace key 570adc0 (jeff) by what the backup holds? [y/N]');
    expect(await signs(jeffId, 'since then another')).toBe(true);
    const newer = readFileSync(lab.keyFile(jeffId), 'utf8');
    const { stdout } = await lab.must([...replace, '-y'], { env });
    expect(await signs(jeffId, repositoryPassphrase)).toBe(true);
    const aside = /^ {2}The key file that was here is kept as (.+)$/m.exec(stdout)?.[1] ?? '';
    expect(readFileSync(aside, 'utf8')).toBe(newer);
  });

  it('asks before an archive that anybody could have changed says whom to trust', async () => {
    const path = 'trust/tuf/registry.example.test/evil/metadata/root.json';
    const archive = await writeTarGz(
      [
        { path: `trust/private/${jeffId}.key`, bytes: readFileSync(lab.keyFile(jeffId)) },
        { path, bytes: Buffer.from('{}') },
      ],
      new Date('2026-11-24T10:00:00Z'),
    );
    lab.put('private_keys_backup.tar.gz', archive);
    const restore = ['backup', 'restore', 'private_keys_backup.tar.gz'];
    const declined = await lab.run(restore, { input: 'n\n' });
    expect(declined.stdout).toContain('The archive is not protected. Take over');
    expect(existsSync(join(lab.trust, '..', path))).toBe(false);
    await lab.must([...restore, '--keys-only']);
    expect(existsSync(join(lab.trust, '..', path))).toBe(false);
    await lab.must([...restore, '-y']);
    expect(existsSync(join(lab.trust, '..', path))).toBe(true);
  });

  it('in part, and first as a rehearsal', async () => {
    await lab.must(['backup', 'write', 'drive'], { env });
    rmSync(lab.keyFile(jeffId));
    rmSync(lab.keyFile(rootId));
    const { stdout } = await lab.must(['backup', 'restore', 'drive', '--key', jeffId, '--dry-run'], { env });
    expect(stdout).toBe('key 570adc0 (jeff) would be restored\n');
    expect(lab.keys()).not.toContain(jeffId);
    await lab.must(['backup', 'restore', 'drive', '--key', jeffId.slice(0, 7)], { env });
    expect(lab.keys()).toContain(jeffId);
    expect(lab.keys()).not.toContain(rootId);
  });

  it.each<[string, string[], string]>([
    ['a key it does not hold', ['drive', '--key', 'ffffffff'], 'Key ffffffff is not in the backup'],
    [
      'a replacement it does not hold',
      ['drive', '--replace', 'ffffffff'],
      '--replace ffffffff names nothing',
    ],
    ['nothing named', [], 'Name the backup, or a recovery sheet with --code-text'],
    [
      'a role for what says its own',
      ['drive', '--role', 'root'],
      '--role is for the keys of a recovery sheet',
    ],
    ['not to try what is not tried', ['drive', '--unchecked'], '--unchecked is for the keys of a recovery'],
  ])('refuses %s', async (_, words, refusal) => {
    await lab.must(['backup', 'write', 'drive'], { env });
    const { exitCode, stderr } = await lab.run(['backup', 'restore', ...words], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(refusal);
  });
});

/** Writes something else into a line of the base64, counted from 0: what is there if it is `tag`, else that. */
function slip(line: number, what: string, column = 20): (text: string) => string {
  return (text) => {
    const lines = text.split('\n');
    const at = lines.indexOf('') + 1 + line;
    const was = lines[at] ?? '';
    const letter = was[column] === 'A' ? 'B' : 'A';
    lines[at] =
      what === 'MIHu'
        ? `M1${was.slice(2)}`
        : `${was.slice(0, column)}${what === 'tag' ? letter : what}${was.slice(column + 1)}`;
    return lines.join('\n');
  };
}

describe('backup sheet', () => {
  it('is a page and the text of its codes, 0600, which brings the root keys back', async () => {
    await proveTwo();
    await lab.must(['backup', 'sheet', '-o', 'sheet.html', '--passphrase-line']);
    expect([lab.mode('sheet.html'), lab.mode('sheet.txt')]).toEqual([0o600, 0o600]);
    const page = lab.read('sheet.html');
    expect(page).toContain('400f bc8b 1381 3cf7');
    expect(page).toContain('proven 2026-11-24');
    expect(page).toContain('Passphrase of the backup');
    expect(page).not.toMatch(/<script|src=|href=|url\(/);
    rmSync(lab.keyFile(rootId));
    const { stdout } = await lab.must(['backup', 'restore', '--code-text', '-'], {
      input: lab.read('sheet.txt'),
      env: keyEnv,
    });
    expect(stdout).toContain(`Restored key ${rootId} (role root). Its passphrase opens it, and it signs.`);
    expect(await signs(rootId, rootPassphrase)).toBe(true);
    const again = await lab.must(['backup', 'restore', '--code-text', 'sheet.txt']);
    expect(again.stdout).toContain(`Already here: key ${rootId}`);
    await lab.must(['key', 'passwd', rootId], {
      env: { ...keyEnv, TRUSTDESK_NEW_PASSPHRASE: 'since then another' },
    });
    const replace = ['backup', 'restore', '--code-text', 'sheet.txt', '--replace', rootId];
    const kept = await lab.run(replace, { input: 'n\n' });
    expect(kept.stdout).toContain(`Replace key ${rootId} by the one of the sheet? [y/N]`);
    expect(await signs(rootId, 'since then another')).toBe(true);
    const newer = readFileSync(lab.keyFile(rootId), 'utf8');
    const { stdout: replaced } = await lab.must(replace, { input: 'y\n', env: keyEnv });
    expect(await signs(rootId, rootPassphrase)).toBe(true);
    expect(readFileSync(/is kept as (.+)$/m.exec(replaced)?.[1] ?? '', 'utf8')).toBe(newer);
  });

  /** The root key's sheet, as text, and no root key here any more. */
  async function onPaperOnly(): Promise<string> {
    await lab.must(['backup', 'sheet', '-o', 'sheet.html', '--key', rootId]);
    rmSync(lab.keyFile(rootId));
    return lab.read('sheet.txt');
  }
  const restore = ['backup', 'restore', '--code-text', 'typed.txt'];
  const unchecked = (text: string) => text.replace(/^trustdesk check.*\n/m, '');

  it.each<[string, (text: string) => string, string]>([
    ['a mistyped letter', slip(1, 'tag'), 'line 2 below the empty line is not as it was printed'],
    ['another ID', (text) => text.replace('path: 4', 'path: 5'), 'its line "path" is not as it was printed'],
    ['no last line', (text) => text.replace(/.*\n(?=-----END)/, ''), 'the end of the key is missing'],
    ['only its beginning', (text) => text.slice(0, 300), 'the end of the key is missing'],
    ['a slip in the check', (text) => text.replace(/(?<=check )..../, '0000'), ''],
  ])(
    'a text with %s is refused before anybody is asked, and the line is named',
    async (_, change, reason) => {
      const text = await onPaperOnly();
      lab.put('typed.txt', change(text));
      const ran = await lab.run(restore, { env: reason === '' ? keyEnv : {} });
      expect(ran.stderr).toContain(reason);
      // The check of the whole key is right in the last one, so the key is.
      expect([ran.exitCode, lab.keys().includes(rootId)]).toEqual(reason === '' ? [0, true] : [1, false]);
    },
  );

  it.each<[string, (text: string) => string, string]>([
    ['structure that is damaged', slip(0, 'MIHu'), 'the key in it is cut off or damaged'],
    ['no last line', (text) => text.replace(/.*\n(?=-----END)/, ''), 'the key in it is cut off or damaged'],
    [
      'bytes after it',
      (text) => text.replace(/=*\n-----END/, 'AAAA\n-----END'),
      'code from the recovery sheet',
    ],
    [
      'a letter that is none',
      slip(1, '!'),
      'line 2 below the empty line has a character that cannot be there',
    ],
    ['another ID', (text) => text.replace('path: 4', 'path: 5'), 'another key than its line "path" names'],
    ['another ciphertext', slip(3, 'tag'), 'another key than its line "path" names'],
    ['another salt', slip(0, 'tag', 50), 'The passphrase does not open key 400fbc8b1381'],
  ])('of an older sheet, a text with %s is not stored', async (_, change, reason) => {
    lab.put('typed.txt', change(unchecked(await onPaperOnly())));
    const answers = Array.from({ length: 4 }, () => rootPassphrase);
    const ran = await lab.run(restore, { answers });
    expect(`${ran.stdout}${ran.stderr}`).toContain(reason);
    expect([ran.exitCode, lab.keys().filter((id) => id.startsWith('4') || id === rootId)]).toEqual([1, []]);
    expect(lab.keys().some((id) => id.startsWith('500fbc8b'))).toBe(false);
  });

  it('says where a variable was tried that it may be the text that is wrong', async () => {
    lab.put('typed.txt', slip(0, 'tag', 50)(unchecked(await onPaperOnly())));
    const ran = await lab.run(restore, { env: keyEnv });
    expect(ran.stderr).toContain('or a letter of the text is not as it is printed');
    expect([ran.exitCode, lab.keys().includes(rootId)]).toEqual([1, false]);
  });

  it.each<[string, (text: string) => string]>([
    ['as older sheets have it', unchecked],
    ['with blanks for line ends', (text) => text.replaceAll('\n', ' ')],
    ['indented, with other line ends', (text) => text.replaceAll('\n', '\r\n   ')],
    [
      'in short lines',
      (text) => text.replace(/^[\w+/]{64}$/gm, (line) => `${line.slice(0, 30)}\n${line.slice(30)}`),
    ],
    ['with the check in capitals', (text) => text.replace(/(?<=check ).*/, (digits) => digits.toUpperCase())],
  ])('is read %s', async (_, change) => {
    lab.put('typed.txt', change(await onPaperOnly()));
    const { stdout } = await lab.must(restore, { answers: ['wrong', rootPassphrase] });
    expect(stdout).toContain('Its passphrase opens it, and it signs.');
    expect(await signs(rootId, rootPassphrase)).toBe(true);
  });

  it('stores no key of a sheet while another of it cannot be opened', async () => {
    await lab.must(['backup', 'sheet', '-o', 'sheet.html', '--key', `${rootId},${jeffId}`]);
    lab.put('typed.txt', lab.read('sheet.txt'));
    for (const id of [rootId, jeffId]) rmSync(lab.keyFile(id));
    const wrong = { ...keyEnv, DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'not that of the signer' };
    const ran = await lab.run(restore, { env: wrong });
    expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining(jeffId.slice(0, 12))]);
    expect(lab.keys().filter((id) => id === rootId || id === jeffId)).toEqual([]);
    await lab.must(restore, { env: keyEnv });
    expect(lab.keys()).toEqual(expect.arrayContaining([rootId, jeffId]));
  });

  it('says which keys it stored where a later one cannot be', async () => {
    await lab.must(['backup', 'sheet', '-o', 'sheet.html', '--key', `${rootId},${jeffId}`]);
    lab.put('typed.txt', lab.read('sheet.txt'));
    for (const id of [rootId, jeffId]) rmSync(lab.keyFile(id));
    mkdirSync(lab.keyFile(jeffId));
    const ran = await lab.run([...restore, '--key', `${rootId},${jeffId}`], { env: keyEnv });
    expect([ran.exitCode, ran.stderr]).toEqual([
      1,
      expect.stringContaining(`Stored before this failed: key ${rootId}\n`),
    ]);
    expect(await signs(rootId, rootPassphrase)).toBe(true);
  });

  it('takes the place of a damaged key file once it is named, and keeps that', async () => {
    lab.put('typed.txt', await onPaperOnly());
    const torn = 'half a key';
    writeFileSync(lab.keyFile(rootId), torn, { mode: 0o600 });
    const kept = await lab.run(restore, { env: keyEnv });
    expect([kept.exitCode, kept.stderr]).toEqual([
      1,
      expect.stringContaining(`--replace ${rootId.slice(0, 7)}`),
    ]);
    expect(readFileSync(lab.keyFile(rootId), 'utf8')).toBe(torn);
    const { stdout } = await lab.must([...restore, '--replace', rootId, '-y'], { env: keyEnv });
    expect(await signs(rootId, rootPassphrase)).toBe(true);
    expect(readFileSync(/is kept as (.+)$/m.exec(stdout)?.[1] ?? '', 'utf8')).toBe(torn);
  });

  describe('a key whose lines name no role', () => {
    beforeEach(async () => {
      lab.put('typed.txt', unchecked(await onPaperOnly()).replace(/^role: .*\n/m, ''));
    });
    it('is not guessed to be a root key', async () => {
      const ran = await lab.run(restore, { env: keyEnv });
      expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining('does not say what key')]);
      expect(ran.stderr).toContain('--role');
      expect(lab.keys()).not.toContain(rootId);
    });
    it.each<[string[], string]>([
      [['root'], 'role: root\n'],
      [['jeff'], 'role: jeff\n'],
      [['targets', '--gun', 'registry.example.test/app'], 'gun: registry.example.test/app\n'],
    ])('is stored with --role %j', async (words, header) => {
      await lab.must([...restore, '--role', ...words], { answers: [rootPassphrase] });
      expect(readFileSync(lab.keyFile(rootId), 'utf8')).toContain(header);
      expect(await signs(rootId, rootPassphrase)).toBe(true);
    });
    it('a key of one repository needs its name', async () => {
      const ran = await lab.run([...restore, '--role', 'targets'], { env: keyEnv });
      expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining('--gun')]);
      expect(lab.keys()).not.toContain(rootId);
    });
  });

  it('does not take a key that has no passphrase of its own', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const [begin = '', ...rest] = pem.split('\n');
    lab.put('typed.txt', [begin, 'role: root', `path: ${'5'.repeat(64)}`, '', ...rest].join('\n'));
    const ran = await lab.run(restore, { env: keyEnv });
    expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining('passphrase')]);
    expect(lab.keys()).not.toContain('5'.repeat(64));
  });

  it('a key that is named twice is restored once', async () => {
    lab.put('typed.txt', await onPaperOnly());
    const ran = await lab.must([...restore, '--key', `${rootId},${rootId.slice(0, 12)}`, '--json'], {
      env: keyEnv,
    });
    expect(JSON.parse(ran.stdout)).toMatchObject([{ id: rootId, outcome: 'restored' }]);
  });

  it('a key whose passphrase nobody gives is stored only when that is wanted, and called unchecked', async () => {
    lab.put('typed.txt', await onPaperOnly());
    const declined = await lab.run(restore, { answers: [''], input: 'n\n' });
    expect([declined.exitCode, lab.keys().includes(rootId)]).toEqual([1, false]);
    expect(declined.stderr).toContain('Nothing was stored');
    const taken = await lab.must(restore, { answers: [''], input: 'y\n' });
    expect(taken.stdout).toContain('NOT CHECKED');
    rmSync(lab.keyFile(rootId));
    const scripted = await lab.must([...restore, '--unchecked']);
    expect(scripted.stdout).toContain('NOT CHECKED');
    expect(await signs(rootId, rootPassphrase)).toBe(true);
  });

  it('can be tried like a copy: nothing is stored or recorded', async () => {
    lab.put('typed.txt', await onPaperOnly());
    const check = ['backup', 'check', '--code-text', 'typed.txt'];
    const { stdout } = await lab.must(check, { answers: ['wrong', rootPassphrase] });
    expect(stdout).toMatch(/^ok +root +400f/m);
    expect(stdout).toContain('Nothing was stored.');
    const left = await lab.run(check, { answers: [''] });
    expect([left.exitCode, left.stdout]).toEqual([1, expect.stringContaining('Not proven: 0 of 1')]);
    expect(lab.keys()).not.toContain(rootId);
    expect((await lab.must(['backup', 'list'])).stdout).toContain('No backups are recorded');
    const both = await lab.run([...check, 'drive']);
    expect([both.exitCode, both.stderr]).toEqual([1, expect.stringContaining('--code-text')]);
  });

  it('prints a long key in several codes, which may be pasted with other line ends', async () => {
    const rsa = await generateKey('RSA 4096');
    await storeKey(lab.trust, rsa, { role: 'root' }, SecretBytes.fromText(rootPassphrase));
    await lab.must(['backup', 'sheet', '-o', 's.html', '--key', rsa.id]);
    const text = lab.read('s.txt');
    expect(text.match(/^trustdesk key part /gm)?.length).toBeGreaterThan(2);
    rmSync(lab.keyFile(rsa.id));
    const pasted = text.replaceAll('\n', '\r\n').replace(/(?=trustdesk key part 2)/, '\r\n\r\n');
    await lab.must(['backup', 'restore', '--code-text', '-'], { input: pasted, env: keyEnv });
    expect(await signs(rsa.id, rootPassphrase)).toBe(true);
    const half = text.slice(0, text.indexOf('trustdesk key part 2'));
    const refused = await lab.run(['backup', 'restore', '--code-text', '-'], { input: half });
    expect(refused.stderr).toMatch(/part 2, \d.* is missing/);
  });

  it('is made of a copy while the key is offline, and is the same', async () => {
    await proveTwo();
    mkdirSync(lab.at('third'));
    await lab.must(['backup', 'write', 'third', '--keys', rootId], { env });
    await lab.must(['backup', 'sheet', '-o', 'here.html', '--key', rootId]);
    await lab.must(['backup', 'offline', rootId, '-y']);
    const { stderr } = await lab.must(
      ['backup', 'sheet', '--from', 'drive', '--key', rootId, '-o', 'away.html'],
      {
        answers: ['wrong', backupPassphrase],
      },
    );
    expect(stderr).not.toContain('Note:');
    expect(lab.read('away.txt')).toBe(lab.read('here.txt'));
    expect(lab.read('away.html')).toBe(lab.read('here.html'));
    expect(existsSync(lab.keyFile(rootId))).toBe(false);
    const none = await lab.run(['backup', 'sheet', '--from', 'drive', '--key', jeffId], { env });
    expect(none.stderr).toContain(`Key ${jeffId} is not in the backup`);
    const unknown = await lab.must(['backup', 'sheet', '--from', 'third', '-o', 'x.html'], { env });
    expect(unknown.stderr).toContain('Note: nobody proved this copy from here');
  });

  it('is read back from pictures of its codes, one or several', async () => {
    const rsa = await generateKey('RSA 2048');
    await storeKey(lab.trust, rsa, { role: 'root' }, SecretBytes.fromText(rootPassphrase));
    await lab.must(['backup', 'sheet', '-o', 's.html', '--key', rsa.id]);
    rmSync(lab.keyFile(rsa.id));
    const texts = lab.read('s.txt').split(/(?=trustdesk key part)/);
    for (const [at, text] of texts.entries()) lab.put(`${String(at)}.png`, await qrcode.toBuffer(text));
    const half = await lab.run(['backup', 'restore', '--code-picture', '0.png']);
    expect(half.stderr).toMatch(/part 2.* is missing/);
    const pictures = texts.flatMap((_, at) => ['--code-picture', `${String(at)}.png`]);
    const { stdout } = await lab.must(['backup', 'restore', ...pictures], { env: keyEnv });
    expect(stdout).toContain(`Restored key ${rsa.id} (role root)`);
    expect(await signs(rsa.id, rootPassphrase)).toBe(true);
    const refused = await lab.run(['backup', 'restore', '--code-picture', 's.txt']);
    expect(refused.stderr).toContain('s.txt cannot be read: it is neither a PNG nor a JPEG picture');
    const both = await lab.run(['backup', 'restore', 'drive', '--code-picture', '0.png']);
    expect(both.exitCode).not.toBe(0);
  });

  it('writes both files or none', async () => {
    lab.put('sheet.txt', 'mine');
    const { exitCode } = await lab.run(['backup', 'sheet', '-o', 'sheet.html']);
    expect(exitCode).toBe(1);
    expect(readdirSync(lab.home)).not.toContain('sheet.html');
    expect(lab.read('sheet.txt')).toBe('mine');
  });
});

describe('the copies on a sheet', () => {
  const copiesOn = (page: string) => [...page.matchAll(/<strong>(\d\. [^<]+)<\/strong><br>[^>]*>([^<]+)</g)];

  it('are those that were proven, the last first, and the steps are of the first', async () => {
    await proveTwo();
    mkdirSync(lab.at('third'));
    await lab.must(['backup', 'write', 'third'], { env });
    const later = new Date('2026-12-02T10:00:00Z');
    await lab.must(['backup', 'check', 'other', '--plugged-in'], { env: { ...env, ...keyEnv }, at: later });
    await lab.must(['backup', 'sheet', '-o', 'sheet.html']);
    const page = lab.read('sheet.html');
    expect(copiesOn(page).map(([, label]) => label)).toEqual(['1. other', '2. drive']);
    expect(page).toContain('proven 2026-12-02, SHA-256 ');
    expect(page).toMatch(/Look into the backup, copy 1: /);
    expect(page).not.toContain('NOT PROVEN');
  });

  it('are marked where none was proven', async () => {
    await lab.must(['backup', 'write', 'drive'], { env });
    await lab.must(['backup', 'sheet', '-o', 'sheet.html']);
    expect(copiesOn(lab.read('sheet.html'))).toHaveLength(1);
    expect(lab.read('sheet.html')).toContain('NOT PROVEN: nobody opened it yet');
  });
});

describe('a copy that is restored from on another computer', () => {
  it('is recorded, not as proven, and what comes next is said; run as it is said, nothing is left to do', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const [file = ''] = readdirSync(lab.at('drive')).map((name) => lab.at('drive', name));
    for (const folder of ['trustdesk', '.docker/trust/private']) rmSync(lab.at(folder), { recursive: true });
    const { stderr } = await lab.must(['backup', 'restore', file], { env });
    expect(stderr).toContain(`Next: trustdesk backup check ${file}\n`);
    expect(stderr).toContain(`trustdesk backup offline ${rootId.slice(0, 7)}`);
    const listed = await lab.must(['backup', 'list']);
    expect(listed.stdout).toContain(' unproven');
    expect(listed.stdout).toContain(`To be checked:\n  trustdesk backup check ${file}\n`);
    await lab.must(['backup', 'check', file], { env: { ...env, ...keyEnv } });
    const after = await lab.must(['backup', 'list']);
    expect(after.stdout).not.toContain('To be checked');
    const again = await lab.must(['backup', 'restore', file], { env });
    expect(again.stderr).not.toContain('Next:');
    expect((await lab.must(['backup', 'list'])).stdout).toContain('proven 2026');
  });

  it('is named by its file where the folder has a newer one', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    await lab.must(['backup', 'write', 'drive', '--keys', jeffId], { env });
    const [one = '', two = ''] = readdirSync(lab.at('drive')).map((name) => lab.at('drive', name));
    const { stdout } = await lab.must(['backup', 'list']);
    for (const file of [one, two]) expect(stdout).toContain(`trustdesk backup check ${file}\n`);
    const check = (file: string) => lab.must(['backup', 'check', file], { env: { ...env, ...keyEnv } });
    for (const file of [one, two]) await check(file);
    expect((await lab.must(['backup', 'list'])).stdout).not.toContain('To be checked');
  });
});

describe('backup split', () => {
  const shareOf = (file: string): string =>
    /class="share">([^<]+)</.exec(lab.read('shares', file))?.[1] ?? '';

  it('puts each share on a sheet of its own; enough of them open the backup', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const { stdout } = await lab.must(['backup', 'split', 'drive', '--shares', '2/3', '-o', 'shares'], {
      answers: ['wrong', backupPassphrase],
    });
    const sheets = readdirSync(lab.at('shares')).sort();
    expect(sheets).toHaveLength(3);
    for (const sheet of sheets) {
      expect(lab.mode('shares', sheet)).toBe(0o600);
      expect(stdout).not.toContain(shareOf(sheet));
    }
    const [first = '', , third = ''] = sheets.map(shareOf);
    const answers = ['nonsense', first, first.toLowerCase(), third, rootPassphrase];
    const { tty } = await lab.must(['backup', 'check', 'drive', '--from-shares'], { answers });
    expect(tty).toContain('The share is not as it was printed.');
    expect(tty).toMatch(/Share 1 of 3, set \w{8}\. 1 more needed\./);
    expect(tty).not.toContain(first);
  });

  it.each(['1/3', '4/3', '2/17', 'two', ''])('refuses --shares %j', async (shares) => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    const { exitCode, stderr } = await lab.run(['backup', 'split', 'drive', `--shares=${shares}`], { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('must be NEEDED/TOTAL, such as 2/3');
  });
});

describe('a key offline', () => {
  it('leaves only after two proven copies, and a yes', async () => {
    lab.plugIn('drive', 'other');
    await lab.must(['backup', 'write', 'drive', 'other', '--keys', 'root'], { env });
    const early = await lab.run(['backup', 'offline', rootId, '-y']);
    expect(early.stderr).toContain('0 proven copies on different disks, 2 needed');
    await lab.must(['backup', 'check', 'drive', 'other', '--plugged-in'], { env: keyEnv });
    const no = await lab.run(['backup', 'offline', rootId], { input: 'n\n' });
    expect(no.exitCode).toBe(1);
    expect(no.stdout).toContain(
      'Waits until it is brought back: making new repositories with it; rotating any',
    );
    expect(no.stdout).toContain('proven 2026-11-24');
    expect(no.stdout).not.toContain('Files that are removed');
    expect(lab.keys()).toContain(rootId);

    const old = join(lab.trust, 'private', 'root_keys', `${rootId}_root.key`);
    mkdirSync(dirname(old));
    cpSync(join(lab.trust, 'private', `${jeffId}.key`), old);
    const other = await lab.run(['backup', 'offline', rootId], { input: 'y\n' });
    expect([other.exitCode, other.stderr]).toEqual([1, expect.stringContaining(`${old} has its name, too`)]);
    cpSync(join(lab.trust, 'private', `${rootId}.key`), old);
    const shown = await lab.run(['backup', 'offline', rootId], { input: 'n\n' });
    expect(shown.stdout).toMatch(/Files that are removed here:\n {2}\S+400fbc8\S+\n {2}\S+root_keys\S+\n/);
    await lab.must(['backup', 'offline', rootId], { input: 'y\n' });
    expect(existsSync(old)).toBe(false);
    expect(lab.keys()).not.toContain(rootId);
    const { stdout } = await lab.must(['backup', 'list']);
    expect(stdout).toMatch(
      /Kept offline:\n {2}400fbc8 \(root\) .*: away since 2026-11-24; copies: .*drive, .*other/,
    );
  });

  it('visits for one operation, and leaves again', async () => {
    await proveTwo();
    await lab.must(['backup', 'offline', rootId, '-y']);
    await lab.must(['backup', 'bring-back', rootId.slice(0, 7), 'drive'], {
      answers: ['wrong', backupPassphrase],
    });
    expect(await signs(rootId, rootPassphrase)).toBe(true);
    expect((await lab.must(['backup', 'list'])).stdout).toContain('HERE for a visit since');
    const twice = await lab.run(['backup', 'bring-back', rootId, 'drive'], { env });
    expect(twice.stderr).toContain('is already here');
    await lab.must(['backup', 'send-away', rootId.slice(0, 7)]);
    expect(lab.keys()).not.toContain(rootId);
    await lab.must(['backup', 'bring-back', rootId, 'other'], { env });
    await lab.must(['backup', 'keep', rootId]);
    expect((await lab.must(['backup', 'list'])).stdout).not.toContain('Kept offline');
    const gone = await lab.run(['backup', 'send-away', rootId]);
    expect(gone.stderr).toContain('was not brought back from a backup');
    expect(lab.keys()).toContain(rootId);
  });

  it('after a crash between a publish and its departure, it is said that it should have left', async () => {
    await proveTwo();
    await lab.must(['backup', 'offline', rootId, '-y']);
    await lab.must(['backup', 'bring-back', rootId, 'drive'], { env });
    const records = lab.at('trustdesk/backups.json');
    await noteUse(records, [jeffId], now);
    expect((await lab.must(['backup', 'list'])).stdout).toContain('HERE for a visit since');
    // What a publish does before its upload; nothing comes after it.
    await noteUse(records, [rootId, jeffId], now);
    const says = 'It signed a publish on 2026-11-24 and should have left after it: send it away';
    const { stdout } = await lab.must(['backup', 'list']);
    expect(stdout).toContain(`${says} with \`trustdesk backup send-away ${rootId.slice(0, 7)}\``);
    const publish = await lab.run(['sign', 'localhost:1/acme/app:1.0'], { env: keyEnv });
    expect(publish.stderr).toContain(
      `Key 400fbc8 (root) is still here. ${says}:\n  trustdesk backup send-away 400fbc8\n`,
    );
    await lab.must(['backup', 'send-away', rootId]);
    expect((await lab.must(['backup', 'list'])).stdout).toContain('away since 2026-11-24');
  });

  it('stays while its copies lie on one disk', async () => {
    await lab.must(['backup', 'write', 'drive', 'other', '--keys', 'root'], { env });
    await lab.must(['backup', 'check', 'drive', 'other'], { env: keyEnv });
    const { stderr } = await lab.run(['backup', 'offline', rootId, '-y']);
    expect(stderr).toContain('0 proven copies away from the disk of the keys, 2 needed');
    expect(stderr).toContain('would be lost together with the keys');
    expect(lab.keys()).toContain(rootId);
  });

  it('leaves on copies beside the keys only when the person says, and types, that they are kept elsewhere', async () => {
    await lab.must(['backup', 'write', 'drive', 'other', '--keys', 'root'], { env });
    await lab.must(['backup', 'check', 'drive', 'other'], { env: keyEnv });
    const asked = ['backup', 'offline', rootId];
    for (const input of ['y\n', 'y\ny\n', 'n\n400fbc8\n', '']) {
      await lab.run(asked, { input });
      expect(lab.keys()).toContain(rootId);
    }
    const { stdout, stderr } = await lab.must(asked, { input: 'y\n400fbc8\n' });
    expect(stdout).toContain('(a folder on the disk of the keys): ');
    expect(stdout).toContain('lost together with them');
    for (const part of [lab.at('drive'), lab.at('other'), 'Go on only if each of them is synchronised'])
      expect(stderr).toContain(part);
    expect(lab.keys()).not.toContain(rootId);
    // What was said holds for the visits that follow.
    await lab.must(['backup', 'bring-back', rootId, 'drive'], { answers: [backupPassphrase] });
    await lab.must(['backup', 'send-away', rootId]);
    expect(lab.keys()).not.toContain(rootId);
  });

  it('leaves on them without a question when a script says so', async () => {
    await lab.must(['backup', 'write', 'drive', 'other', '--keys', 'root'], { env });
    await lab.must(['backup', 'check', 'drive', 'other'], { env: keyEnv });
    await lab.must(['backup', 'offline', rootId, '-y', '--kept-elsewhere']);
    expect(lab.keys()).not.toContain(rootId);
  });

  it.runIf(existsSync('/dev/shm'))('never leaves because of a copy in memory, and says so', async () => {
    const memory = mkdtempSync('/dev/shm/td-memory-');
    try {
      lab.plugIn('drive');
      const { stderr } = await lab.must(['backup', 'write', 'drive', memory, '--keys', 'root'], { env });
      expect(stderr).toContain(`Warning: ${memory}: Kept in memory`);
      await lab.must(['backup', 'check', 'drive', memory, '--plugged-in'], { env: keyEnv });
      const refused = await lab.run(['backup', 'offline', rootId, '-y', '--kept-elsewhere']);
      expect(refused.stderr).toContain('1 proven copy on different disks, 2 needed');
      expect((await lab.must(['backup', 'list'])).stdout).toContain('in memory: does not count');
      // Not either once it is gone, within the hour in which a proof is as good as a look.
      rmSync(memory, { recursive: true });
      expect((await lab.run(['backup', 'offline', rootId, '-y', '--kept-elsewhere'])).exitCode).toBe(1);
      expect(lab.keys()).toContain(rootId);
    } finally {
      rmSync(memory, { recursive: true, force: true });
    }
  });

  it('stays when the copies cannot be looked at, or a proof is a year old', async () => {
    await proveTwo();
    const tomorrow = new Date(now.getTime() + 24 * 60 * 60 * 1000);
    lab.plugIn('drive');
    const one = await lab.run(['backup', 'offline', rootId, '-y'], { at: tomorrow });
    expect(one.stderr).toContain('1 of 2 are at hand');
    expect(one.stderr).toContain('Plug in other and try again');
    lab.plugIn('drive', 'other');
    const late = new Date(now.getTime() + year + 1);
    const old = await lab.run(['backup', 'offline', rootId, '-y'], { at: late });
    expect(old.stderr).toContain('0 proven copies on different disks');
    expect(lab.keys()).toContain(rootId);
    await lab.must(['backup', 'offline', rootId, '-y'], { at: tomorrow });
  });

  it('stays when a copy was changed since it was proven', async () => {
    await proveTwo();
    writeFileSync(lab.at('other', written), 'another file');
    const { stderr } = await lab.run(['backup', 'offline', rootId, '-y']);
    expect(stderr).toContain('1 proven copy on different disks');
    expect((await lab.must(['backup', 'list'])).stdout).toContain('damaged at its last check');
    expect(lab.keys()).toContain(rootId);
  });

  it('that is restored is said to be here', async () => {
    await proveTwo();
    await lab.must(['backup', 'offline', rootId, '-y']);
    const { stderr } = await lab.run(['backup', 'restore', 'drive'], { env });
    expect(stderr).toContain('is recorded as kept offline');
    expect((await lab.must(['backup', 'list'])).stdout).toContain('HERE, for it was restored');
  });

  it.each(['offline', 'send-away', 'keep', 'bring-back'])('%s can be rehearsed', async (command) => {
    await proveTwo();
    await lab.must(['backup', 'offline', rootId, '-y']);
    if (command !== 'bring-back') await lab.must(['backup', 'bring-back', rootId, 'drive'], { env });
    const before = [lab.keys(), lab.read('trustdesk/backups.json')];
    await lab.must(['backup', command, rootId, ...(command === 'bring-back' ? ['drive'] : []), '--dry-run'], {
      env,
    });
    expect([lab.keys(), lab.read('trustdesk/backups.json')]).toEqual(before);
  });
});

describe('backup list', () => {
  it('reminds after a year, and of keys that are in no backup', async () => {
    await proveTwo();
    const soon = await lab.must(['backup', 'list']);
    expect(soon.stdout).not.toContain('To be checked');
    expect(soon.stdout).not.toContain('last proven');
    await lab.must(['backup', 'offline', rootId, '-y']);
    const near = new Date(Date.parse('2026-11-24') + year - 20 * 24 * 60 * 60 * 1000);
    const before = await lab.must(['backup', 'list'], { at: near });
    expect(before.stdout).toMatch(
      /The proof of the copies of 2 keys lapses on 2027-11-24: check one before that\.$/m,
    );
    expect(soon.stdout).toMatch(/In no backup: .*570adc0 \(jeff\)/);
    const at = new Date(Date.parse('2026-11-24') + year + 2 * 24 * 60 * 60 * 1000);
    const { stdout } = await lab.must(['backup', 'list'], { at });
    expect(stdout).toContain('proven 2026-11-24, over a year ago');
    expect(stdout).toContain('The copies of 2 keys were last proven over a year ago: check one again.');
    expect(stdout).toContain('To be checked:\n');
    const json = JSON.parse((await lab.must(['backup', 'list', '--json'], { at })).stdout) as {
      copies: { checkDue: boolean }[];
    };
    expect(json.copies.map(({ checkDue }) => checkDue)).toEqual([true, true]);
  });

  it('forgets a copy that is gone, after a question', async () => {
    await proveTwo();
    const no = await lab.run(['backup', 'forget', 'drive'], { input: 'n\n' });
    expect([no.exitCode, no.stderr]).toEqual([1, expect.stringContaining('Aborting action')]);
    expect((await lab.must(['backup', 'list'])).stdout.match(/proven 2026/g)).toHaveLength(2);
    const gone = await lab.must(['backup', 'forget', `other/${written}`], { input: 'y\n' });
    expect(gone.stdout).toContain('No longer counted. The file was not touched.\n');
    expect((await lab.must(['backup', 'list'])).stdout.match(/proven 2026/g)).toHaveLength(1);
    expect(readdirSync(lab.at('other'))).toEqual([written]);
    expect((await lab.run(['backup', 'forget', 'other'])).stderr).toContain(
      'no recorded copy is called "other"',
    );
  });

  it('says before it forgets which offline key has too few proven copies then', async () => {
    await proveTwo();
    const plain = await lab.must(['backup', 'forget', 'drive', '--dry-run']);
    expect(plain.stderr).toBe('');
    expect(plain.stdout).toMatch(/^Would no longer count trustdesk-backup-.* on .*drive\n$/);
    await lab.must(['backup', 'offline', rootId, '-y']);
    const warning = `Warning: The root key ${rootId.slice(0, 12)} is kept offline and would be left with 1 proven copy`;
    const rehearsed = await lab.must(['backup', 'forget', 'drive', '--dry-run']);
    expect(rehearsed.stderr).toContain(warning);
    await lab.must(['backup', 'bring-back', rootId, 'drive'], { env });
    const visiting = await lab.must(['backup', 'forget', 'drive', '-y']);
    expect(visiting.stderr).toContain(warning);
    const last = await lab.run(['backup', 'forget', 'other'], { input: 'n\n' });
    expect(last.stderr).toContain('would be left with no proven copy');
  });

  it('a backup written over a deleted one of the same name takes its place', async () => {
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    rmSync(lab.at('drive', written));
    await lab.must(['backup', 'write', 'drive', '--keys', rootId], { env });
    expect((await lab.must(['backup', 'list'])).stdout.match(/unproven/g)).toHaveLength(1);
  });
});

describe('backup drives', () => {
  it('lists what can be unplugged', async () => {
    const none = await lab.must(['backup', 'drives']);
    expect(none.stdout).toContain('No drive that can be unplugged');
    const blockDevices = () => Promise.resolve([stick('VAULT', lab.at('drive'))]);
    const { stdout } = await lab.must(['backup', 'drives'], { blockDevices });
    expect(stdout).toMatch(/^VAULT +.*drive +vfat +8\.0 GB/m);
  });
});

describe('everything together', () => {
  it('nothing that is printed or kept holds a secret', async () => {
    const answers = [backupPassphrase, backupPassphrase];
    lab.plugIn('drive', 'other');
    const runs = [await lab.must(['backup', 'write', 'drive', 'other', '--keys', 'root'], { answers })];
    runs.push(
      await lab.must(['backup', 'check', 'drive', 'other', '--plugged-in'], {
        answers: [backupPassphrase, rootPassphrase],
      }),
    );
    runs.push(await lab.must(['backup', 'list']), await lab.must(['backup', 'offline', rootId, '-y']));
    runs.push(await lab.must(['backup', 'bring-back', rootId, 'drive'], { answers: [backupPassphrase] }));
    const kept = readdirSync(lab.at('trustdesk')).map((name) => lab.read('trustdesk', name));
    const all = [...runs.flatMap(({ stdout, stderr, tty }) => [stdout, stderr, tty]), ...kept].join('\n');
    for (const secret of [backupPassphrase, rootPassphrase, 'PRIVATE KEY']) expect(all).not.toContain(secret);
  });
});
