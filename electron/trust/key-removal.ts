/**
 * What can no longer be done without a key, said before it goes, and its removal after a typed confirmation. Privileged
 * process.
 */
import type { Gun } from '../../shared/brands.ts';
import type { KeyRef, Removal } from '../../shared/ipc/keys.ts';
import { wayOutText } from '../../shared/way-out.ts';
import type { BackupRecords } from '../backup/backup-records.ts';
import { impactOfLosing, type KeyImpact, rolesOf } from '../backup/key-impact.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { removeKey } from '../keystore/store-key.ts';
import { type FoundKey, type KeyDesk, keyTitle } from './key-desk.ts';
import { inParallel } from './in-parallel.ts';
import { backupMember } from './key-views.ts';

/** As for reading the list of repositories. */
const atOnce = 16;

/** What would be lost, from what was verified of the repositories that are listed. @throws `keystore/key-not-found` */
export async function removalOf(desk: KeyDesk, ref: KeyRef): Promise<Removal> {
  const found = await desk.find(ref);
  const [{ records }, guns] = await Promise.all([desk.knownRecords(), desk.setup.guns()]);
  await Promise.all(inParallel(unreadOf(desk, guns), atOnce, (gun) => desk.setup.read(gun)));
  return {
    typed: wordFor(found.key),
    impacts: (await impactsOf(desk, found, records)).map(toView),
    unread: [...unreadOf(desk, guns)],
    ...backupMember(records, found.key.id, desk.setup.now().getTime()),
  };
}

function unreadOf({ setup }: KeyDesk, guns: readonly Gun[]): readonly Gun[] {
  const read = new Set<string>(setup.verified().map(({ gun }) => gun));
  return guns.filter((gun) => !read.has(gun));
}

/** Without records nothing is known of keys that are kept offline. */
async function impactsOf(
  { setup }: KeyDesk,
  { key, folder }: FoundKey,
  records: BackupRecords | undefined,
): Promise<readonly KeyImpact[]> {
  const { keys } = await listKeys(folder.trustDirectory);
  const onTokens = new Set<string>(setup.tokenKeys().map(({ keyId }) => keyId));
  const roles = setup.verified().flatMap((repository) => rolesOf(repository, setup.crypto));
  const here = new Set([...keys.map(({ id }) => id), ...onTokens]);
  const offline = new Set(records?.offline.map(({ id }) => id));
  const impacts = impactOfLosing(key.id, roles, here, offline);
  return onTokens.has(key.id) ? impacts.map((impact) => withToken(impact, key)) : impacts;
}

/** The file goes; the token still signs with the same key. */
function withToken(impact: KeyImpact, { id }: StoredKey): KeyImpact {
  return { ...impact, effect: 'still-signable-here', othersHere: [id, ...impact.othersHere] };
}

function toView({ othersHere, othersElsewhere, ...impact }: KeyImpact): Removal['impacts'][number] {
  return { ...impact, othersHere: [...othersHere], othersElsewhere: [...othersElsewhere] };
}

/** A word that names what goes: the signer, or `root`. A key without a role is named by its ID. */
function wordFor({ role, id }: StoredKey): string {
  return role === '' ? id.slice(0, 8) : role;
}

/** @throws `prompt/cancelled`, `ipc/refused` when the word was not typed, `keystore/key-not-found`, `files/...` */
export async function removeStoredKey(desk: KeyDesk, ref: KeyRef): Promise<void> {
  const found = await desk.find(ref);
  const { key, folder } = found;
  const { records } = await desk.knownRecords();
  const impacts = await impactsOf(desk, found, records);
  const { backup } = backupMember(records, key.id, desk.setup.now().getTime());
  const lost = impacts.filter(({ effect }) => effect === 'nobody-can-sign');
  await desk.setup.prompts.confirm({
    title: `Remove ${keyTitle(key)}`,
    text: removalText(key, lost, backup?.provenCopies),
    confirmLabel: 'Remove key',
    destructive: true,
    typed: wordFor(key),
  });
  await removeKey(folder.trustDirectory, key.id);
  await desk.letGo(key.id);
  await desk.setup.record('key-removed', {
    title: `Removed ${keyTitle(key)}`,
    keyId: key.id,
    role: key.role,
  });
}

function removalText(
  { id, copies }: StoredKey,
  lost: readonly KeyImpact[],
  provenCopies: number | undefined,
): string {
  const files = copies.length === 0 ? 'Its file is' : `Its ${String(copies.length + 1)} files are`;
  const [first] = lost;
  const many = lost.length === 1 ? 'One role' : `${String(lost.length)} roles`;
  const until = lost.length === 1 && first?.wayOut !== undefined ? `, ${wayOutText(first.wayOut)}` : '';
  const nobody = lost.length === 0 ? [] : [`${many} can then be signed by nobody${until}.`];
  const lines = [`${files} deleted from this computer.`, ...nobody, backupText(provenCopies), `Key ID ${id}`];
  return lines.join('\n');
}

function backupText(provenCopies: number | undefined): string {
  if (provenCopies === undefined)
    return 'Whether there is a backup of it is not known: the records cannot be read.';
  if (provenCopies === 0) return 'No backup of it was proven here: it may be gone for good.';
  const where = provenCopies === 1 ? 'a proven backup' : `${String(provenCopies)} proven backups`;
  return `It can be restored from ${where}.`;
}
