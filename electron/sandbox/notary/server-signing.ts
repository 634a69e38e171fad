/**
 * The files that the trust server signs itself: a snapshot when it holds that key, and always the timestamp.
 * Hashes are made over the server's own serialisation of what it loaded, as in the real server: a file that was
 * uploaded in another form is accepted and then found to be unreadable. That is a trap to be tested against.
 */
import { isAppError } from '../../../shared/errors.ts';
import { wireText } from '../../tuf/canonical-json.ts';
import type { FileMeta, MetadataFile, SnapshotBody, TimestampBody } from '../../tuf/model.ts';
import { SNAPSHOT, TIMESTAMP } from '../../tuf/names.ts';
import { newSnapshot, newTimestamp, nextVersion } from '../../tuf/new-metadata.ts';
import type { RoleSigner, TufCrypto } from '../../tuf/ports.ts';
import type { RoleAuthority } from '../../tuf/verify.ts';
import { encodeFile, fileMetaOf, signFile } from '../../tuf/write.ts';
import { goJson } from '../exchange.ts';
import type { RepositoryBuilder } from './repository-builder.ts';
import type { ServerKeys } from './server-keys.ts';

export interface SigningContext {
  readonly keys: ServerKeys;
  readonly crypto: TufCrypto;
  readonly now: Date;
}

/** The server has fewer of a role's keys than its threshold. */
export class KeysMissing extends Error {
  override readonly name = 'KeysMissing';
}

/** The next snapshot over all files that are loaded; entries of others stay as they are, removed ones too. */
export async function signSnapshot(
  builder: RepositoryBuilder,
  previous: SnapshotBody | undefined,
  context: SigningContext,
): Promise<MetadataFile<SnapshotBody>> {
  const signers = signersFor(builder.authorityOf('snapshot'), context.keys);
  const loaded = [builder.root, ...builder.targets.values()].filter((file) => file !== undefined);
  const meta = new Map(previous?.meta);
  for (const file of loaded) meta.set(file.role, announcedBy(file, context.crypto));
  const body =
    previous === undefined ? newSnapshot(meta, context.now) : { ...nextVersion(previous, context.now), meta };
  return signFile(SNAPSHOT, body, signers, context.crypto);
}

/** The next timestamp over the snapshot that is loaded. */
export async function signTimestamp(
  builder: RepositoryBuilder,
  previous: TimestampBody | undefined,
  context: SigningContext,
): Promise<MetadataFile<TimestampBody>> {
  const signers = signersFor(builder.authorityOf('timestamp'), context.keys);
  if (builder.snapshot === undefined) throw new TypeError('the snapshot comes before the timestamp');
  const announced = announcedBy(builder.snapshot, context.crypto);
  const meta = new Map<string, FileMeta>(previous?.meta).set(SNAPSHOT, announced);
  const body =
    previous === undefined
      ? newTimestamp(announced, context.now)
      : { ...nextVersion(previous, context.now), meta };
  return signFile(TIMESTAMP, body, signers, context.crypto);
}

function signersFor(authority: RoleAuthority, keys: ServerKeys): readonly RoleSigner[] {
  const signers = [...new Set(authority.keyids)].flatMap((id) => keys.signer(id) ?? []);
  if (signers.length < authority.threshold || signers.length === 0)
    throw new KeysMissing('no key of the role is here');
  return signers;
}

function announcedBy(file: MetadataFile, crypto: TufCrypto): FileMeta {
  return fileMetaOf(reserialised(file), crypto);
}

/** How Go's text of `signed` begins when every member that Go always writes is there. */
const beginnings = {
  Root: '{"_type":"Root","consistent_snapshot":',
  Targets: '{"_type":"Targets","delegations":{"keys":',
  Snapshot: '{"_type":"Snapshot","expires":',
  Timestamp: '{"_type":"Timestamp","expires":',
} as const;

/** The file as Go writes it after having read it. */
function reserialised(file: MetadataFile): Uint8Array {
  const { body, signatures, unknownFields } = file;
  const message = Buffer.from(file.message).toString('utf8');
  const expires = goTimeText(body.expires);
  // Go keeps `null` and `[]` apart, which the body does not; what was signed is the better copy of what Go would write.
  if (unknownFields.length === 0 && message.startsWith(beginnings[body.type])) {
    return fromMessage(message.replace(`"expires":"${body.expires}"`, `"expires":"${expires}"`), file);
  }
  try {
    return encodeFile({ ...body, expires }, signatures);
  } catch (error) {
    // Our encoder refuses some custom data that Go copies as it is.
    if (isAppError(error)) return file.bytes;
    throw error;
  }
}

/** RFC3339Nano: no zeros at the end of the fraction, and `Z` for no offset. */
function goTimeText(text: string): string {
  return text
    .replace(/(\.[0-9]*?)0+(?=Z|[-+])/, '$1')
    .replace(/\.(?=Z|[-+])/, '')
    .replace(/[-+]00:00$/, 'Z');
}

function fromMessage(message: string, { signatures }: MetadataFile): Uint8Array {
  const list = signatures.map(({ keyid, method, sig }) => ({ keyid, method, sig }));
  return Buffer.from(`{"signed":${wireText(message)},"signatures":${goJson(list)}}`);
}
