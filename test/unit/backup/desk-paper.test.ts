/** Paper: what is on the recovery sheet and on the sheets of shares, where they go, and what opens with them. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PagePrinter } from '../../../electron/backup/desk/desk-setup.ts';
import { escapeHtml, recoverySheetPage } from '../../../electron/backup/desk/sheet-page.ts';
import { writeAllOrNone } from '../../../electron/backup/write-all-or-none.ts';
import { rootPassphrase } from '../keystore/vectors.ts';
import { backupPassphrase, cheap, keysOnly, now, rootId, useBackupLab } from './backup-fixture.ts';
import { openDesk, orderOf, twoProvenCopies } from './desk-fixture.ts';

const lab = useBackupLab();
const order = { keys: [rootId], withCode: [rootId], writeInLine: false };
const sharesIn = (html: string) =>
  [...html.matchAll(/<p class="share">([^<]+)<\/p>/g)].map(([, text]) => text ?? '');

/** Keeps what it was asked to print. */
function printer() {
  const printed: string[] = [];
  const made: PagePrinter = {
    print: (html) => {
      printed.push(html);
      return Promise.resolve();
    },
    toPdf: (html) => {
      printed.push(html);
      return Promise.resolve(Buffer.from('%PDF-1.4'));
    },
  };
  return { printed, printer: made };
}

