/**
 * Uploads that a trust server must judge, right and wrong, with its verdict. The same table is put to the sandbox's
 * server (unit tests) and to the real notary-server (interop), so the verdicts are the real server's.
 */
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { formatExpiry } from '../../electron/tuf/expiry.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { newTargets } from '../../electron/tuf/new-metadata.ts';
import type { FileMeta, SignedBody } from '../../electron/tuf/model.ts';
import { fileMetaOf } from '../../electron/tuf/write.ts';
import { newSigner } from '../fakes/software-keys.ts';
import { rootSignerFor, withDelegation, withRoleKeys } from './notary-simulator-publisher.ts';
import type { Publisher, TrustAnswer, UploadedFile } from './notary-simulator-publisher.ts';

/** What is on the server before: nothing, or a repository whose snapshot key the server or the client has. */
export type Before = 'nothing' | 'server-snapshot' | 'client-snapshot';

export interface UploadCase {
  readonly name: string;
  readonly before: Before;
  /** Hashes and key IDs in the body are written `<id>`. */
  readonly verdict: Verdict;
  readonly send: (publisher: Publisher) => Promise<TrustAnswer>;
}

export interface Verdict {
  readonly status: number;
  readonly body: string;
}

const DAY_MS = 86_400_000;
const YEAR_2020 = { expires: '2020-01-02T03:04:05Z', expiresAt: Date.UTC(2020, 0, 2, 3, 4, 5) };
const IN_ANOTHER_ZONE = {
  expires: '2020-01-02T03:04:05.25+01:00',
  expiresAt: Date.UTC(2020, 0, 2, 2, 4, 5, 250),
};

const accepted: Verdict = { status: 200, body: '' };
const refused = (code: string, message: string, detail?: unknown): Verdict => ({
  status: 400,
  body: `${JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] })}\n`,
});
const invalid = (name: string, message: string, missing?: string): Verdict =>
  refused('INVALID_UPDATE', 'Update sent by the client is invalid.', {
    Name: name,
    Error: missing === undefined ? { Msg: message } : { Missing: missing, Msg: message },
  });
const badRoot = (message: string): Verdict => invalid('ErrBadRoot', message);
const badTargets = (message: string): Verdict => invalid('ErrBadTargets', message);
const badSnapshot = (message: string): Verdict => invalid('ErrBadSnapshot', message);
const oldVersion = refused('VERSION', 'A newer version of metadata is already available.', {});
const malformedUpload = refused('MALFORMED_UPLOAD', 'The body of your request is malformed.');
const noFilename = refused('NO_FILENAME', 'No file/role name provided.');
const malformedJson = refused('MALFORMED_JSON', 'JSON sent by the client could not be parsed by the server');
const invalidRole = (role: string): Verdict =>
  refused('INVALID_ROLE', 'The role you are attempting to operate on is invalid.', role);

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** SHA-256 only: of several hashes that are wrong the real server names any. */
const otherFile: FileMeta = { ...fileMetaOf(bytes('other'), nodeCrypto), sha512: undefined };
const textOf = (file: UploadedFile): string => Buffer.from(file.bytes).toString('utf8');
/** The file with its text changed after signing. */
const altered = (file: UploadedFile, change: (text: string) => string): UploadedFile => ({
  role: file.role,
  bytes: bytes(change(textOf(file))),
});

const upload =
  (files: (publisher: Publisher) => Promise<readonly UploadedFile[]> | readonly UploadedFile[]) =>
  async (publisher: Publisher): Promise<TrustAnswer> =>
    publisher.upload(await files(publisher));

/** One file under any name, with any content. */
const oneFile = (role: string, content: string) => upload(() => [{ role, bytes: bytes(content) }]);
const rawPart = (headers: string) => (publisher: Publisher) =>
  publisher.uploadRaw(
    'multipart/form-data; boundary=lab',
    bytes(`--lab\r\n${headers}\r\n\r\n{}\r\n--lab--\r\n`),
  );

