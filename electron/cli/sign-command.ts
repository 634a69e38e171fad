/**
 * `trustdesk sign IMAGE:TAG...`, in the place of `docker trust sign`. Command line.
 * The digest is what the registry holds under the tag now (or `--digest`), manifest and multi-arch index alike; it is
 * that digest which is signed, even if the tag moves meanwhile. All tags of a repository go into one publish.
 */
import type { Gun } from '../../shared/brands.ts';
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import { type ImageReference, parseImageReference } from '../registry/image-reference.ts';
import type { RegistryClient, RegistryManifest } from '../registry/registry-client.ts';
import { toBase64 } from '../tuf/base64.ts';
import { fromHex } from '../tuf/hex.ts';
import type { Plan } from '../trust/plan/plan.ts';
import type { TagToSign } from '../trust/plan/sign-tags.ts';
import { carryOut, isRehearsal, makePlanFor, printReceipt } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { openPlanning, type Planning } from './planning.ts';
import { receiptAsText } from './print-plan.ts';
import { wantedRootKey } from './root-key-option.ts';
import type { Terminal } from './terminal.ts';

type TaggedImage = ImageReference & { readonly tag: string };

interface Wish {
  readonly image: ImageReference;
  readonly tag: string;
  readonly manifest: Pick<RegistryManifest, 'sha256' | 'size'>;
}

export const runSign: RunCommand = async (args, terminal) => {
  const planning = await openPlanning(terminal);
  const images = args.operands.map(parseTagged);
  if (valueOf(args, 'digest') !== undefined && images.length > 1) {
    throw usage('--digest goes with one IMAGE:TAG');
  }
  const signing = { planning, registryOf: rememberRegistries(planning), args, terminal };
  const wishes = await Promise.all(
    [...byRepository(images).values()].map((some) => resolveAll(some, signing)),
  );
  for (const group of wishes) await signOne(group, signing);
  return 0;
};

interface Signing {
  readonly planning: Planning;
  readonly registryOf: (gun: Gun) => Promise<RegistryClient>;
  readonly args: Arguments;
  readonly terminal: Terminal;
}

/** One client per repository: what it found out about its registry need not be found out again for each tag. */
function rememberRegistries({ connectorFor }: Planning): Signing['registryOf'] {
  const known = new Map<Gun, Promise<RegistryClient>>();
  return (gun) => {
    const client = known.get(gun) ?? connectorFor(gun).then((connector) => connector.connectRegistry(gun));
    known.set(gun, client);
    return client;
  };
}

/** The first tag alone, the others side by side: by then it is known how the registry is spoken to. */
async function resolveAll(images: readonly TaggedImage[], signing: Signing): Promise<readonly Wish[]> {
  const [first, ...others] = images;
  if (first === undefined) return [];
  return [
    await resolve(first, signing),
    ...(await Promise.all(others.map((image) => resolve(image, signing)))),
  ];
}

/** docker's words for what cannot be signed. */
function parseTagged(text: string): TaggedImage {
  const image = parseImageReference(text);
  if (image.digest !== undefined) throw usage('cannot use a digest reference for IMAGE:TAG');
  if (image.tag === undefined) throw usage(`no tag specified for ${text}`);
  return { ...image, tag: image.tag };
}

async function resolve(image: TaggedImage, signing: Signing): Promise<Wish> {
  const { planning, args, terminal } = signing;
  const local = isOn(args, 'local') && !isRehearsal(args);
  const manifest = local ? await pushLocal(image, planning, terminal) : await findManifest(image, signing);
  return { image, tag: image.tag, manifest };
}

/** docker: the image of the local engine is pushed first. */
async function pushLocal(
  image: ImageReference,
  planning: Planning,
  terminal: Terminal,
): Promise<Wish['manifest']> {
  terminal.stderr.write(
    `Signing and pushing trust data for local image ${image.text}, may overwrite remote trust data\n`,
  );
  const { pushThroughEngine } = await import('../registry/docker-engine.ts');
  return pushThroughEngine(image, { env: terminal.env, credentials: planning.credentials });
}