describe('the recovery sheet', () => {
  it('names keys, copies and steps, and holds the encrypted key as a code', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    at.person.files.push(join(lab.path, 'sheet.html'));
    expect(await at.desk.saveSheet(order, 'html')).toBe(join(lab.path, 'sheet.html'));
    const html = readFileSync(join(lab.path, 'sheet.html'), 'utf8');
    expect(html).toContain((rootId.match(/.{4}/g) ?? []).join(' '));
    expect(html).toContain(`proven ${now.toISOString().slice(0, 10)}`);
    expect(html).toContain('age -d trustdesk-backup-');
    expect(html).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect(html).not.toContain('Passphrase of the backup');
    expect(statSync(join(lab.path, 'sheet.html')).mode & 0o777).toBe(0o600);
    for (const secret of [backupPassphrase, rootPassphrase]) expect(html).not.toContain(secret);
  });

  it('has a line for the passphrase only when it was asked for, and never over another file', async () => {
    const at = openDesk(lab);
    const file = lab.put('sheet.html', 'mine');
    at.person.files.push(file);
    await expect(at.desk.saveSheet(order, 'html')).rejects.toMatchObject({ code: 'files/exists' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const { printed, printer: toPrinter } = printer();
    await openDesk(lab, { printer: toPrinter }).desk.printSheet({ ...order, writeInLine: true });
    expect(printed[0]).toContain('Passphrase of the backup');
  });

  it('is never printed into another file either', async () => {
    const at = openDesk(lab, { printer: printer().printer });
    const file = lab.put('sheet.pdf', 'mine');
    at.person.files.push(file);
    await expect(at.desk.saveSheet(order, 'pdf')).rejects.toMatchObject({ code: 'files/exists' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    at.person.files.push(join(lab.path, 'new.pdf'));
    expect(readFileSync(await at.desk.saveSheet(order, 'pdf'), 'utf8')).toBe('%PDF-1.4');
    expect(statSync(join(lab.path, 'new.pdf')).mode & 0o777).toBe(0o600);
  });

  it('needs a printer to be printed', async () => {
    const at = openDesk(lab);
    await expect(at.desk.printSheet(order)).rejects.toMatchObject({ code: 'backup/no-printer' });
    await expect(at.desk.saveSheet(order, 'pdf')).rejects.toMatchObject({ code: 'backup/no-printer' });
  });

  it('writes what others chose as text, not as page', () => {
    const evil = `"><script>alert('x')</script>&`;
    const key = { id: rootId, fingerprint: rootId, role: evil, gun: evil, algorithm: evil, codes: [] };
    const protection = 'passphrase' as const;
    const file = { file: evil, sha256: 'a'.repeat(64) };
    const copy = { label: evil, ...file, protection, written: now.toISOString(), proven: undefined };
    const sheet = {
      printed: now.toISOString(),
      keys: [key],
      copies: [copy],
      steps: [evil],
      passphraseLine: true,
    };
    const html = recoverySheetPage(sheet);
    expect(html).not.toContain('<script');
    expect(html.split(escapeHtml(evil)).length - 1).toBe(6);
    expect(html).toContain("default-src 'none'");
  });
});

describe('the sheet of a key that is not on this computer', () => {
  const sheetOf = (id: string) => ({ ...order, of: id });
  const withoutKeys = () => rmSync(join(lab.trustDir, 'private'), { recursive: true });

  it('is made of a copy, as it would be of the key itself; nothing is restored', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    at.person.files.push(join(lab.path, 'here.html'));
    await at.desk.saveSheet(order, 'html');
    withoutKeys();
    await at.desk.leave();
    at.person.passphrases.push('a wrong one', backupPassphrase);
    const opened = await at.desk.openForSheet({ from: 'copy', id: copy }, 'typed');
    expect(opened).toMatchObject({ isProven: true, keys: [{ id: rootId, role: 'root' }] });
    expect(JSON.stringify(opened)).not.toContain('PRIVATE KEY');
    expect(at.person.asked.at(-1)?.problem).toBe('wrong');
    at.person.files.push(join(lab.path, 'copy.html'));
    await at.desk.saveSheet(sheetOf(opened.id), 'html');
    const [here, there] = ['here', 'copy'].map((name) =>
      readFileSync(join(lab.path, `${name}.html`), 'utf8'),
    );
    expect(there).toBe(here);
    expect(statSync(join(lab.path, 'copy.html')).mode & 0o777).toBe(0o600);
    expect(readdirSync(lab.trustDir)).not.toContain('private');
    expect(at.noted.slice(-1)).toEqual(['sheet-written']);
  });

  it('says when nobody proved the copy', async () => {
    const at = openDesk(lab);
    const { path } = await lab.write(keysOnly, cheap(backupPassphrase), lab.path);
    at.person.files.push(path);
    at.person.passphrases.push(backupPassphrase);
    expect((await at.desk.openForSheet({ from: 'chosen' }, 'typed')).isProven).toBe(false);
  });

  it('is refused for a copy that was closed, another one, and a key that it does not hold', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    at.person.passphrases.push(backupPassphrase);
    const { id } = await at.desk.openForSheet({ from: 'copy', id: copy }, 'typed');
    const orders = [sheetOf('another'), { ...sheetOf(id), keys: ['ab'.repeat(32)] }];
    for (const each of orders) {
      await expect(at.desk.saveSheet(each, 'html')).rejects.toMatchObject({ code: 'backup/not-known' });
    }
    await at.desk.leave();
    await expect(at.desk.saveSheet(sheetOf(id), 'html')).rejects.toMatchObject({ code: 'backup/not-known' });
  });
});

describe('shares', () => {
  it('go to one private file each, and enough of them open the copy', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    at.person.files.push(lab.path);
    expect(await at.desk.share(copy, { needed: 2, total: 3, how: 'save' })).toEqual({ where: lab.path });
    const names = readdirSync(lab.path).filter((name) => name.startsWith('trustdesk-share-'));
    expect(names).toHaveLength(3);
    const shares = names.flatMap((name) => {
      expect(statSync(join(lab.path, name)).mode & 0o777).toBe(0o600);
      return sharesIn(readFileSync(join(lab.path, name), 'utf8'));
    });
    await at.desk.leave();
    at.person.texts.push(shares[0], shares[0], 'nonsense', shares[2]);
    const plan = await at.desk.planRestore({ from: 'copy', id: copy }, 'shares');
    expect(plan.items).toMatchObject([{ key: { id: rootId } }]);
    expect(at.person.askedTexts.map(({ have, need, problem }) => [have, need, problem?.code])).toEqual([
      [0, undefined, undefined],
      [1, 2, undefined],
      [1, 2, 'backup/shares-missing'],
      [1, 2, 'backup/share-unreadable'],
    ]);
  });

  it('of another set are said and not taken', async () => {
    const { printed, printer: toPrinter } = printer();
    const at = openDesk(lab, { printer: toPrinter });
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    for (const how of ['print', 'print'] as const) await at.desk.share(copy, { needed: 2, total: 2, how });
    const [first = [], second = []] = printed.map(sharesIn);
    await at.desk.leave();
    at.person.texts.push(first[0], second[1], first[1]);
    await at.desk.planRestore({ from: 'copy', id: copy }, 'shares');
    expect(at.person.askedTexts.at(-1)?.problem?.code).toBe('backup/shares-mixed');
  });

  it('are made of the passphrase of this very copy only', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    await at.desk.leave();
    at.person.passphrases.push('another passphrase', backupPassphrase);
    at.person.files.push(lab.path);
    await at.desk.share(copy, { needed: 2, total: 2, how: 'save' });
    expect(at.person.asked.at(-1)?.problem).toBe('wrong');
  });

  it('are not made of another backup that was chosen instead of the copy', async () => {
    const at = openDesk(lab);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    await at.desk.leave();
    const other = await lab.write(keysOnly, cheap('another passphrase'), lab.path);
    for (const folder of [lab.drive, lab.otherDrive]) rmSync(folder, { recursive: true });
    at.person.files.push(other.path, lab.path);
    at.person.passphrases.push('another passphrase');
    await expect(at.desk.share(copy, { needed: 2, total: 2, how: 'save' })).rejects.toMatchObject({
      code: 'backup/another-backup',
    });
    expect(readdirSync(lab.path).filter((name) => name.startsWith('trustdesk-share-'))).toEqual([]);
  });

  it('are not made of a copy that has no passphrase, whatever was typed before', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    at.person.files.push(lab.path);
    const places = await at.desk.addFolder();
    const to = places.filter(({ where }) => where === lab.path).map(({ id }) => id);
    const [plain] = await at.desk.write({ ...orderOf([rootId], to), seal: { kind: 'plain' } });
    const copy = plain?.ok === true ? plain.copy.id : '';
    await expect(at.desk.share(copy, { needed: 2, total: 2, how: 'save' })).rejects.toMatchObject({
      code: 'backup/not-shareable',
    });
  });
});

