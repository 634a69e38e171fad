/**
 * The software YubiKey against the unmodified tools that know the real one, yubico-piv-tool and pkcs11-tool, in
 * every firmware that it emulates. What holds here may be relied on by every test that puts a key on it.
 */
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { peerPath } from '../lab/peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { startYubikeyStack, yubikeyPeers, type YubikeyStack } from '../lab/yubikey-stack.ts';
import { makeCertifiedKey } from '../simulator/yubikey/host-certificates.ts';
import type { Firmware } from '../simulator/yubikey/piv-state.ts';

const firmwares: readonly Firmware[] = ['4.3.5', '5.2.4', '5.4.3'];

function open(firmware: Firmware) {
  return useScope(async (scope) => ({
    folder: scope.folder,
    stack: await startYubikeyStack(scope, { devices: [{ firmware, serial: 4_242_424 }] }),
  }));
}

const piv = (stack: YubikeyStack, args: string, input?: string) =>
  stack.run('yubico-piv-tool', args.split(' '), input === undefined ? {} : { input });
const mustPiv = (stack: YubikeyStack, args: string, input?: string) =>
  stack.mustRun('yubico-piv-tool', args.split(' '), input === undefined ? {} : { input });

describeWithPeers('yubico-piv-tool', [...yubikeyPeers, 'yubico-piv-tool'], () => {
  describe.each(firmwares)('with firmware %s', (firmware) => {
    const lab = open(firmware);

    it('sees version, serial number and tries', async () => {
      const { stdout } = await mustPiv(lab().stack, '-a status');
      expect(stdout).toMatch(new RegExp(`Version:\\s+${firmware}\\nSerial Number:\\s+4242424\\n`));
      expect(stdout).toMatch(/PIN tries left:\s+3\n/);
    });

    it('verifies, changes, blocks and unblocks PIN and PUK, and resets when both are blocked', async () => {
      const { stack } = lab();
      await mustPiv(stack, '-a verify-pin -P 123456');
      await mustPiv(stack, '-a change-pin -P 123456 -N 654321');
      await mustPiv(stack, '-a change-puk -P 12345678 -N 87654321');
      for (const left of [2, 1, 0]) {
        const { stderr } = await piv(stack, '-a verify-pin -P 111111');
        expect(stderr).toContain(left === 0 ? 'Pin code blocked' : `${left} tries left`);
      }
      await mustPiv(stack, '-a unblock-pin -P 87654321 -N 123123');
      await mustPiv(stack, '-a verify-pin -P 123123');
      expect((await piv(stack, '-a reset')).status).toBe(1);
      for (const _ of [1, 2, 3]) await piv(stack, '-a verify-pin -P 111111');
      for (const _ of [1, 2, 3]) await piv(stack, '-a unblock-pin -P 11111111 -N 123123');
      await mustPiv(stack, '-a reset');
      await mustPiv(stack, '-a verify-pin -P 123456');
    });

    it.each([
      ['9a', 'ECCP256', 'P-256'],
      ['82', 'ECCP384', 'P-384'],
      ['9d', 'RSA2048', 'RSA'],
    ] as const)(
      'imports into %s a key of %s and its certificate, signs, gives it back',
      async (slot, _, name) => {
        const { stack } = lab();
        const key = await makeCertifiedKey('root', name);
        await mustPiv(stack, `-a import-key -s ${slot}`, key.privatePem);
        await mustPiv(stack, `-a import-certificate -s ${slot}`, key.certificatePem);
        const read = await mustPiv(stack, `-a read-certificate -s ${slot}`);
        expect(new X509Certificate(read.stdout).raw).toEqual(key.certificateDer);
        const tested = await piv(
          stack,
          `-a verify-pin -P 123456 -a test-signature -s ${slot}`,
          key.certificatePem,
        );
        expect([tested.status, tested.stderr]).toEqual([0, expect.stringContaining('Successful')]);
        await mustPiv(stack, `-a delete-certificate -s ${slot}`);
        expect((await piv(stack, `-a read-certificate -s ${slot}`)).status).toBe(1);
      },
    );

    it.each([
      ['9a', 'ECCP256'],
      ['9c', 'ECCP384'],
      ['9e', 'RSA2048'],
    ])('generates in %s a key of %s, whose attestation certificate verifies', async (slot, algorithm) => {
      const { stack } = lab();
      const { stdout } = await mustPiv(stack, `-a generate -s ${slot} -A ${algorithm}`);
      const key = createPublicKey(stdout);
      const attestation = await mustPiv(stack, `-a attest -s ${slot}`);
      const root = await mustPiv(stack, '-a read-certificate -s f9');
      const certificate = new X509Certificate(attestation.stdout);
      expect(certificate.verify(new X509Certificate(root.stdout).publicKey)).toBe(true);
      expect(certificate.publicKey.equals(key)).toBe(true);
      const tested = await piv(
        stack,
        `-a verify-pin -P 123456 -a test-signature -s ${slot}`,
        attestation.stdout,
      );
      expect([tested.status, tested.stderr]).toEqual([0, expect.stringContaining('Successful')]);
    });

    it('deciphers', async () => {
      const { stack } = lab();
      const key = await makeCertifiedKey('root', 'RSA');
      await mustPiv(stack, '-a import-key -s 9d', key.privatePem);
      const tested = await piv(stack, '-a verify-pin -P 123456 -a test-decipher -s 9d', key.certificatePem);
      expect([tested.status, tested.stderr]).toEqual([0, expect.stringContaining('Success')]);
    });

    it('signs a file with the algorithm of the slot', async () => {
      const { stack, folder } = lab();
      const key = await makeCertifiedKey('root');
      await mustPiv(stack, '-a import-key -s 9c', key.privatePem);
      const [input, output] = [join(folder, 'text'), join(folder, 'signature')];
      await writeFile(input, 'text');
      const files = `-i ${input} -o ${output}`;
      await mustPiv(stack, `-a verify-pin -P 123456 --sign -s 9c -A ECCP256 -H SHA256 ${files}`);
      const isGood = verify(
        'sha256',
        Buffer.from('text'),
        new X509Certificate(key.certificatePem).publicKey,
        await readFile(output),
      );
      expect(isGood).toBe(true);
    });

    it('sets identifiers, the management key and the number of tries', async () => {
      const { stack } = lab();
      await mustPiv(stack, '-a set-chuid -a set-ccc');
      expect((await mustPiv(stack, '-a status')).stdout).not.toContain('No data available');
      const fresh = 'a1'.repeat(24);
      await mustPiv(stack, `-a set-mgm-key -n ${fresh}`);
      expect((await piv(stack, '-a set-ccc')).status).toBe(1);
      await mustPiv(stack, `-a set-ccc -k${fresh}`);
      await mustPiv(
        stack,
        `-k${fresh} -a verify-pin -P 123456 -a pin-retries --pin-retries 5 --puk-retries 4`,
      );
      expect((await mustPiv(stack, '-a status')).stdout).toMatch(/PIN tries left:\s+5\n/);
    });
  });
});