type Row = readonly [name: string, verdict: Verdict, send: UploadCase['send']];
const rows = (before: Before, list: readonly Row[]): readonly UploadCase[] =>
  list.map(([name, verdict, send]) => ({ name, before, verdict, send }));

const formRows: readonly Row[] = [
  ['no multipart body', malformedUpload, (p) => p.uploadRaw('application/json', bytes('{}'))],
  ['no boundary', malformedUpload, (p) => p.uploadRaw('multipart/form-data', bytes('{}'))],
  ['a part without a disposition', noFilename, rawPart('Content-Type: text/plain')],
  ['a part without a file name', noFilename, rawPart('Content-Disposition: form-data; name="files"')],
  ['an empty file name', noFilename, oneFile('', '{}')],
  ['nothing but an extension', noFilename, oneFile('.json', '{}')],
  ['an unknown role', invalidRole('foo'), oneFile('foo', '{}')],
  ['a role in capitals', invalidRole('Root'), oneFile('Root', '{}')],
  ['two extensions', invalidRole('root.json'), oneFile('root.json.json', '{}')],
  ['a delegation without a name', invalidRole('targets/'), oneFile('targets/', '{}')],
  ['a delegation in capitals', invalidRole('targets/A'), oneFile('targets/A', '{}')],
  ['a delegation with a parent folder', invalidRole('targets/a/../b'), oneFile('targets/a/../b', '{}')],
  [
    'a role of 256 characters',
    invalidRole(`targets/${'a'.repeat(248)}`),
    oneFile(`targets/${'a'.repeat(248)}`, '{}'),
  ],
  ['no JSON', malformedJson, oneFile('root', 'no JSON')],
  ['an empty file', malformedJson, oneFile('root', '')],
  ['a list', malformedJson, oneFile('root', '[]')],
  ['signed is a number', malformedJson, oneFile('root', '{"signed":1}')],
  ['signatures are no list', malformedJson, oneFile('root', '{"signatures":{}}')],
  ['the version is a text', malformedJson, oneFile('root', '{"signed":{"version":"1"}}')],
  ['the version is a fraction', malformedJson, oneFile('root', '{"signed":{"version":1.5}}')],
  ['the expiry is no time', malformedJson, oneFile('root', '{"signed":{"expires":"tomorrow"}}')],
  ['a signature is not base64', malformedJson, oneFile('root', '{"signatures":[{"sig":"?"}]}')],
  [
    'the first bad part decides',
    malformedJson,
    upload(() => [
      { role: 'root', bytes: bytes('no JSON') },
      { role: 'foo', bytes: bytes('{}') },
    ]),
  ],
  [
    'a bad part behind a good one',
    invalidRole('foo'),
    upload(async (p) => [await p.signedRoot(), { role: 'foo', bytes: bytes('{}') }]),
  ],
];

