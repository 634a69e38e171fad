/**
 * The short way of accepting a certificate chain, held against OpenSSL over real handshakes: what is accepted here must
 * be accepted there. The other way round does not matter: OpenSSL is asked then.
 */
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { isPlainChain } from '../../../electron/network/plain-chain.ts';
import { presentedDer } from '../../../electron/network/presented-chain.ts';
import './certificates.ts';
import { startHttps } from './loopback-server.ts';

const { BasicConstraintsExtension, KeyUsagesExtension, ExtendedKeyUsageExtension, KeyUsageFlags } = x509;
const ec = (namedCurve: string, hash = 'SHA-256') => ({ name: 'ECDSA', namedCurve, hash });
const rsa = (modulusLength: number, hash = 'SHA-256') => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash,
});
const day = 86_400_000;
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const unknownOid = '1.3.6.1.4.1.99999.1';
/** permitted: elsewhere.test */
const nameConstraints = Buffer.from('3012a010300e820c656c736577686572652e7465', 'hex');

interface Shape {
  readonly algorithm?: ReturnType<typeof ec> | ReturnType<typeof rsa>;
  /** Hash of the signature over this certificate. */
  readonly hash?: string;
  readonly extensions?: readonly x509.Extension[];
  readonly days?: readonly [number, number];
  readonly names?: readonly string[] | undefined;
}
interface Made {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
  readonly algorithm: Shape['algorithm'];
}

async function make(name: string, issuer: Made | undefined, shape: Shape = {}): Promise<Made> {
  const algorithm = shape.algorithm ?? ec('P-256');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const [from, to] = shape.days ?? [-2, 30];
  const signer = issuer?.algorithm ?? algorithm;
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(Date.now() + from * day),
    notAfter: new Date(Date.now() + to * day),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: { ...signer, hash: shape.hash ?? signer.hash },
    extensions: [...(shape.extensions ?? [])],
  });
  return { certificate, keys, algorithm };
}

const ca = (pathLength?: number): x509.Extension => new BasicConstraintsExtension(true, pathLength, true);
const san = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]);
const usage = (...flags: x509.KeyUsageFlags[]): x509.Extension =>
  new KeyUsagesExtension(flags.reduce((all, flag) => all | flag) as x509.KeyUsageFlags, true);
const extended = (...oids: string[]): x509.Extension => new ExtendedKeyUsageExtension(oids);
const makeRoot = (shape: Shape = {}, name = 'root'): Promise<Made> =>
  make(name, undefined, { extensions: [ca()], ...shape });
const makeLeaf = (issuer: Made, shape: Shape = {}): Promise<Made> =>
  make('leaf', issuer, { ...shape, extensions: [san, ...(shape.extensions ?? [])] });

interface Case {
  /** What the server sends. */
  readonly sent: readonly Made[];
  readonly roots: readonly Made[];
}

