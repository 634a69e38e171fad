/** Which certificate chains a server may show, over real handshakes: what is refused, and what must go on working. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import { createHttpClient } from '../../../electron/network/http-client.ts';
import './certificates.ts';
import { startHttps } from './loopback-server.ts';

const { BasicConstraintsExtension, ExtendedKeyUsageExtension } = x509;
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
/** KeyUsage ::= BIT STRING, of which the first octet is enough here. */
const usage = (...flags: number[]): x509.Extension =>
  new x509.Extension(
    '2.5.29.15',
    true,
    Uint8Array.of(
      3,
      2,
      0,
      flags.reduce((all, flag) => all | flag),
    ),
  );
const [digitalSignature, keyEncipherment, keyCertSign, cRLSign] = [0x80, 0x20, 0x04, 0x02];
const odd = (critical: boolean): x509.Extension =>
  new x509.Extension(unknownOid, critical, Uint8Array.of(5, 0));
const critical = (oid: string, value: string): x509.Extension =>
  new x509.Extension(oid, true, Buffer.from(value, 'hex'));
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

/** What the client says to a server that shows the chain, when only `roots` count. */
async function judge({ sent, roots }: Case): Promise<string> {
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
  const extraRoots = roots.map(({ certificate }) => certificate.toString('pem'));
  const tls = { extraRoots, exclusive: true, allowUnverified: false };
  const client = createHttpClient({ env: {} });
  try {
    const { tlsVerified } = await client.fetch({ url: server.url, tls, limitBytes: 10 });
    return tlsVerified ? 'verified' : 'not verified';
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.code;
  } finally {
    client.close();
  }
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

describe('accepted', () => {
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
    ['a CA as server', leafCase({ extensions: [ca()] })],
    ['an RSA-1024 key', leafCase({ algorithm: rsa(1024) })],
    ['an unknown extension', leafCase({ extensions: [odd(false)] })],
    ['only for key encipherment', leafCase({ algorithm: rsa(2048), extensions: [usage(keyEncipherment)] })],
    ['a root of RSA-1024', rootCase({ algorithm: rsa(1024) })],
    [
      'the server’s own certificate as root',
      async () => {
        const self = await make('leaf', undefined, { extensions: [san] });
        return { sent: [self], roots: [self] };
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
  ])('%s', async (_name, build) => {
    expect(await judge(await build())).toBe('verified');
  });
});

describe('refused', () => {
  const rows: [string, () => Promise<Case>][] = [
    ['expired', leafCase({ days: [-30, -1] })],
    ['not valid yet', leafCase({ days: [1, 30] })],
    ['only for clients', leafCase({ extensions: [extended(clientAuth)] })],
    ['only for signing certificates', leafCase({ extensions: [usage(keyCertSign)] })],
    ['an unknown critical extension', leafCase({ extensions: [odd(true)] })],
    ['a critical subject key identifier', leafCase({ extensions: [critical('2.5.29.14', '0401aa')] })],
    ['a critical authority key identifier', leafCase({ extensions: [critical('2.5.29.35', '3000')] })],
    ['critical places of the issuer', leafCase({ extensions: [critical('1.3.6.1.5.5.7.1.1', '3000')] })],
    ['an extension twice', leafCase({ extensions: [usage(digitalSignature), usage(digitalSignature)] })],
    ['a SHA-1 signature', leafCase({ hash: 'SHA-1' })],
    ['a root that is no CA', rootCase({ extensions: [new BasicConstraintsExtension(false)] })],
    ['a root that does not say', rootCase({ extensions: [] })],
    ['a root that may not sign certificates', rootCase({ extensions: [ca(), usage(cRLSign)] })],
    ['a root for clients only', rootCase({ extensions: [ca(), extended(clientAuth)] })],
    ['a root that expired', rootCase({ days: [-30, -1] })],
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
  ];
  test.each(rows)('%s', async (_name, build) => {
    expect(await judge(await build())).toMatch(/^network\/(tls|unknown-ca)$/);
  });
});

describe('the name localhost', () => {
  type Name = ConstructorParameters<typeof x509.SubjectAlternativeNameExtension>[0];
  const named = async (names: Name | undefined, commonName = 'leaf'): Promise<Case> => {
    const extensions = names === undefined ? [] : [new x509.SubjectAlternativeNameExtension(names)];
    return { sent: [await make(commonName, root, { extensions })], roots: [root] };
  };
  const dns = (...values: string[]): Name => values.map((value) => ({ type: 'dns', value }));
  test.each<[string, Name]>([
    ['in capitals', dns('LOCALHOST')],
    ['beside others', dns('a.example.test', 'localhost', 'b.example.test')],
  ])('%s is this server', async (_name, names) => {
    expect(await judge(await named(names))).toBe('verified');
  });
  test.each<[string, Name | undefined, string?]>([
    ['of another host', dns('example.test')],
    ['as the end of a name', dns('a.localhost')],
    ['behind a wildcard', dns('*.localhost')],
    ['as a wildcard alone', dns('*')],
    ['as half a wildcard', dns('local*')],
    ['within a name with commas', dns('x, DNS:localhost, y')],
    ['as an address of mail', [{ type: 'email', value: 'localhost' }]],
    ['as an identifier', [{ type: 'url', value: 'https://localhost' }]],
    ['as an address only', [{ type: 'ip', value: '127.0.0.1' }]],
    ['as common name beside another', dns('example.test'), 'localhost'],
    ['as common name alone', undefined, 'localhost'],
  ])('%s is not', async (_name, names, commonName) => {
    expect(await judge(await named(names, commonName))).toBe('network/tls');
  });
});
