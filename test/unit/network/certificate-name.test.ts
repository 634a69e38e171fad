/** Names in certificates that pretend to be fingerprints, beside which they are shown. */
import { expect, test } from 'vitest';
import { shownName } from '../../../electron/network/certificate-name.ts';
import { createHttpClient } from '../../../electron/network/http-client.ts';
import { toCaView } from '../../../electron/trust/server-views.ts';
import { makeCa, makeLeaf } from './certificates.ts';
import { startHttps } from './loopback-server.ts';

const pretended = 'AB'.repeat(32);

test.each([
  ['CN=Acme Root CA 2024, O=Acme, serialNumber=0123456789', true],
  ['CN=Fédération 2 (Café), C=DE', true],
  ['CN=notary.example.test, OU=0a1b2c3d4e5f', true],
  [`CN=Acme (SHA-256 ${pretended})`, false],
  [`CN=${'ab:'.repeat(32)}`, false],
  [`CN=${'AB CD '.repeat(16)}`, false],
  [`CN=${'abcd - '.repeat(16)}`, false],
  [`CN=${'a\u200bb'.repeat(32)}`, false],
  [`CN=x${'ab'.repeat(16)}, O=${'ab'.repeat(16)}`, false],
])('%s stays as it is: %s', (name, stays) => {
  expect(shownName(name) === name).toBe(stays);
  expect(shownName(name).replace(/[^0-9a-f]/gi, '')).not.toContain('ab'.repeat(12));
});

test('a very long one is cut, and takes no time', () => {
  expect(shownName('a: '.repeat(100_000)).length).toBeLessThan(400);
  expect(shownName('x'.repeat(1000))).toHaveLength(301);
});

test('neither a certificate that is to be trusted nor a server shows another fingerprint than its own', async () => {
  const name = `Acme Root (SHA-256 ${pretended})`;
  const ca = await makeCa(name);
  const { subject, sha256 } = toCaView(ca.certificatePem, 'trustdesk');
  expect([subject, sha256]).toEqual(['CN=Acme Root (SH[digits left out]', ca.sha256]);
  const leaf = await makeLeaf(ca);
  const chain = { certificatePem: `${leaf.certificatePem}\n${ca.certificatePem}`, keyPem: leaf.keyPem };
  const server = await startHttps(chain, (_request, response) => response.end());
  const client = createHttpClient({ env: {} });
  const tls = { extraRoots: [], exclusive: true, allowUnverified: false };
  await expect(client.fetch({ url: server.url, tls, limitBytes: 10 })).rejects.toMatchObject({
    code: 'network/unknown-ca',
    details: { issuer: 'CN=Acme Root (SH[digits left out]', sha256: ca.sha256, shown: 'authority' },
  });
  client.close();
});
