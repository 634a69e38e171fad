/**
 * Keys out of the store into files: notary's bundle, the stored file, PKCS#8 for other tools, public halves, certificate
 * requests and self-signed certificates. Privileged process: the person names the place in a prompt of main's; every
 * file is new and 0600.
 */
import { stat } from 'node:fs/promises';
import { AppError, hasCode } from '../../shared/errors.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/bridge.ts';
import type { ExportFormat, KeyRef } from '../../shared/ipc/keys.ts';
import { makeCertificateRequest, makeSelfSignedCertificate } from '../keystore/delegation-certificate.ts';
import {
  encodePublicKey,
  exportBundle,
  exportModern,
  exportStored,
  writeExport,
} from '../keystore/export-key.ts';
import { isRepositoryRole } from '../keystore/key-headers.ts';
import { canonicalKeyId, plainKey } from '../tuf/key-id.ts';
import { walkRoles } from '../tuf/delegations.ts';
import type { PublicKey } from '../tuf/model.ts';
import { type FoundKey, type KeyDesk, keyTitle } from './key-desk.ts';

type Certificate = CallInput<'keys.certify'>;

/** @throws `keystore/...`, `files/...`, `prompt/cancelled`; `ipc/invalid-input` for several keys in one plain file */
export async function exportKeys(
  desk: KeyDesk,
  refs: readonly KeyRef[],
  format: ExportFormat,
): Promise<CallOutput<'keys.export'>> {
  const found = await Promise.all(refs.map((ref) => desk.find(ref)));
  const [only, ...others] = found;
  if (only === undefined || (others.length > 0 && format !== 'bundle')) {
    throw new AppError('ipc/invalid-input', { channel: 'keys.export', reason: 'one key at a time' });
  }
  const place = await choosePlace(desk, exportTitles[format], suggestedName(found, format));
  await writeExport(place, await textOf(desk, found, format));
  const title = `Exported ${others.length === 0 ? keyTitle(only.key) : `${String(found.length)} keys`}`;
  await desk.setup.record('keys-exported', { title, keyIds: found.map(({ key }) => key.id), format });
  return { place };
}

const exportTitles: Readonly<Record<ExportFormat, string>> = {
  bundle: 'Export keys',
  stored: 'Export the key file',
  pkcs8: 'Export the key for other tools',
  public: 'Export the public key',
};

function suggestedName([first, ...others]: readonly FoundKey[], format: ExportFormat): string {
  if (first === undefined || others.length > 0) return 'keys.pem';
  const { role, id } = first.key;
  const name = fileNameOf(role === '' ? 'key' : role);
  switch (format) {
    case 'bundle':
      return `${name}-bundle.pem`;
    case 'stored':
      return `${id}.key`;
    case 'pkcs8':
      return `${name}-${id.slice(0, 7)}.pem`;
    case 'public':
      return `${name}.pub`;
  }
}

/** Roles are almost free text; a file name is not. */
function fileNameOf(role: string): string {
  return role.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 100);
}

/** Before a passphrase is asked for: nothing is overwritten, also where a native dialog offered to. */
async function choosePlace(desk: KeyDesk, title: string, suggested: string): Promise<string> {
  const question = { title, want: 'save', suggestedName: suggested } as const;
  const [place] = await desk.setup.prompts.chooseFile(question);
  if (place === undefined) throw new AppError('prompt/cancelled', {});
  if ((await stat(place).catch(() => undefined)) !== undefined)
    throw new AppError('files/exists', { path: place });
  return place;
}

async function textOf(desk: KeyDesk, found: readonly FoundKey[], format: ExportFormat): Promise<string> {
  const [first] = found;
  if (first === undefined) throw new Error('one key at least');
  switch (format) {
    case 'bundle':
      return exportBundle(found.map(({ key }) => key));
    case 'stored':
      return exportStored(first.key);
    case 'pkcs8':
      return modern(desk, first);
    case 'public':
      return encodePublicKey(await publicHalf(desk, first), headerRole(first.key.role));
  }
}

