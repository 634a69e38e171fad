import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { combineShares, parseShare, splitPassphrase } from '../../../electron/backup/passphrase-shares.ts';
import { printableFromStore } from '../../../electron/backup/printable-key.ts';
import { makeRecoverySheet } from '../../../electron/backup/recovery-sheet.ts';
import { type NamedBackup, restoreSteps } from '../../../electron/backup/restore-instructions.ts';
import { readSheetCodes, sheetCodes, toSvg } from '../../../electron/backup/sheet-code.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import type { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { findKey, storeKey } from '../../../electron/keystore/store-key.ts';
import { hasCode, isAppError } from '../../../shared/errors.ts';
import { rootPassphrase } from '../keystore/vectors.ts';
import { now, rootId, secret, useBackupLab } from './backup-fixture.ts';

const text = (value: SecretBytes): string => value.use((bytes) => Buffer.from(bytes).toString());
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'worked',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );

/** Every way to take `count` of the items. */
function choices<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const none: readonly T[] = [];
  if (count === 0) return [none];
  return items.flatMap((item, index) =>
    choices(items.slice(index + 1), count - 1).map((rest) => [item, ...rest]),
  );
}

describe('shares of a passphrase', () => {
  it.each([
    [2, 2],
    [2, 3],
    [3, 5],
    [5, 5],
  ])('any %d of %d give it back, fewer do not', async (needed, total) => {
    const shares = await splitPassphrase(secret('pässphrase'), needed, total);
    expect(shares.map(({ number }) => number)).toEqual(
      Array.from({ length: total }, (_, index) => index + 1),
    );
    for (const some of choices(shares, needed)) {
      expect(text(await combineShares(some.map((share) => share.text).toReversed()))).toBe('pässphrase');
    }
    for (const few of choices(shares, needed - 1)) {
      expect(await codeOf(combineShares(few.map((share) => share.text)))).toBe('backup/shares-missing');
    }
    expect(text(await combineShares(shares.map((share) => share.text)))).toBe('pässphrase');
  });

  it.each([
    'x',
    'a'.repeat(27),
    'a'.repeat(28),
    'seven-words-of-the-list-are-quite-long-altogether-here',
    'ü'.repeat(127),
  ])('of %j', async (passphrase) => {
    const [a, b] = await splitPassphrase(secret(passphrase), 2, 3);
    expect(text(await combineShares([a!.text, b!.text]))).toBe(passphrase);
  });

  it('do not tell the length of a short passphrase', async () => {
    const lengths = await Promise.all(
      ['a', 'twenty-seven-characters-xyz'].map(
        async (passphrase) => (await splitPassphrase(secret(passphrase), 2, 2))[0]!.text.length,
      ),
    );
    expect(new Set(lengths).size).toBe(1);
  });

  it('survive how people type', async () => {
    const shares = await splitPassphrase(secret('secret'), 2, 2);
    const typed = shares.map(
      (share) =>
        ` ${share.text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}\n`,
    );
    expect(text(await combineShares(typed))).toBe('secret');
    expect(parseShare(typed[0]!)).toEqual(shares[0]);
  });

  it('any wrong, missing, added or swapped letter is noticed', async () => {
    const [share, other] = await splitPassphrase(secret('secret'), 2, 2);
    const letters = share!.text.replaceAll('-', '');
    const wrong: string[] = [
      letters.slice(1),
      `${letters}0`,
      `0${letters}`,
      '',
      'hello',
      `${letters.slice(0, 9)}U${letters.slice(10)}`,
    ];
    for (let at = 0; at < letters.length; at++) {
      wrong.push(letters.slice(0, at) + (letters[at] === 'A' ? 'B' : 'A') + letters.slice(at + 1));
      wrong.push(letters.slice(0, at) + letters.slice(at + 1));
      const swapped =
        letters.slice(0, at) + (letters[at + 1] ?? '') + (letters[at] ?? '') + letters.slice(at + 2);
      if (swapped !== letters) wrong.push(swapped);
    }
    for (const typed of wrong)
      expect(await codeOf(combineShares([typed, other!.text]))).toBe('backup/share-unreadable');
  });

  it('of two sets do not mix, and one share twice counts once', async () => {
    const [first, second] = [
      await splitPassphrase(secret('one'), 2, 3),
      await splitPassphrase(secret('one'), 2, 3),
    ];
    expect(await codeOf(combineShares([first[0]!.text, second[1]!.text]))).toBe('backup/shares-mixed');
    expect(await codeOf(combineShares([first[0]!.text, first[0]!.text]))).toBe('backup/shares-missing');
    expect(await codeOf(combineShares([]))).toBe('backup/shares-missing');
    const error: unknown = await combineShares([first[0]!.text]).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/shares-missing') && error.details).toEqual({ have: 1, need: 2 });
  });

  it('hold neither the passphrase nor each other', async () => {
    const shares = await splitPassphrase(secret('hunter2-hunter2'), 2, 3);
    for (const share of shares) expect(JSON.stringify(share)).not.toContain('hunter2');
    expect(new Set(shares.map((share) => share.text)).size).toBe(3);
  });

  it.each([
    [1, 3],
    [3, 2],
    [2, 17],
    [0, 0],
    [2.5, 3],
    [NaN, 3],
  ])('%d of %d is refused', async (needed, total) => {
    await expect(splitPassphrase(secret('x'), needed, total)).rejects.toThrow(RangeError);
  });

  it.each(['', 'x'.repeat(256)])('a passphrase of %s bytes is refused', async (passphrase) => {
    await expect(splitPassphrase(secret(passphrase), 2, 2)).rejects.toThrow(RangeError);
  });
});