const firstRows: readonly Row[] = [
  ['root and targets', accepted, upload((p) => p.firstFiles())],
  [
    'files named with an extension, targets first',
    accepted,
    upload(async (p) =>
      (await p.firstFiles()).map((file) => ({ ...file, role: `${file.role}.json` })).reverse(),
    ),
  ],
  [
    'a first root of version 2',
    accepted,
    upload(async (p) => [await p.signedRoot({ version: 2 }), await p.signedTargets()]),
  ],
  [
    'of two files for one role the later one counts',
    accepted,
    upload(async (p) => [
      await p.signedRoot(),
      altered(await p.signedTargets({ version: 2 }), (text) => text.replace('"sig":"', '"sig":"AAAA')),
      await p.signedTargets(),
    ]),
  ],
  [
    'a delegation and its parent in one update',
    accepted,
    upload(async (p) => {
      const jeff = newSigner();
      return [
        await p.sign('targets/jeff', newTargets(p.now), jeff),
        await p.sign('targets', withDelegation(p.targets, 'targets/jeff', [jeff]), p.targetsSigner),
        await p.signedRoot(),
      ];
    }),
  ],
  [
    'a timestamp is ignored',
    accepted,
    upload(async (p) => [...(await p.firstFiles()), await timestampOf(p)]),
  ],
  [
    'targets without a root',
    invalid('ErrValidation', 'no pre-existing root and no root provided in update.'),
    upload(async (p) => [await p.signedTargets()]),
  ],
  [
    'nothing at all',
    invalid('ErrValidation', 'no pre-existing root and no root provided in update.'),
    upload(() => []),
  ],
  [
    'a root without targets',
    invalid('ErrValidation', 'targets must be loaded first'),
    upload(async (p) => [await p.signedRoot()]),
  ],
  [
    'a delegation without targets',
    badTargets('targets must be loaded first'),
    upload(async (p) => [await p.signedRoot(), await p.sign('targets/jeff', newTargets(p.now), newSigner())]),
  ],
  [
    'a first root of version 3',
    badRoot('Root modifications must increment the version. Current 1, new 3'),
    upload(async (p) => [await p.signedRoot({ version: 3 }), await p.signedTargets()]),
  ],
  [
    'an empty object as root',
    badRoot('Root modifications must increment the version. Current 1, new 0'),
    oneFile('root', '{}'),
  ],
  [
    'a root of another type',
    badRoot('root type metadata invalid: expected type Root, not Targets'),
    upload(async (p) => [
      altered(await p.signedRoot(), (text) => text.replace('"_type":"Root"', '"_type":"Targets"')),
    ]),
  ],
  [
    'a root without the timestamp role',
    badRoot('root type metadata invalid: missing timestamp role specification'),
    upload(async (p) => [altered(await p.signedRoot(), (text) => text.replace('"timestamp":', '"other":'))]),
  ],
  [
    'a threshold of 0',
    badRoot('root type metadata invalid: invalid threshold specified for targets: 0 '),
    upload(async (p) => [
      await p.sign('root', withRoleKeys(p.root, 'targets', [p.targetsSigner.key], 0), p.rootSigner),
    ]),
  ],
  [
    'a key ID without its key',
    badRoot('root type metadata invalid: key ID <id> specified in targets without corresponding key'),
    upload(async (p) => [await p.sign('root', withoutKeyOf(p), p.rootSigner)]),
  ],
  [
    'an expired root',
    badRoot('root expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload(async (p) => [await p.signedRoot(YEAR_2020), await p.signedTargets()]),
  ],
  [
    'a root without signatures',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => [unsigned(await p.signedRoot())]),
  ],
  [
    'a root with a spoiled signature',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => [
      altered(await p.signedRoot(), (text) => text.replace('"version":1', '"version":2')),
    ]),
  ],
  [
    'a root signed by another key',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => [await p.signedRoot({}, newSigner())]),
  ],
  [
    'a root key without a certificate',
    badRoot(untrusted('unable to retrieve valid leaf certificates')),
    upload(async (p) => [await rootOf(p, newSigner())]),
  ],
  [
    'a root certificate of another repository',
    badRoot(untrusted('unable to retrieve valid leaf certificates')),
    upload(async (p) => [
      await rootOf(p, await rootSignerFor(parseGun('registry.example.test/other'), p.now)),
    ]),
  ],
  [
    'an expired root certificate',
    badRoot(untrusted('unable to retrieve valid leaf certificates')),
    upload(async (p) => [
      await rootOf(p, await rootSignerFor(p.gun, new Date(p.now.getTime() - 4000 * DAY_MS))),
    ]),
  ],
  [
    'a timestamp key that the server does not have',
    badRoot('no  timestamp keys exist on the server'),
    upload(async (p) => [
      await p.sign('root', withRoleKeys(p.root, 'timestamp', [newSigner().key]), p.rootSigner),
      await p.signedTargets(),
    ]),
  ],
  [
    'a snapshot key that the server does not have, and no snapshot',
    noSnapshot(),
    upload(async (p) => [
      await p.sign('root', withRoleKeys(p.root, 'snapshot', [newSigner().key]), p.rootSigner),
      await p.signedTargets(),
    ]),
  ],
];

