/** What the tables of uploads are made of: a case, and files that are right or wrong in one way. */
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { formatExpiry } from '../../../electron/tuf/expiry.ts';
import type { FileMeta, SignedBody } from '../../../electron/tuf/model.ts';
import { fileMetaOf } from '../../../electron/tuf/write.ts';
import { newSigner } from '../../fakes/software-keys.ts';
import { withDelegation, withRoleKeys } from '../notary-simulator-publisher.ts';
import type { Publisher, TrustAnswer, UploadedFile } from '../notary-simulator-publisher.ts';
import type { Verdict } from './verdicts.ts';
import { invalid } from './verdicts.ts';

/** What is on the server before: nothing, or a repository whose snapshot key the server or the client has. */
export type Before = 'nothing' | 'server-snapshot' | 'client-snapshot';

export interface UploadCase {
  readonly name: string;
  readonly before: Before;
  /** Hashes and key IDs in the body are written `<id>`. */
  readonly verdict: Verdict;
  readonly send: (publisher: Publisher) => Promise<TrustAnswer>;
}

export const DAY_MS = 86_400_000;
export const YEAR_2020 = { expires: '2020-01-02T03:04:05Z', expiresAt: Date.UTC(2020, 0, 2, 3, 4, 5) };
export const IN_ANOTHER_ZONE = {
  expires: '2020-01-02T03:04:05.25+01:00',
  expiresAt: Date.UTC(2020, 0, 2, 2, 4, 5, 250),
};

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** SHA-256 only: of several hashes that are wrong the real server names any. */
export const otherFile: FileMeta = { ...fileMetaOf(bytes('other'), nodeCrypto), sha512: undefined };
export const textOf = (file: UploadedFile): string => Buffer.from(file.bytes).toString('utf8');
/** The file with its text changed after signing. */
export const altered = (file: UploadedFile, change: (text: string) => string): UploadedFile => ({
  role: file.role,
  bytes: bytes(change(textOf(file))),
});

export const upload =
  (files: (publisher: Publisher) => Promise<readonly UploadedFile[]> | readonly UploadedFile[]) =>
  async (publisher: Publisher): Promise<TrustAnswer> =>
    publisher.upload(await files(publisher));

/** One file under any name, with any content. */
export const oneFile = (role: string, content: string) => upload(() => [{ role, bytes: bytes(content) }]);
export const rawPart = (headers: string) => (publisher: Publisher) =>
  publisher.uploadRaw(
    'multipart/form-data; boundary=lab',
    bytes(`--lab\r\n${headers}\r\n\r\n{}\r\n--lab--\r\n`),
  );

export type Row = readonly [name: string, verdict: Verdict, send: UploadCase['send']];
export const rows = (before: Before, list: readonly Row[]): readonly UploadCase[] =>
  list.map(([name, verdict, send]) => ({ name, before, verdict, send }));

export function noSnapshot(): Verdict {
  const message =
    'no snapshot was included in update and server does not hold current snapshot key for repository';
  return invalid('ErrBadHierarchy', message, 'snapshot');
}

export const unsigned = (file: UploadedFile): UploadedFile =>
  altered(file, (text) => text.replace(/"signatures":\[.*\]\}$/, '"signatures":[]}'));

/** Targets whose text was changed before signing, which the encoder would not do. */
export async function signedAs(p: Publisher, from: string, to: string): Promise<UploadedFile> {
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

export async function timestampOf(p: Publisher): Promise<UploadedFile> {
  const body: SignedBody = {
    type: 'Timestamp',
    version: 7,
    expiresAt: p.now.getTime() + DAY_MS,
    expires: formatExpiry(p.now.getTime() + DAY_MS),
    meta: new Map([['snapshot', fileMetaOf(bytes('x'), nodeCrypto)]]),
  };
  return p.sign('timestamp', body, newSigner());
}

export function withoutKeyOf(p: Publisher) {
  const { keyids } = p.root.roles.get('targets')!;
  return { ...p.root, keys: new Map([...p.root.keys].filter(([id]) => id !== keyids[0])) };
}

/** A first root whose root role has this signer's key. */
export function rootOf(p: Publisher, signer: Publisher['rootSigner']) {
  return p.sign('root', withRoleKeys(p.root, 'root', [signer.key]), signer);
}

export async function withJeff(p: Publisher, body: SignedBody, signer?: Publisher['rootSigner']) {
  const jeff = newSigner();
  const parent = { ...withDelegation(p.targets, 'targets/jeff', [jeff]), version: 2 };
  return [
    await p.sign('targets', parent, p.targetsSigner),
    await p.sign('targets/jeff', body, signer ?? jeff),
  ];
}

export async function nextWithSnapshot(
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