describe('new files that belong together', () => {
  it('are written whole or not at all, and what is in the way stays', async () => {
    const inTheWay = lab.put('sheets/2.html', 'mine');
    const files = ['1', '2', '3'].map((name) => ({
      file: join(lab.path, 'sheets', `${name}.html`),
      text: name,
    }));
    await expect(writeAllOrNone(files)).rejects.toMatchObject({ code: 'files/exists' });
    expect(readdirSync(join(lab.path, 'sheets'))).toEqual(['2.html']);
    expect(readFileSync(inTheWay, 'utf8')).toBe('mine');
  });
});

describe('the text of a sheet', () => {
  const codeOf = async (at: ReturnType<typeof openDesk>) => {
    at.person.files.push(join(lab.path, 'sheet.html'));
    await at.desk.saveSheet(order, 'html');
    return /<pre>([^<]+)<\/pre>/.exec(readFileSync(join(lab.path, 'sheet.html'), 'utf8'))?.[1] ?? '';
  };

  it('restores the key as it was', async () => {
    const at = openDesk(lab);
    const code = await codeOf(at);
    at.person.texts.push('no key', code.replaceAll('\n', '\r\n'));
    const plan = await at.desk.planRestore({ from: 'sheet' }, 'typed');
    expect(plan).toMatchObject({
      name: 'Recovery sheet',
      items: [{ state: 'identical', key: { id: rootId } }],
    });
    expect(at.person.askedTexts[1]?.problem?.code).toBe('backup/code-unreadable');
    expect(at.person.textsTaken).toBe(1);
  });

  /** Planned from a text, and the root key no longer here. */
  async function planned(change = (text: string) => text) {
    const at = openDesk(lab);
    const code = await codeOf(at);
    rmSync(keyFile());
    at.person.texts.push(change(code));
    const plan = await at.desk.planRestore({ from: 'sheet' }, 'typed');
    return { at, plan, item: plan.items[0]?.id ?? '' };
  }
  const keyFile = () => join(lab.trustDir, 'private', `${rootId}.key`);

  it('is tried: the key signs, and nothing is stored or recorded', async () => {
    const at = openDesk(lab);
    const code = await codeOf(at);
    rmSync(keyFile());
    at.person.texts.push('no key', code);
    at.person.passphrases.push('wrong', rootPassphrase);
    const drill = await at.desk.check({ from: 'sheet' }, 'typed');
    expect(drill).toMatchObject({
      name: 'Recovery sheet',
      label: 'paper',
      complete: true,
      keys: [{ id: rootId, role: 'root', outcome: 'proven' }],
    });
    expect('copy' in drill).toBe(false);
    expect([existsSync(keyFile()), existsSync(lab.recordsFile), at.person.textsTaken]).toEqual([
      false,
      false,
      1,
    ]);
    expect(JSON.stringify(drill)).not.toMatch(/PRIVATE KEY|wrong/);
  });

  it('of which a passphrase is not given is not proven', async () => {
    const at = openDesk(lab);
    at.person.texts.push(await codeOf(at));
    at.person.passphrases.push(undefined);
    expect(await at.desk.check({ from: 'sheet' }, 'typed')).toMatchObject({
      complete: false,
      keys: [{ outcome: 'not-tried' }],
    });
    at.person.texts.push(undefined);
    await expect(at.desk.check({ from: 'sheet' }, 'typed')).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
  });

  it('is stored once its passphrase opened the key', async () => {
    const { at, plan, item } = await planned();
    at.person.passphrases.push('wrong', rootPassphrase);
    expect(await at.desk.restore(plan.id, [item], [])).toEqual([
      { id: item, outcome: 'restored', checked: true },
    ]);
    expect(existsSync(keyFile())).toBe(true);
    expect(at.person.confirmed).toEqual([]);
  });

  it('without its passphrase is stored only when that is confirmed', async () => {
    const { at, plan, item } = await planned();
    at.person.passphrases.push(undefined, undefined);
    at.person.confirms = false;
    await expect(at.desk.restore(plan.id, [item], [])).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(existsSync(keyFile())).toBe(false);
    at.person.confirms = true;
    expect(await at.desk.restore(plan.id, [item], [])).toEqual([
      { id: item, outcome: 'restored', checked: false },
    ]);
  });

  it('is not stored when it is stopped at the question for the passphrase, and nothing more is asked', async () => {
    const { at, plan, item } = await planned();
    at.person.passphrases.push(undefined);
    const restoring = at.desk.restore(plan.id, [item], []);
    await at.desk.stop();
    await expect(restoring).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect([at.person.confirmed, existsSync(keyFile())]).toEqual([[], false]);
  });

  it('of an older sheet with a wrong letter is not stored', async () => {
    const { at, plan, item } = await planned((text) => {
      const [head = '', body = ''] = text.replace(/\ntrustdesk check.*/, '').split('\n\n');
      const wrong = body.slice(150, 151) === 'A' ? 'B' : 'A';
      return `${head}\n\n${body.slice(0, 150)}${wrong}${body.slice(151)}`;
    });
    at.person.passphrases.push(...Array.from({ length: 4 }, () => rootPassphrase));
    await expect(at.desk.restore(plan.id, [item], [])).rejects.toMatchObject({
      code: 'backup/sheet-not-opened',
    });
    expect(existsSync(keyFile())).toBe(false);
  });

  it('can be declined', async () => {
    const at = openDesk(lab);
    at.person.texts.push(undefined);
    await expect(at.desk.planRestore({ from: 'sheet' }, 'typed')).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
  });
});