/** Both verdicts over one real handshake. */
async function judge({ sent, roots }: Case): Promise<{ readonly plain: boolean; readonly openSsl: boolean }> {
  const [leaf] = sent;
  const pkcs8 = Buffer.from(
    await webcrypto.subtle.exportKey('pkcs8', leaf?.keys.privateKey as webcrypto.CryptoKey),
  );
  const server = await startHttps(
    {
      certificatePem: sent.map(({ certificate }) => `${certificate.toString('pem')}\n`).join(''),
      keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`,
    },
    (_request, response) => response.end(),
    { ciphers: 'DEFAULT:@SECLEVEL=0' },
  );
  const pool = roots.map(({ certificate }) => certificate.toString('pem'));
  const socket = tls.connect({
    host: 'localhost',
    port: server.port,
    ca: pool,
    allowPartialTrustChain: true,
    rejectUnauthorized: false,
  } as tls.ConnectionOptions);
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const openSsl = socket.authorized;
  socket.destroy();
  const bare = tls.connect({ host: 'localhost', port: server.port, ca: [], rejectUnauthorized: false });
  await new Promise((resolve, reject) => bare.once('secureConnect', resolve).once('error', reject));
  const chain = presentedDer(bare).map((der) => new X509Certificate(der));
  bare.destroy();
  return {
    plain: isPlainChain(
      chain,
      pool.map((pem) => new X509Certificate(pem)),
      Date.now(),
    ),
    openSsl,
  };
}

let root: Made;
beforeAll(async () => {
  root = await makeRoot();
});

const leafCase = (shape: Shape) => async (): Promise<Case> => ({
  sent: [await makeLeaf(root, shape)],
  roots: [root],
});
const rootCase = (shape: Shape) => async (): Promise<Case> => {
  const odd = await makeRoot(shape);
  return { sent: [await makeLeaf(odd)], roots: [odd] };
};
const middleCase =
  (shape: Shape, rootShape: Shape = {}) =>
  async (): Promise<Case> => {
    const top = await makeRoot(rootShape);
    const middle = await make('middle', top, { extensions: [ca()], ...shape });
    return { sent: [await makeLeaf(middle), middle], roots: [top] };
  };

describe('accepted the short way, and by OpenSSL', () => {
  const { digitalSignature, keyCertSign, cRLSign, keyEncipherment } = KeyUsageFlags;
  test.each<[string, () => Promise<Case>]>([
    ['signed by the root', leafCase({})],
    ['with server authentication', leafCase({ extensions: [extended(serverAuth, clientAuth)] })],
    [
      'with usages as usual',
      leafCase({
        extensions: [usage(digitalSignature, keyEncipherment), new BasicConstraintsExtension(false)],
      }),
    ],
    ['with SHA-384', leafCase({ hash: 'SHA-384' })],
    ['with a P-384 key', leafCase({ algorithm: ec('P-384') })],
    ['with an RSA key', leafCase({ algorithm: rsa(2048) })],
    ['by an RSA root', rootCase({ algorithm: rsa(2048) })],
    ['by a root with usages', rootCase({ extensions: [ca(), usage(keyCertSign, cRLSign)] })],
    ['by a root of path length 0', rootCase({ extensions: [ca(0)] })],
    ['over an intermediate', middleCase({})],
    ['over an intermediate of path length 0', middleCase({ extensions: [ca(0)] }, { extensions: [ca(1)] })],
    [
      'to an intermediate that is trusted itself',
      async () => {
        const middle = await make('middle', root, { extensions: [ca()] });
        return { sent: [await makeLeaf(middle), middle], roots: [middle] };
      },
    ],
    [
      'with the root sent along',
      async () => ({ sent: [await makeLeaf(root), root], roots: [await makeRoot({}, 'other'), root] }),
    ],
  ])('%s', async (_name, build) => {
    expect(await judge(await build())).toEqual({ plain: true, openSsl: true });
  });
});

test('of two roots of one name each may fit, as in Go; OpenSSL tries one', async () => {
  const verdict = await judge({ sent: [await makeLeaf(root)], roots: [await makeRoot(), root] });
  expect(verdict.plain).toBe(true);
});

describe('left to OpenSSL', () => {
  const { digitalSignature, keyCertSign, keyEncipherment, cRLSign } = KeyUsageFlags;
  const odd = (critical: boolean): x509.Extension =>
    new x509.Extension(unknownOid, critical, Uint8Array.of(5, 0));
  const rows: [string, () => Promise<Case>][] = [
    ['expired', leafCase({ days: [-30, -1] })],
    ['not valid yet', leafCase({ days: [1, 30] })],
    ['a CA as server', leafCase({ extensions: [ca()] })],
    ['only for clients', leafCase({ extensions: [extended(clientAuth)] })],
    ['only for signing certificates', leafCase({ extensions: [usage(keyCertSign)] })],
    ['only for key encipherment', leafCase({ algorithm: rsa(2048), extensions: [usage(keyEncipherment)] })],
    ['an unknown critical extension', leafCase({ extensions: [odd(true)] })],
    ['an unknown extension', leafCase({ extensions: [odd(false)] })],
    ['an extension twice', leafCase({ extensions: [usage(digitalSignature), usage(digitalSignature)] })],
    ['an RSA-1024 key', leafCase({ algorithm: rsa(1024) })],
    ['a SHA-1 signature', leafCase({ hash: 'SHA-1' })],
    ['a root that is no CA', rootCase({ extensions: [new BasicConstraintsExtension(false)] })],
    ['a root that does not say', rootCase({ extensions: [] })],
    ['a root that may not sign certificates', rootCase({ extensions: [ca(), usage(cRLSign)] })],
    ['a root for clients only', rootCase({ extensions: [ca(), extended(clientAuth)] })],
    ['a root that expired', rootCase({ days: [-30, -1] })],
    ['a root of RSA-1024', rootCase({ algorithm: rsa(1024) })],
    [
      'a root with name constraints',
      rootCase({ extensions: [ca(), new x509.Extension('2.5.29.30', true, nameConstraints)] }),
    ],
    ['an intermediate that is no CA', middleCase({ extensions: [] })],
    ['an intermediate that expired', middleCase({ days: [-30, -1] })],
    ['an intermediate for clients only', middleCase({ extensions: [ca(), extended(clientAuth)] })],
    ['an intermediate that may not sign', middleCase({ extensions: [ca(), usage(digitalSignature)] })],
    ['an intermediate below a path length of 0', middleCase({}, { extensions: [ca(0)] })],
    ['an intermediate with SHA-1', middleCase({ hash: 'SHA-1' })],
    [
      'a root of the same name and another key',
      async () => ({ sent: [await makeLeaf(root)], roots: [await makeRoot()] }),
    ],
    [
      'a root of another name',
      async () => ({ sent: [await makeLeaf(root)], roots: [await makeRoot({}, 'other')] }),
    ],
    ['no roots', async () => ({ sent: [await makeLeaf(root)], roots: [] })],
    [
      'the server’s own certificate as root',
      async () => {
        const self = await make('leaf', undefined, { extensions: [san] });
        return { sent: [self], roots: [self] };
      },
    ],
    [
      'a missing intermediate',
      async () => {
        const middle = await make('middle', root, { extensions: [ca()] });
        return { sent: [await makeLeaf(middle)], roots: [root] };
      },
    ],
    [
      'an intermediate of somebody else',
      async () => {
        const middle = await make('middle', root, { extensions: [ca()] });
        const impostor = await make('middle', root, { extensions: [ca()] });
        return { sent: [await makeLeaf(middle), impostor], roots: [root] };
      },
    ],
    [
      'four intermediates',
      async () => {
        const chain = [root];
        for (const name of ['a', 'b', 'c', 'd'])
          chain.unshift(await make(name, chain[0], { extensions: [ca()] }));
        return { sent: [await makeLeaf(chain[0] ?? root), ...chain.slice(0, -1)], roots: [root] };
      },
    ],
  ];
  test.each(rows)('%s', async (_name, build) => {
    const { plain } = await judge(await build());
    expect(plain).toBe(false);
  });

  test('a signature that was tampered with', async () => {
    const der = Buffer.from((await makeLeaf(root)).certificate.rawData);
    const flipped = Buffer.from(der);
    flipped[flipped.length - 5] = (flipped.at(-5) ?? 0) ^ 1;
    const pool = [new X509Certificate(root.certificate.toString('pem'))];
    expect(isPlainChain([new X509Certificate(der)], pool, Date.now())).toBe(true);
    expect(isPlainChain([new X509Certificate(flipped)], pool, Date.now())).toBe(false);
    expect(isPlainChain([], pool, Date.now())).toBe(false);
  });
});