/** Under the passphrase it has here; a key without one gets one for the file. */
async function modern(desk: KeyDesk, { key: stored, folder }: FoundKey): Promise<string> {
  const { unlocker } = desk.setup;
  const purpose = desk.purpose(folder, 'Opens the key to export it under the same passphrase.');
  const { key, passphrase } = await unlocker.openWithPassphrase(stored, purpose);
  try {
    const chosen = passphrase ?? (await unlocker.choose(stored, ['Protects the exported file.']));
    try {
      return await exportModern(key, chosen);
    } finally {
      chosen.wipe();
    }
  } finally {
    key.wipe();
    passphrase?.wipe();
  }
}

/** docker names a signer in the public key; the base roles are not anybody's name. */
function headerRole(role: string): string {
  return role === 'root' || isRepositoryRole(role) ? '' : role;
}

/** From verified metadata where a repository names the key; otherwise the key has to be opened. */
async function publicHalf(desk: KeyDesk, { key: stored, folder }: FoundKey): Promise<PublicKey> {
  const known = desk.publicHalves.get(stored.id) ?? knownPublicKey(desk, stored.id);
  if (known !== undefined) return known;
  const purpose = desk.purpose(folder, 'Opens the key to read its public half.');
  const key = await desk.setup.unlocker.open(stored, purpose);
  try {
    desk.publicHalves.set(key.id, key.key);
    return key.key;
  } finally {
    key.wipe();
  }
}

function knownPublicKey({ setup }: KeyDesk, keyId: string): PublicKey | undefined {
  for (const { root, targets } of setup.verified()) {
    const delegated = [...walkRoles(targets)].flatMap(({ body }) => [...body.delegationKeys.values()]);
    for (const key of [...root.body.keys.values(), ...delegated]) {
      if (isKey(key, keyId, setup.crypto)) return plainKey(key, setup.crypto);
    }
  }
  return undefined;
}

function isKey(key: PublicKey, keyId: string, crypto: KeyDesk['setup']['crypto']): boolean {
  try {
    return canonicalKeyId(key, crypto) === keyId;
  } catch (error) {
    if (hasCode(error, 'trust/invalid-certificate')) return false;
    throw error;
  }
}

/** X.520: the longest common name and organisation. */
const longestName = 64;

/** Writes a certificate request or a self-signed certificate. @throws `keystore/not-a-signer-key`, as `exportKeys` */
export async function certifyKey(desk: KeyDesk, wish: Certificate): Promise<CallOutput<'keys.certify'>> {
  const found = await desk.find(wish.key);
  const { id, role } = found.key;
  if (role === 'root' || isRepositoryRole(role))
    throw new AppError('keystore/not-a-signer-key', { keyId: id, role });
  checkSubject(wish.subject);
  const isRequest = wish.want === 'request';
  const what = isRequest ? 'certificate request' : 'self-signed certificate';
  const suggested = `${fileNameOf(role === '' ? 'signer' : role)}.${isRequest ? 'csr' : 'crt'}`;
  const place = await choosePlace(desk, `Save the ${what}`, suggested);
  await writeExport(place, await certificateText(desk, found, wish));
  const title = `Made a ${what} for ${keyTitle(found.key)}`;
  await desk.setup.record('certificate-made', { title, keyId: id, want: wish.want });
  return { place };
}

function checkSubject({ commonName, organization = '', organizationalUnit = '' }: Certificate['subject']) {
  const tooLong = [commonName, organization, organizationalUnit].find((text) => text.length > longestName);
  const bad = commonName.trim() === '' ? commonName : tooLong;
  if (bad !== undefined) {
    const reason = 'a certificate needs a name, and no name of it is longer than 64 characters';
    throw new AppError('ipc/invalid-input', { channel: 'keys.certify', reason });
  }
}

async function certificateText(desk: KeyDesk, { key: stored, folder }: FoundKey, wish: Certificate) {
  const { commonName, organization, organizationalUnit } = wish.subject;
  const subject = {
    commonName,
    ...(organization === undefined ? {} : { organization }),
    ...(organizationalUnit === undefined ? {} : { organizationalUnit }),
  };
  const what = wish.want === 'request' ? 'certificate request' : 'certificate';
  const purpose = desk.purpose(folder, `Signs a ${what} for ${commonName}.`);
  const key = await desk.setup.unlocker.open(stored, purpose);
  try {
    if (wish.want === 'request') return makeCertificateRequest(key, subject);
    return makeSelfSignedCertificate(key, subject, { now: desk.setup.now().getTime(), days: wish.days });
  } finally {
    key.wipe();
  }
}