async function findManifest(
  image: TaggedImage,
  { args, terminal, registryOf }: Signing,
): Promise<Wish['manifest']> {
  const digest = valueOf(args, 'digest');
  const size = valueOf(args, 'size');
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw usage(`invalid argument "${digest}" for "--digest" flag: sha256:<64 hex digits> is needed`);
  }
  if (size !== undefined && !/^[1-9][0-9]{0,14}$/.test(size)) {
    throw usage(`invalid argument "${size}" for "--size" flag: a number of bytes is needed`);
  }
  if (digest !== undefined && size !== undefined) {
    return { sha256: digest.slice('sha256:'.length) as RegistryManifest['sha256'], size: Number(size) };
  }
  const registry = await registryOf(image.gun);
  const found = await registry.fetchManifest(digest ?? image.tag).catch((error: unknown) => {
    if (digest !== undefined && !isOn(args, 'json'))
      terminal.stderr.write('With --size BYTES beside --digest the registry is not asked.\n');
    throw error;
  });
  if (found === undefined) throw new AppError('registry/not-found', { reference: digest ?? image.text });
  return found;
}

function byRepository(images: readonly TaggedImage[]): ReadonlyMap<Gun, readonly TaggedImage[]> {
  const groups = new Map<Gun, TaggedImage[]>();
  for (const image of images) {
    const group = groups.get(image.gun);
    if (group === undefined) groups.set(image.gun, [image]);
    else group.push(image);
  }
  return groups;
}

async function signOne(wishes: readonly Wish[], signing: Signing): Promise<void> {
  const [first] = wishes;
  if (first === undefined) return;
  const { gun } = first.image;
  const { planning, args, terminal } = signing;
  const wish = {
    gun,
    tags: wishes.map(toTag),
    signAs: valueOf(args, 'as'),
    rootKey: await wantedRootKey(args, planning, gun),
  };
  const plan = await makePlanFor(planning, args, (planner) => planner.sign(wish)).catch((error: unknown) => {
    // Scripts sign again what did not change, and docker does not fail then. A saved plan is another matter: there is none.
    if (!hasCode(error, 'plan/nothing-to-do') || valueOf(args, 'save-plan') !== undefined) throw error;
    return undefined;
  });
  if (plan === undefined) {
    sayAlreadySigned(gun, wishes, signing);
    return;
  }
  const quiet = isRehearsal(args) || isOn(args, 'json');
  if (!quiet) {
    for (const { image } of wishes)
      terminal.stdout.write(`Signing and pushing trust metadata for ${image.text}\n`);
  }
  let moved: Promise<readonly string[]> | undefined;
  const receipt = await carryOut(plan, planning, args, terminal, (step) => {
    // While the trust server works: the tags were looked up before the plan was made.
    if (step === 'uploading') moved = findMovedTags(wishes, signing);
  });
  if (receipt === undefined) return;
  const created = createdLines(plan);
  const lines = wishes.map(({ tag }) => `Successfully signed ${gun}:${tag}\n`).join('');
  printReceipt(receipt, created + lines + receiptAsText(receipt), args, terminal);
  for (const line of (await moved) ?? []) terminal.stderr.write(`Warning: ${line}\n`);
}

/** The server said so a moment ago. */
function sayAlreadySigned(gun: Gun, wishes: readonly Wish[], { args, terminal }: Signing): void {
  if (isOn(args, 'json'))
    terminal.stdout.write(`${JSON.stringify({ gun, roles: [], tries: 0 }, undefined, 4)}\n`);
  else
    for (const { tag, manifest } of wishes)
      terminal.stdout.write(
        `${gun}:${tag} is signed already as sha256:${manifest.sha256}: nothing was published\n`,
      );
}

/** docker's words for a repository that was made along the way. */
function createdLines({ gun, initialise }: Plan): string {
  if (initialise?.signer === undefined) return '';
  return `Created signer: ${initialise.signer.name}\nFinished initializing signed repository for ${gun}\n`;
}

function toTag({ tag, manifest }: Wish): TagToSign {
  return { tag, sha256: toBase64(fromHex(manifest.sha256) ?? new Uint8Array()), length: manifest.size };
}

/** What is signed is what was planned; when a tag points elsewhere by now, the person should know. Never rejects. */
async function findMovedTags(wishes: readonly Wish[], signing: Signing): Promise<readonly string[]> {
  if (valueOf(signing.args, 'digest') !== undefined) return [];
  return (await Promise.all(wishes.map((wish) => movedTag(wish, signing)))).flat();
}

async function movedTag({ image, tag, manifest }: Wish, { registryOf }: Signing): Promise<readonly string[]> {
  try {
    const registry = await registryOf(image.gun);
    const now = await registry.resolveTag(tag);
    if (now === undefined || now.sha256 === manifest.sha256) return [];
    return [
      `${image.text} moved meanwhile: the registry has sha256:${now.sha256}, signed is sha256:${manifest.sha256}`,
    ];
  } catch (error) {
    // It is signed all the same, and failing now would say otherwise.
    if (!isAppError(error)) throw error;
    return [`whether ${image.text} moved meanwhile is not known: ${textOf(error).title}`];
  }
}