const targetsRows: readonly Row[] = [
  ['new targets', accepted, upload(async (p) => [await p.signedTargets({ version: 2 })])],
  ['nothing new', accepted, upload(() => [])],
  ['a gap in the versions', accepted, upload(async (p) => [await p.signedTargets({ version: 40 })])],
  ['targets of the same version', oldVersion, upload(async (p) => [await p.signedTargets()])],
  [
    'targets without signatures',
    badTargets('tuf: data has no signatures'),
    upload(async (p) => [unsigned(await p.signedTargets())]),
  ],
  [
    'targets signed by another key',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [await p.signedTargets({ version: 2 }, newSigner())]),
  ],
  [
    'targets changed after signing',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [
      altered(await p.signedTargets(), (text) => text.replace('"version":1', '"version":2')),
    ]),
  ],
  [
    'expired targets',
    badTargets('targets expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload(async (p) => [await p.signedTargets(YEAR_2020)]),
  ],
  [
    'targets that expired in another time zone',
    badTargets('targets expired at Thu Jan 2 03:04:05 +0100 2020'),
    upload(async (p) => [await p.signedTargets(IN_ANOTHER_ZONE)]),
  ],
  [
    'targets of another type',
    badTargets('targets type metadata invalid: expected type Targets, not Root'),
    upload(async (p) => [await signedAs(p, '"_type":"Targets"', '"_type":"Root"')]),
  ],
  [
    'targets of version 0',
    badTargets('targets type metadata invalid: version cannot be less than one'),
    upload(async (p) => [await p.signedTargets({ version: 0 })]),
  ],
  [
    'a fraction in custom data',
    badTargets('json: unsupported value: 1.5'),
    upload(async (p) => [
      altered(await p.signedTargets(), (text) =>
        text.replace('"targets":{"1.0":{', '"targets":{"1.0":{"custom":1.5,'),
      ),
    ]),
  ],
  [
    'a delegation that is no direct child',
    badTargets('targets type metadata invalid: delegation role targets/a/b invalid'),
    upload(async (p) => [
      await p.sign('targets', withDelegation(p.targets, 'targets/a/b', [newSigner()]), p.targetsSigner),
    ]),
  ],
  [
    'a delegation with a threshold of 0',
    badTargets('targets type metadata invalid: invalid threshold specified for targets/a: 0 '),
    upload(async (p) => [
      await p.sign('targets', withDelegation(p.targets, 'targets/a', [newSigner()], 0), p.targetsSigner),
    ]),
  ],
  [
    'a delegation whose key is not there',
    badTargets('targets type metadata invalid: key ID <id> specified in targets/a without corresponding key'),
    upload(async (p) => {
      const body = withDelegation(p.targets, 'targets/a', [newSigner()]);
      return [await p.sign('targets', { ...body, delegationKeys: new Map() }, p.targetsSigner)];
    }),
  ],
  [
    'a delegation that nobody made',
    badTargets('tuf: invalid role targets/jeff. delegation does not exist'),
    upload(async (p) => [await p.sign('targets/jeff', newTargets(p.now), newSigner())]),
  ],
  [
    'a delegation below one that nobody made',
    badTargets('tuf: invalid role targets/a/b. delegation does not exist'),
    upload(async (p) => [await p.sign('targets/a/b', newTargets(p.now), newSigner())]),
  ],
  [
    'a delegation signed by another key',
    badTargets('valid signatures did not meet threshold for targets/jeff'),
    upload((p) => withJeff(p, newTargets(p.now), newSigner())),
  ],
  [
    'an expired delegation',
    badTargets('targets/jeff expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload((p) => withJeff(p, { ...newTargets(p.now), ...YEAR_2020 })),
  ],
  [
    'a delegation of which the structure and the signature are wrong',
    badTargets('targets/jeff type metadata invalid: version cannot be less than one'),
    upload((p) => withJeff(p, { ...newTargets(p.now), version: 0 }, newSigner())),
  ],
  [
    'the shallow role is judged first',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [
      await p.sign('targets/jeff', newTargets(p.now), newSigner()),
      await p.signedTargets({ version: 2 }, newSigner()),
    ]),
  ],
];

