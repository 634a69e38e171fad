/** Keys in every encryption openssl offers are loaded; what we export and certify, openssl reads and verifies. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  makeCertificateRequest,
  makeSelfSignedCertificate,
} from '../../electron/keystore/delegation-certificate.ts';
import { encodePublicKey, exportModern, exportStored } from '../../electron/keystore/export-key.ts';
import { generateKey } from '../../electron/keystore/generate-key.ts';
import { encodeKeyFile } from '../../electron/keystore/key-block.ts';
import { parseKeyFile } from '../../electron/keystore/private-key-file.ts';
import { parsePublicKeyFile } from '../../electron/keystore/public-key-file.ts';
import { storeKey } from '../../electron/keystore/store-key.ts';
import { hasCode } from '../../shared/errors.ts';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { peerPath } from '../lab/peers.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { secret } from './keystore-tools.ts';

describeWithPeers('openssl', ['openssl'], () => {
  const lab = useScope((scope: Scope) => Promise.resolve(scope));
  const openssl = (...args: readonly string[]) => mustRun(peerPath('openssl'), args, { cwd: lab().folder });
  const read = (name: string) => readFile(join(lab().folder, name));
  const open = async (name: string, passphrase?: string) => {
    const [entry] = parseKeyFile(name, await read(name)).entries;
    return entry!.open(passphrase === undefined ? undefined : secret(passphrase));
  };
  let count = 0;

  const sources = [
    ['EC', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['RSA', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ['Ed25519', ['genpkey', '-algorithm', 'ED25519']],
  ] as const;
  const encryptions = [
    ...['hmacWithSHA1', 'hmacWithSHA224', 'hmacWithSHA256', 'hmacWithSHA384', 'hmacWithSHA512'].map((prf) => [
      '-v2prf',
      prf,
    ]),
    ...['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des3'].map((cipher) => ['-v2', cipher]),
    ['-scrypt'],
    ['-v1', 'PBE-SHA1-3DES'],
    ['-iter', '1'],
    ['-iter', '100000'],
  ];

  describe.each(sources)('%s', (_algorithm, source) => {
    it.each(encryptions.map((flags) => [flags.join(' '), flags] as const))(
      'pkcs8 -topk8 %s',
      async (_name, flags) => {
        const name = `key-${(count += 1)}`;
        await openssl(...source, '-out', `${name}.pem`);
        await openssl(
          'pkcs8',
          '-topk8',
          ...flags,
          '-in',
          `${name}.pem`,
          '-passout',
          'pass:sécret',
          '-out',
          `${name}.enc`,
        );
        await openssl(
          'pkcs8',
          '-topk8',
          ...flags,
          '-in',
          `${name}.pem`,
          '-passout',
          'pass:sécret',
          '-outform',
          'DER',
          '-out',
          `${name}.der`,
        );
        const { id } = await open(`${name}.pem`);
        expect((await open(`${name}.enc`, 'sécret')).id).toBe(id);
        expect((await open(`${name}.der`, 'sécret')).id).toBe(id);
        const wrong: unknown = await open(`${name}.enc`, 'secret').catch((error: unknown) => error);
        expect(hasCode(wrong, 'keystore/wrong-passphrase')).toBe(true);
        await openssl('pkey', '-in', `${name}.pem`, '-pubout', '-out', `${name}.pub`);
        expect(parsePublicKeyFile('x', await read(`${name}.pub`), Date.now()).canonicalId).toBe(id);
      },
    );
  });

  it.each(['-aes128', '-aes192', '-aes256', '-des3'])('traditional PEM with %s', async (cipher) => {
    await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'with-parameters.pem');
    const { id } = await open('with-parameters.pem');
    await openssl('ec', '-in', 'with-parameters.pem', cipher, '-passout', 'pass:secret', '-out', 'ec.enc');
    expect((await open('ec.enc', 'secret')).id).toBe(id);
    await openssl('genrsa', '-traditional', '-out', 'rsa.pem', '2048');
    await openssl(
      'rsa',
      '-traditional',
      '-in',
      'rsa.pem',
      cipher,
      '-passout',
      'pass:secret',
      '-out',
      'rsa.enc',
    );
    expect((await open('rsa.enc', 'secret')).id).toBe((await open('rsa.pem')).id);
  });

  it.each([
    ['modern', []],
    ['old', ['-provider', 'legacy', '-provider', 'default', '-legacy']],
    ['without MAC', ['-nomac']],
  ])('PKCS#12, %s', async (_name, flags) => {
    await openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-noenc',
      '-keyout',
      'p.key',
      '-subj',
      '/CN=x',
      '-out',
      'p.crt',
    );
    await openssl(
      'pkcs12',
      '-export',
      ...flags,
      '-inkey',
      'p.key',
      '-in',
      'p.crt',
      '-passout',
      'pass:secret',
      '-out',
      'p.p12',
    );
    expect((await open('p.p12', 'secret')).id).toBe((await open('p.key')).id);
    const wrong: unknown = await open('p.p12', 'wrong').catch((error: unknown) => error);
    expect(hasCode(wrong, 'keystore/wrong-passphrase')).toBe(true);
  });

  describe('reads what we write', () => {
    it.each(['ECDSA P-256', 'ECDSA P-384', 'RSA 2048', 'Ed25519'] as const)(
      '%s, exported with modern parameters',
      async (algorithm) => {
        const key = await generateKey(algorithm);
        await writeFile(join(lab().folder, 'modern.pem'), await exportModern(key, secret('for openssl')));
        const { stdout } = await openssl(
          'pkey',
          '-in',
          'modern.pem',
          '-passin',
          'pass:for openssl',
          '-pubout',
        );
        expect(stdout).toBe(encodePublicKey(key.key));
        const { stdout: parsed } = await openssl('asn1parse', '-in', 'modern.pem');
        expect(parsed).toMatch(/hmacWithSHA256/);
        await openssl('pkey', '-in', 'modern.pem', '-passin', 'pass:for openssl', '-check', '-noout');
      },
    );

    it('a stored key, once its headers are gone', async () => {
      const key = await generateKey();
      const stored = await storeKey(join(lab().folder, 'trust'), key, { role: 'jeff' }, secret('passphrase'));
      const text = (await exportStored(stored)).replace('role: jeff\n\n', '');
      await writeFile(join(lab().folder, 'stored.pem'), text);
      const { stdout } = await openssl('pkey', '-in', 'stored.pem', '-passin', 'pass:passphrase', '-pubout');
      expect(stdout).toBe(encodePublicKey(key.key));
      expect(await encodeKeyFile(key, { role: '' }, secret(''))).toContain('BEGIN PRIVATE KEY');
    });

    it.each(['ECDSA P-256', 'ECDSA P-384', 'RSA 2048'] as const)(
      'a certificate request and certificate over %s',
      async (algorithm) => {
        const key = await generateKey(algorithm);
        const subject = { country: 'CH', organization: 'Büro', commonName: 'jeff' };
        await writeFile(join(lab().folder, 'r.csr'), makeCertificateRequest(key, subject));
        const request = await openssl(
          'req',
          '-in',
          'r.csr',
          '-verify',
          '-noout',
          '-subject',
          '-nameopt',
          'utf8',
          '-pubkey',
        );
        expect(request.stdout + request.stderr).toMatch(/verify OK/);
        expect(request.stdout).toContain('C=CH, O=Büro, CN=jeff');
        expect(request.stdout).toContain(encodePublicKey(key.key));

        const certificate = makeSelfSignedCertificate(key, subject, { now: Date.now(), days: 30 });
        await writeFile(join(lab().folder, 'c.crt'), certificate);
        await openssl(
          'verify',
          '-x509_strict',
          '-check_ss_sig',
          '-CAfile',
          'c.crt',
          '-partial_chain',
          'c.crt',
        );

        // A CA answers the request; its certificate is usable for the same key.
        await openssl(
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-noenc',
          '-keyout',
          'ca.key',
          '-subj',
          '/CN=ca',
          '-out',
          'ca.crt',
        );
        await openssl(
          'x509',
          '-req',
          '-in',
          'r.csr',
          '-CA',
          'ca.crt',
          '-CAkey',
          'ca.key',
          '-days',
          '30',
          '-out',
          'issued.crt',
        );
        const issued = parsePublicKeyFile('issued.crt', await read('issued.crt'), Date.now());
        expect(issued).toMatchObject({ canonicalId: key.id, certificate: { commonName: 'jeff' } });
      },
    );
  });
});
