/**
 * Makes the demo content true: pushes the images, makes keys in the sandbox's own trust directory, and publishes
 * signed metadata as a client would, through the same two services that answer docker. Privileged process.
 * The content is the same everywhere; the keys are fresh in every sandbox.
 */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { makeRootCertificate } from '../crypto/certificate.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { makeSelfSignedCertificate } from '../keystore/delegation-certificate.ts';
import { generateKey } from '../keystore/generate-key.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import { storeKey } from '../keystore/store-key.ts';
import { toBase64 } from '../tuf/base64.ts';
import type { DelegationRole, PublicKey, TargetEntry, TargetsBody } from '../tuf/model.ts';
import { RELEASES, ROOT, TARGETS, parseGun } from '../tuf/names.ts';
import { newRoot, newTargets, nextVersion } from '../tuf/new-metadata.ts';
import type { RoleSigner } from '../tuf/ports.ts';
import { tufKeyId } from '../tuf/key-id.ts';
import { signFile, signerAs } from '../tuf/write.ts';
import { demoPassphrase, demoRepositories } from './demo-content.ts';
import type { DemoRepository, DemoRole, DemoSigner } from './demo-content.ts';
import { makeDemoImage } from './demo-images.ts';
import type { NotaryService } from './notary/notary-service.ts';
import { fetchServerKey, publishFiles } from './notary/local-client.ts';
import type { RegistryService } from './registry/registry-service.ts';
import { pushImage } from './registry/local-client.ts';

export interface DemoPlace {
  readonly notary: NotaryService;
  readonly registry: RegistryService;
  /** Host and port, the first part of every repository's name. */
  readonly registryHost: string;
  readonly trustDirectory: string;
  readonly now: Date;
}

interface DemoKeys {
  readonly root: PrivateKey;
  /** Signers by name; each with the public form in which metadata names it. */
  readonly signers: ReadonlyMap<DemoSigner, readonly RoleSigner[]>;
}

const DAY_MS = 86_400_000;
/** Delegation certificates are made for as long as docker's documentation suggests. */
const CERTIFICATE_DAYS = 3650;

/** Fills an empty sandbox. */
export async function makeDemo(place: DemoPlace): Promise<void> {
  for (const repository of demoRepositories) await pushRepository(repository, place.registry);
  const keys = await makeKeys(place);
  for (const repository of demoRepositories) {
    if (repository.signers.length > 0) await publishRepository(repository, keys, place);
  }
}

async function pushRepository(repository: DemoRepository, registry: RegistryService): Promise<void> {
  for (const { tag, kind, text, movedTo, gone } of repository.tags) {
    if (gone === true) continue;
    await pushImage(registry, repository.name, tag, makeDemoImage(kind, text));
    // What was there before is still there by its digest, so the signed image can be pulled.
    if (movedTo !== undefined) await pushImage(registry, repository.name, tag, makeDemoImage(kind, movedTo));
  }
}

async function makeKeys(place: DemoPlace): Promise<DemoKeys> {
  const root = await generateKey();
  await keep(place, root, 'root');
  const alice = await generateKey();
  const aliceRsa = await generateKey('RSA 2048');
  const bob = await generateKey();
  await keep(place, alice, 'alice');
  await keep(place, aliceRsa, 'alice');
  await keep(place, bob, 'bob');
  const signers = new Map<DemoSigner, readonly RoleSigner[]>([
    ['alice', [alice, signerAs(aliceRsa, certified(aliceRsa, 'alice', place.now))]],
    ['bob', [bob]],
  ]);
  return { root, signers };
}

async function keep(place: DemoPlace, key: PrivateKey, role: string, gun?: string): Promise<void> {
  const passphrase = SecretBytes.fromText(demoPassphrase);
  try {
    await storeKey(place.trustDirectory, key, { role, gun }, passphrase);
  } finally {
    passphrase.wipe();
  }
}

/** The key as an X.509 signer: metadata then names it by its certificate. */
function certified(key: PrivateKey, commonName: string, now: Date): PublicKey {
  const pem = makeSelfSignedCertificate(key, { commonName }, { now: now.getTime(), days: CERTIFICATE_DAYS });
  return { keytype: 'rsa-x509', publicBase64: toBase64(new TextEncoder().encode(pem)) };
}

async function publishRepository(
  repository: DemoRepository,
  keys: DemoKeys,
  place: DemoPlace,
): Promise<void> {
  const gun = parseGun(`${place.registryHost}/${repository.name}`);
  const signedAt = new Date(place.now.getTime() - repository.signedDaysAgo * DAY_MS);
  const repositoryKey = await generateKey();
  await keep(place, repositoryKey, 'targets', gun);
  const roleSigners = new Map<DemoRole, readonly RoleSigner[]>([
    ...repository.signers.map((name) => [name, keys.signers.get(name) ?? []] as const),
    ['releases', repository.signers.flatMap((name) => keys.signers.get(name) ?? [])],
  ]);
  const root = await signedRoot(gun, keys.root, repositoryKey, place, signedAt);
  const top = withDelegations(targetsFor(repository, 'admin', signedAt), roleSigners);
  // As docker does: the first published targets file is version 2.
  const targets = await signFile(TARGETS, nextVersion(top, signedAt), [repositoryKey], nodeCrypto);
  const delegations = await Promise.all(
    [...roleSigners].map(([role, signers]) =>
      signFile(roleName(role), targetsFor(repository, role, signedAt), signers, nodeCrypto),
    ),
  );
  await publishFiles(place.notary, gun, [root, targets, ...delegations]);
}

async function signedRoot(
  gun: Gun,
  rootKey: PrivateKey,
  repositoryKey: PrivateKey,
  place: DemoPlace,
  at: Date,
) {
  const certificate = await makeRootCertificate(gun, rootKey, at);
  const body = newRoot(
    {
      root: [certificate],
      targets: [repositoryKey.key],
      snapshot: [await fetchServerKey(place.notary, gun, 'snapshot')],
      timestamp: [await fetchServerKey(place.notary, gun, 'timestamp')],
    },
    at,
    nodeCrypto,
  );
  return signFile(ROOT, body, [signerAs(rootKey, certificate)], nodeCrypto);
}

const roleName = (role: DemoRole): RoleName =>
  role === 'releases' ? RELEASES : (`targets/${role}` as RoleName);

/** The file of one role: the tags that it signed, sorted as canonical JSON has them. */
function targetsFor(repository: DemoRepository, role: DemoRole, at: Date): TargetsBody {
  const signed = repository.tags.filter(({ signedBy }) => signedBy.includes(role));
  const targets = signed.map(({ tag, kind, text }): TargetEntry => {
    const { bytes } = makeDemoImage(kind, text).top;
    return { name: tag, length: bytes.length, sha256: toBase64(nodeCrypto.sha256(bytes)) };
  });
  return { ...newTargets(at), targets: targets.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function withDelegations(
  body: TargetsBody,
  roles: ReadonlyMap<DemoRole, readonly RoleSigner[]>,
): TargetsBody {
  const idOf = ({ key }: RoleSigner) => tufKeyId(key, nodeCrypto);
  const all = [...roles.values()].flat();
  const delegations = [...roles].map(([role, signers]): DelegationRole => ({
    name: roleName(role),
    paths: [''],
    keyids: signers.map(idOf),
    threshold: 1,
  }));
  return { ...body, delegations, delegationKeys: new Map(all.map((signer) => [idOf(signer), signer.key])) };
}
