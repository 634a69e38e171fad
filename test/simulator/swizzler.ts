/**
 * The adversary: takes a published repository and spoils it, one named method per attack.
 * What it may sign with says who it is: by default it owns the network only; `announce` makes it the server,
 * which holds the snapshot and timestamp keys; `resign` makes it an insider with a role's own keys.
 */
import type { RoleName } from '../../shared/brands.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { parseMetadata } from '../../electron/tuf/parse.ts';
import type { MetadataFile, Signature, SignedBody, SnapshotBody } from '../../electron/tuf/model.ts';
import { isBaseRole, parentRole, SNAPSHOT, TIMESTAMP } from '../../electron/tuf/names.ts';
import type { RoleSigner } from '../../electron/tuf/ports.ts';
import { encodeFile, fileMetaOf } from '../../electron/tuf/write.ts';
import { newSigner } from '../fakes/software-keys.ts';
import { metadataKeyIdOf, type RepositoryBuilder, type RepositoryFiles } from './repository-builder.ts';

export class Swizzler {
  readonly files: Map<string, Uint8Array>;
  private readonly builder: RepositoryBuilder;
  private readonly before: RepositoryFiles;

  /** @param before an earlier published state, for replays */
  constructor(builder: RepositoryBuilder, before: RepositoryFiles = new Map()) {
    this.builder = builder;
    this.before = before;
    this.files = builder.published();
  }

  // --- bytes on the way -------------------------------------------------------------------------------------