const rootRows: readonly Row[] = [
  [
    'a new targets key with new targets',
    accepted,
    upload(async (p) => {
      const fresh = newSigner();
      const root = { ...withRoleKeys(p.root, 'targets', [fresh.key]), version: 2 };
      return [await p.sign('root', root, p.rootSigner), await p.signedTargets({ version: 2 }, fresh)];
    }),
  ],
  [
    'a new root key, signed by both',
    accepted,
    upload(async (p) => {
      const fresh = await rootSignerFor(p.gun, p.now);
      const root = { ...withRoleKeys(p.root, 'root', [fresh.key]), version: 2 };
      return [await p.sign('root', root, fresh, p.rootSigner)];
    }),
  ],
  ['a root of the same version', oldVersion, upload(async (p) => [await p.signedRoot()])],
  [
    'a root that skips a version',
    badRoot('Root modifications must increment the version. Current 1, new 3'),
    upload(async (p) => [await p.signedRoot({ version: 3 })]),
  ],
  [
    'a new root key, not signed by the old one',
    badRoot(
      'could not rotate trust to a new trusted root: failed to validate data with current trusted certificates',
    ),
    upload(async (p) => {
      const fresh = await rootSignerFor(p.gun, p.now);
      return [await p.sign('root', { ...withRoleKeys(p.root, 'root', [fresh.key]), version: 2 }, fresh)];
    }),
  ],
  [
    'a new root key, signed by the old one only',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => {
      const fresh = await rootSignerFor(p.gun, p.now);
      return [
        await p.sign('root', { ...withRoleKeys(p.root, 'root', [fresh.key]), version: 2 }, p.rootSigner),
      ];
    }),
  ],
  [
    'targets of the old key under a new root',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [
      await p.sign(
        'root',
        { ...withRoleKeys(p.root, 'targets', [newSigner().key]), version: 2 },
        p.rootSigner,
      ),
      await p.signedTargets({ version: 2 }),
    ]),
  ],
];

const snapshotRows: readonly Row[] = [
  ['targets and snapshot', accepted, upload((p) => nextWithSnapshot(p))],
  ['targets without a snapshot', noSnapshot(), upload(async (p) => [await p.signedTargets({ version: 2 })])],
  [
    'a snapshot of the same version',
    oldVersion,
    upload(async (p) => (await nextWithSnapshot(p, { version: 1 })).slice(1)),
  ],
  [
    'a snapshot without signatures',
    badSnapshot('tuf: data has no signatures'),
    upload(async (p) => (await nextWithSnapshot(p)).map((file, i) => (i === 1 ? unsigned(file) : file))),
  ],
  [
    'a snapshot signed by another key',
    badSnapshot('valid signatures did not meet threshold for snapshot'),
    upload(async (p) => {
      const [targets] = await nextWithSnapshot(p);
      const files = [await p.signedRoot(), targets!];
      return [targets!, await p.signedSnapshot(files, { version: 2 }, newSigner())];
    }),
  ],
  [
    'an expired snapshot',
    badSnapshot('snapshot expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload((p) => nextWithSnapshot(p, { ...YEAR_2020 })),
  ],
  [
    'a snapshot of version 0',
    badSnapshot('snapshot type metadata invalid: version cannot be less than one'),
    upload((p) => nextWithSnapshot(p, { version: 0 })),
  ],
  [
    'a snapshot without targets',
    badSnapshot('snapshot type metadata invalid: missing targets sha256 checksum information'),
    upload((p) => nextWithSnapshot(p, {}, (meta) => meta.delete('targets'))),
  ],
  [
    'a snapshot over other targets',
    badSnapshot('sha256 checksum for targets did not match: expected <id>'),
    upload((p) => nextWithSnapshot(p, {}, (meta) => meta.set('targets', otherFile))),
  ],
  [
    'a snapshot over another root',
    badSnapshot('sha256 checksum for root did not match: expected <id>'),
    upload((p) => nextWithSnapshot(p, {}, (meta) => meta.set('root', otherFile))),
  ],
];

export const uploadCases: readonly UploadCase[] = [
  ...rows('nothing', formRows),
  ...rows('nothing', firstRows),
  ...rows('server-snapshot', targetsRows),
  ...rows('server-snapshot', rootRows),
  ...rows('client-snapshot', snapshotRows),
];

/** True for the verdicts that follow from a key which the server should have and has not. */
export function lacksServerKey({ body }: Verdict): boolean {
  return body.includes('keys exist on the server') || body.includes('does not hold current snapshot key');
}

/** What a server said, with every SHA-256 made the same. */
export function verdictOf(answer: TrustAnswer): Verdict {
  return { status: answer.status, body: answer.body.toString().replace(/\b[0-9a-f]{64}\b/g, '<id>') };
}

function untrusted(reason: string): string {
  return `could not validate the path to a trusted root: ${reason}`;
}

function noSnapshot(): Verdict {
  const message =
    'no snapshot was included in update and server does not hold current snapshot key for repository';
  return invalid('ErrBadHierarchy', message, 'snapshot');
}

const unsigned = (file: UploadedFile): UploadedFile =>
  altered(file, (text) => text.replace(/"signatures":\[.*\]\}$/, '"signatures":[]}'));