describe('shares that somebody made up', () => {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const check = (body: Uint8Array) =>
    createHash('sha256').update('trustdesk share\0').update(body).digest().subarray(0, 4);
  /** One with a check that fits: of set 0, two of three. */
  function made(number: number, share: Uint8Array): string {
    const body = Uint8Array.of(1, 2, 3, number, 0, 0, 0, 0, 0, ...share);
    const bits = [...body, ...check(body)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[parseInt(five.padEnd(5, '0'), 2)]).join('');
  }

  it.each([
    ['of unlike lengths', made(1, Uint8Array.of(...Buffer.alloc(32), 1)), made(2, Uint8Array.of(7, 7, 2))],
    ['one under two numbers', made(1, Buffer.alloc(33, 1)), made(2, Buffer.alloc(33, 1))],
    ['of nothing', made(1, Buffer.alloc(33, 1)), made(2, Buffer.alloc(33, 2))],
  ])('%s are an outcome', async (_, ...texts) => {
    const error: unknown = await combineShares(texts).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/shares-mixed')).toBe(true);
  });
});

describe('codes on the recovery sheet', () => {
  const lab = useBackupLab();

  it('an EC key is one code, which notary could import, and comes back', async () => {
    const [code, ...more] = await sheetCodes(await findKey(lab.trustDir, rootId));
    expect(more).toEqual([]);
    expect(code!.text).toMatch(
      new RegExp(`^-----BEGIN ENCRYPTED PRIVATE KEY-----\npath: ${rootId}\nrole: root\n\n`),
    );
    const [entry] = readSheetCodes([code!.text]);
    expect(entry).toMatchObject({ promisedId: rootId, role: 'root' });
    expect((await entry!.open(secret(rootPassphrase))).id).toBe(rootId);
    expect(await toSvg(code!)).toMatch(/^<svg[^>]+>.*<path/s);
  });

  it.each(['RSA 2048', 'RSA 4096'] as const)(
    'a key of %s is several codes, in any order',
    async (algorithm) => {
      const key = await generateKey(algorithm);
      const codes = await sheetCodes(
        await storeKey(lab.trustDir, key, { role: 'root' }, secret('passphrase')),
      );
      expect(codes.length).toBeGreaterThan(1);
      expect(codes.every((code) => code.text.length <= 997)).toBe(true);
      for (const texts of [
        codes.map((code) => code.text),
        codes.map((code) => code.text).toReversed(),
        codes.map((code) => code.text.replaceAll('\n', '\r\n')),
        codes.map((code) => `\n ${code.text}`),
      ]) {
        const [entry] = readSheetCodes(texts);
        expect((await entry!.open(secret('passphrase'))).id).toBe(key.id);
      }
      const missing = codes.slice(1).map((code) => code.text);
      expect(() => readSheetCodes(missing)).toThrow(/part 1 of \d is missing/);
      const damaged = codes.map((code, index) =>
        index === 1 ? code.text.replace(/[A-Za-z]{5}\n/, 'AAAAA\n') : code.text,
      );
      expect(() => readSheetCodes(damaged)).toThrow(/line \d+ below the empty line is not as it was printed/);
    },
  );

  it('several keys at once, pasted together', async () => {
    const other = await storeKey(lab.trustDir, await generateKey(), { role: 'root' }, secret('passphrase'));
    const codes = [...(await sheetCodes(other)), ...(await sheetCodes(await findKey(lab.trustDir, rootId)))];
    expect(
      readSheetCodes([codes.map((code) => code.text).join('')]).map(({ promisedId }) => promisedId),
    ).toEqual([other.id, rootId]);
  });

  it.each([
    ['a first line with a dash less', (text: string) => text.replace('-----BEGIN', '----BEGIN')],
    ['both lines of another kind', (text: string) => text.replaceAll('PRIVATE KEY', 'PR1VATE KEY')],
    ['a first line alone', (text: string) => text.replace(/[^-]*-----END[^]*$/, '')],
  ])('the second of two keys with %s is missed, not passed over', async (_, spoil) => {
    const other = await storeKey(lab.trustDir, await generateKey(), { role: 'root' }, secret('passphrase'));
    const text = async (key: typeof other) => (await sheetCodes(key)).map((code) => code.text).join('');
    const [first, second] = [await text(await findKey(lab.trustDir, rootId)), await text(other)];
    expect(readSheetCodes([first + second])).toHaveLength(2);
    expect(() => readSheetCodes([first + spoil(second)])).toThrow(/backup\/code-unreadable/);
  });

  it.each([
    [[]],
    [['']],
    [['hello']],
    [['https://example.test']],
    [['trustdesk key part 1 of 99999 00000000\nx']],
  ])('%j is unreadable', (texts) => {
    expect(() => readSheetCodes(texts)).toThrow(/backup\/code-unreadable/);
  });

  it('the sheet holds what is needed and no passphrase', async () => {
    const key = await findKey(lab.trustDir, rootId);
    const sheet = await makeRecoverySheet({
      keys: [printableFromStore(key)],
      withCode: [rootId],
      copies: [
        {
          label: 'BLUE',
          file: 'trustdesk-backup-2026-11-21.tar.gz.age',
          sha256: 'a'.repeat(64),
          protection: 'passphrase',
          written: now.toISOString(),
          proven: undefined,
        },
      ],
      passphraseLine: false,
      now,
    });
    expect(sheet).toMatchObject({ printed: now.toISOString(), passphraseLine: false });
    expect(sheet.keys[0]!.fingerprint.replaceAll(' ', '')).toBe(rootId);
    expect(sheet.keys[0]!.codes).toHaveLength(1);
    expect(sheet.steps.join('\n')).toContain('age -d trustdesk-backup-2026-11-21.tar.gz.age | tar -xz');
    const without = await makeRecoverySheet({
      keys: [printableFromStore(key)],
      withCode: [],
      copies: [],
      passphraseLine: true,
      now,
    });
    expect(without.keys[0]!.codes).toEqual([]);
  });

  it.each(['plain', 'recipients'] as const)(
    'a %s backup, which anybody can make, is unpacked into a folder of its own and nowhere else',
    (protection) => {
      const steps = restoreSteps([{ file: 'a', protection }]);
      const unpacks = steps.filter((step) => /\btar -x/.test(step));
      expect(unpacks).toHaveLength(1);
      expect(unpacks[0]).toMatch(/D=\$\(mktemp -d\) && .* -C "\$D\/in"$/);
    },
  );

  it('the steps are those of the copies that there are', () => {
    const steps = (...backups: NamedBackup[]) => restoreSteps(backups).join('\n');
    const plain = steps({ file: 'private_keys_backup.tar.gz', protection: 'plain' });
    expect(plain).not.toContain('age -d');
    expect(plain).toContain('tar -xzf private_keys_backup.tar.gz -C "$D/in"');
    const sealed = steps({ file: 'a.age', protection: 'recipients' });
    expect(sealed).toContain('age -d -i "$KEYFILE" a.age | tar -xz');
    const both = steps(
      { file: 'first.age', protection: 'passphrase' },
      { file: 'second.age', protection: 'passphrase' },
      { file: 'k.tar.gz', protection: 'plain' },
    );
    expect(both).toMatch(/age -d first\.age[^]*tar -xzf k\.tar\.gz/);
    expect(both).not.toContain('second.age');
    expect(steps({ file: '$(id) k.tar.gz', protection: 'plain' })).toContain("tar -tzf '$(id) k.tar.gz'");
  });
});

describe('a hostile text takes no longer to read than it is long', () => {
  const part = (set: number, number: number) =>
    `trustdesk key part ${number} of 16 ${set.toString(16).padStart(8, '0')} \n${'A'.repeat(2900)}\n`;
  const sets = Array.from({ length: 10 }, (_, set) =>
    Array.from({ length: 16 }, (__, at) => part(set, at + 1)).join(''),
  );
  it.each([
    ['an opening of blanks', `-----BEGIN ${' '.repeat(300_000)}`],
    ['openings without an end', '-----BEGIN A-----'.repeat(20_000)],
    ['an end of blanks', `-----BEGIN A----- YWJj -----END ${' '.repeat(300_000)}`],
    ['parts that never fit', sets.join('')],
  ])('%s', (_, text) => {
    const start = performance.now();
    expect(() => readSheetCodes([text])).toThrow();
    expect(performance.now() - start).toBeLessThan(2500);
  });
});