  notJson(role: RoleName): void {
    this.write(role, 'these are not the bytes you are looking for');
  }
  notUtf8(role: RoleName): void {
    const bytes = Buffer.from(this.bytes(role));
    bytes[bytes.indexOf('"_type"') + 2] = 0xff;
    this.files.set(role, bytes);
  }
  truncate(role: RoleName): void {
    this.files.set(role, this.bytes(role).subarray(0, -1));
  }
  trailingData(role: RoleName): void {
    this.write(role, `${this.text(role)}{}`);
  }
  /** White space changes nothing that was signed, but it is not the announced file any more. */
  extraWhiteSpace(role: RoleName): void {
    this.write(role, ` ${this.text(role).replace(',"version":', ' ,\n"version": ')} `);
  }
  duplicateMember(role: RoleName): void {
    this.write(role, this.text(role).replace('"_type":', '"_type":"Root","_type":'));
  }
  invalidSigned(role: RoleName): void {
    this.write(
      role,
      this.text(role).replace(
        /^\{"signed":.*,"signatures":/s,
        '{"signed":["not","an","object"],"signatures":',
      ),
    );
  }
  remove(role: RoleName): void {
    this.files.delete(role);
  }
  oversize(role: RoleName, bytes: number): void {
    this.write(role, this.text(role).padEnd(bytes, ' '));
  }
  /** Puts back what was published before. */
  replay(role: RoleName): void {
    const old = this.before.get(role);
    if (old === undefined) throw new TypeError(`${role} was not published before`);
    this.files.set(role, old);
  }

  // --- signatures -------------------------------------------------------------------------------------------

  corruptSignatures(role: RoleName): void {
    this.withSignatures(role, (all) => all.map((one) => ({ ...one, sig: flipFirstBit(one.sig) })));
  }
  dropSignatures(role: RoleName): void {
    this.withSignatures(role, () => []);
  }
  repeatSignatures(role: RoleName): void {
    this.withSignatures(role, (all) => [...all, ...all, ...all]);
  }
  /** NCC 2015: a signature labelled with another algorithm. */
  relabelMethod(role: RoleName, method: string): void {
    this.withSignatures(role, (all) => all.map((one) => ({ ...one, method })));
  }
  async signWithUnknownKey(role: RoleName): Promise<void> {
    await this.resign(role, this.body(role), [newSigner()]);
  }
  async signWithKeysOf(role: RoleName, other: RoleName): Promise<void> {
    await this.resign(role, this.body(role), this.builder.signersOf(other));
  }
  /** The right key ID on a signature by another key. */
  async forgeKeyId(role: RoleName): Promise<void> {
    const right = this.parsed(role).signatures[0];
    await this.signWithUnknownKey(role);
    this.withSignatures(role, (all) => all.map((one) => ({ ...one, keyid: right?.keyid ?? one.keyid })));
  }
  /** Content changed under unchanged signatures. */
  editUnderSignatures(role: RoleName): void {
    const { body, signatures } = this.parsed(role);
    this.files.set(role, encodeFile({ ...body, version: body.version + 100 }, signatures));
  }

  // --- by an insider who holds the role's keys -----------------------------------------------------------------

  async wrongType(role: RoleName): Promise<void> {
    await this.resignText(role, (text) => text.replace(/"_type":"[A-Za-z]+"/, '"_type":"Mirrors"'));
  }
  async noVersion(role: RoleName): Promise<void> {
    await this.resignText(role, (text) => text.replace(/"version":[0-9]+/, '"version":0'));
  }
  async noExpiry(role: RoleName): Promise<void> {
    await this.resignText(role, (text) => text.replace(/"expires":"[^"]*"/, '"expires":"tomorrow"'));
  }
  async expire(role: RoleName): Promise<void> {
    const past = new Date(this.builder.now.getTime() - 1000).toISOString().replace(/\.\d+Z/, 'Z');
    await this.resign(role, { ...this.body(role), expires: past, expiresAt: Date.parse(past) });
  }
  async offsetVersion(role: RoleName, by: number): Promise<void> {
    await this.resign(role, { ...this.body(role), version: this.body(role).version + by });
  }

  // --- in the role's parent, signed by the parent's keys -------------------------------------------------------

  /** The parent asks for more signatures than there are. */
  async raiseThreshold(role: RoleName): Promise<void> {
    await this.withThreshold(role, 2);
  }
  async zeroThreshold(role: RoleName): Promise<void> {
    await this.resignText(parentRole(role), (text) => text.replace(...thresholdOf(role, 0)));
  }
  /** The parent names other keys than those that signed the file. */
  async rotateKeyWithoutResigning(role: RoleName): Promise<void> {
    await this.renameKeys(role, [newSigner()]);
  }
  /** The key object in the parent is another one than its ID says. */
  async swapKeyUnderId(role: RoleName): Promise<void> {
    const impostor = newSigner().key.publicBase64;
    const own = this.builder.signersOf(role)[0]?.key.publicBase64 ?? '';
    await this.resignText(parentRole(role), (text) => text.replaceAll(own, impostor));
  }

  // --- by the server, which holds snapshot and timestamp keys --------------------------------------------------

  /** Announces the files as they are now, the way a compromised server would. */
  async announce(): Promise<void> {
    const snapshot = this.body(SNAPSHOT) as SnapshotBody;
    const names = [...snapshot.meta.keys()].filter((name) => this.files.has(name));
    const meta = new Map(names.map((name) => [name, fileMetaOf(this.bytes(name as RoleName), nodeCrypto)]));
    await this.resign(SNAPSHOT, { ...snapshot, version: snapshot.version + 1, meta });
    await this.announceSnapshot();
  }
  /** Only the snapshot's own hash in the timestamp. */
  async announceSnapshot(): Promise<void> {
    const timestamp = this.body(TIMESTAMP) as SnapshotBody;
    const meta = new Map([['snapshot', fileMetaOf(this.bytes(SNAPSHOT), nodeCrypto)]]);
    await this.resign(TIMESTAMP, { ...timestamp, version: timestamp.version + 1, meta });
  }
  /** Leaves a role out of the snapshot, as if it had no file. */
  async hide(role: RoleName): Promise<void> {
    const snapshot = this.body(SNAPSHOT) as SnapshotBody;
    const meta = new Map([...snapshot.meta].filter(([name]) => name !== role));
    await this.resign(SNAPSHOT, { ...snapshot, version: snapshot.version + 1, meta });
    await this.announceSnapshot();
  }
  /** Versions so high that honest ones look like rollbacks. */
  async fastForward(role: RoleName): Promise<void> {
    await this.offsetVersion(role, 1_000_000);
  }

  // --- means ---------------------------------------------------------------------------------------------------

  /** Signs a body with the given keys (the role's own by default) and puts it in place. */
  async resign(role: RoleName, body: SignedBody, signers = this.builder.signersOf(role)): Promise<void> {
    this.files.set(role, await this.builder.sign(role, body, signers));
  }

  /** Signs a text of the signed part as it stands, so that even malformed content carries good signatures. */
  async resignText(role: RoleName, change: (signed: string) => string): Promise<void> {
    const signed = change(Buffer.from(this.parsed(role).message).toString());
    const signatures = [];
    for (const signer of this.builder.signersOf(role)) signatures.push(await signatureOver(signed, signer));
    this.write(role, `{"signed":${signed},"signatures":[${signatures.join(',')}]}`);
  }

  private async withThreshold(role: RoleName, threshold: number): Promise<void> {
    await this.resignText(parentRole(role), (text) => text.replace(...thresholdOf(role, threshold)));
  }

  private async renameKeys(role: RoleName, signers: readonly RoleSigner[]): Promise<void> {
    const parent = parentRole(role);
    const { body } = this.parsed(parent);
    const keyids = signers.map(metadataKeyIdOf);
    const added = signers.map((signer) => [metadataKeyIdOf(signer), signer.key] as const);
    if (body.type === 'Root' && isBaseRole(role)) {
      const roles = new Map(body.roles).set(role, { keyids, threshold: 1 });
      await this.resign(parent, { ...body, keys: new Map([...body.keys, ...added]), roles });
    } else if (body.type === 'Targets') {
      const delegationKeys = new Map([...body.delegationKeys, ...added]);
      const delegations = body.delegations.map((entry) =>
        entry.name === role ? { ...entry, keyids } : entry,
      );
      await this.resign(parent, { ...body, delegationKeys, delegations });
    }
  }

  private withSignatures(
    role: RoleName,
    change: (signatures: readonly Signature[]) => readonly Signature[],
  ): void {
    const { body, signatures } = this.parsed(role);
    this.files.set(role, encodeFile(body, change(signatures)));
  }

  private parsed(role: RoleName): MetadataFile {
    return parseMetadata(role, this.bytes(role));
  }

  private body(role: RoleName): SignedBody {
    return this.parsed(role).body;
  }

  private bytes(role: RoleName): Uint8Array {
    const bytes = this.files.get(role);
    if (bytes === undefined) throw new TypeError(`there is no ${role}`);
    return bytes;
  }

  private text(role: RoleName): string {
    return Buffer.from(this.bytes(role)).toString();
  }

  private write(role: RoleName, text: string): void {
    this.files.set(role, Buffer.from(text));
  }
}

function flipFirstBit(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 0x80;
  return bytes.toString('base64');
}

async function signatureOver(signed: string, signer: RoleSigner): Promise<string> {
  const { method, signature } = await signer.sign(Buffer.from(signed));

  return JSON.stringify({
    keyid: metadataKeyIdOf(signer),
    method,
    sig: Buffer.from(signature).toString('base64'),
  });
}

/** Search and replacement that give a role's entry another threshold. */
function thresholdOf(role: RoleName, threshold: number): [RegExp, string] {
  return isBaseRole(role)
    ? [new RegExp(`("${role}":\\{"keyids":\\[[^\\]]*\\],"threshold":)[0-9]+`), `$1${String(threshold)}`]
    : [new RegExp(`("name":"${role}"[^}]*"threshold":)[0-9]+`), `$1${String(threshold)}`];
}