describeWithPeers('pkcs11-tool', [...yubikeyPeers, 'pkcs11-tool'], () => {
  describe.each(firmwares)('with firmware %s', (firmware) => {
    const lab = open(firmware);
    const tool = (args: string) =>
      lab().stack.run('pkcs11-tool', ['--module', peerPath('libykcs11.so'), ...args.split(' ')]);
    const managed = '--login --login-type so --so-pin 010203040506070801020304050607080102030405060708';

    it('lists the device and generates, lists and uses a key', async () => {
      const { folder } = lab();
      expect((await tool('-L')).stdout).toMatch(/token label\s+: YubiKey PIV #4242424\n/);
      const generated = await tool(`${managed} --keypairgen --id 1 --key-type EC:prime256v1`);
      expect([generated.status, generated.stdout]).toEqual([0, expect.stringContaining('EC_POINT 256 bits')]);
      const [digest, signature, point] = ['digest', 'signature', 'public'].map((name) => join(folder, name));
      await writeFile(digest!, createHash('sha256').update('text').digest());
      const files = `--input-file ${digest} --output-file ${signature}`;
      const signed = await tool(`--login --pin 123456 --sign --id 1 --mechanism ECDSA ${files}`);
      expect([signed.status, signed.stderr]).toEqual([0, expect.any(String)]);
      const read = await tool(`--read-object --type pubkey --id 1 --output-file ${point}`);
      expect(read.status).toBe(0);
      const key = createPublicKey({ key: await readFile(point!), format: 'der', type: 'spki' });
      const dsaEncoding = 'ieee-p1363';
      expect(verify('sha256', Buffer.from('text'), { key, dsaEncoding }, await readFile(signature!))).toBe(
        true,
      );
    });

    it('puts and deletes a certificate', async () => {
      const { folder } = lab();
      const file = join(folder, 'certificate.der');
      await writeFile(file, (await makeCertifiedKey('root')).certificateDer);
      const put = await tool(`${managed} --write-object ${file} --type cert --id 2`);
      expect([put.status, put.stdout]).toEqual([0, expect.stringContaining('Created certificate')]);
      expect((await tool('--list-objects --type cert')).stdout).toContain('CN=root');
      expect((await tool(`${managed} --delete-object --type cert --id 2`)).status).toBe(0);
      expect((await tool('--list-objects --type cert')).stdout).not.toContain('CN=root');
    });

    it('sees wrong PINs coming to an end', async () => {
      const texts: string[] = [];
      for (const _ of [1, 2, 3]) texts.push((await tool('--login --pin 000000 --list-objects')).stderr);
      expect(texts.map((text) => /CKR_PIN_\w+/.exec(text)?.[0])).toEqual([
        'CKR_PIN_INCORRECT',
        'CKR_PIN_INCORRECT',
        'CKR_PIN_LOCKED',
      ]);
      expect((await tool('-L')).stdout).toContain('user PIN locked');
      await lab().stack.keys[0]!.restore();
    });
  });
});