/** Targets whose text was changed before signing, which the encoder would not do. */
async function signedAs(p: Publisher, from: string, to: string): Promise<UploadedFile> {
  const file = await p.signedTargets();
  const signed = Buffer.from(file.message).toString('utf8').replace(from, to);
  const { signature } = await p.targetsSigner.sign(bytes(signed));
  const [first] = file.signatures;
  const sig = Buffer.from(signature).toString('base64');
  return {
    role: 'targets',
    bytes: bytes(
      `{"signed":${signed},"signatures":[{"keyid":"${first!.keyid}","method":"${first!.method}","sig":"${sig}"}]}`,
    ),
  };
}

async function timestampOf(p: Publisher): Promise<UploadedFile> {
  const body: SignedBody = {
    type: 'Timestamp',
    version: 7,
    expiresAt: p.now.getTime() + DAY_MS,
    expires: formatExpiry(p.now.getTime() + DAY_MS),
    meta: new Map([['snapshot', fileMetaOf(bytes('x'), nodeCrypto)]]),
  };
  return p.sign('timestamp', body, newSigner());
}

function withoutKeyOf(p: Publisher) {
  const { keyids } = p.root.roles.get('targets')!;
  return { ...p.root, keys: new Map([...p.root.keys].filter(([id]) => id !== keyids[0])) };
}

/** A first root whose root role has this signer's key. */
function rootOf(p: Publisher, signer: Publisher['rootSigner']) {
  return p.sign('root', withRoleKeys(p.root, 'root', [signer.key]), signer);
}

async function withJeff(p: Publisher, body: SignedBody, signer?: Publisher['rootSigner']) {
  const jeff = newSigner();
  const parent = { ...withDelegation(p.targets, 'targets/jeff', [jeff]), version: 2 };
  return [
    await p.sign('targets', parent, p.targetsSigner),
    await p.sign('targets/jeff', body, signer ?? jeff),
  ];
}

async function nextWithSnapshot(
  p: Publisher,
  changes: { readonly version?: number; readonly expires?: string; readonly expiresAt?: number } = {},
  spoil: (meta: Map<string, FileMeta>) => unknown = () => undefined,
): Promise<readonly UploadedFile[]> {
  const targets = await p.signedTargets({ version: 2 });
  const root = await p.send('GET', p.path('root.json'));
  const meta = new Map([
    ['root', fileMetaOf(root.body, nodeCrypto)],
    ['targets', fileMetaOf(targets.bytes, nodeCrypto)],
  ]);
  spoil(meta);
  return [targets, await p.signedSnapshot([], { version: 2, ...changes, meta })];
}
