/** Whether a reference is signed, as docker with content trust would decide it. Privileged process; pure, no I/O. */
import { AppError } from '../../../shared/errors.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import { toBase64 } from '../../tuf/base64.ts';
import { DOCKER_ROLES } from '../../tuf/delegations.ts';
import { fromHex } from '../../tuf/hex.ts';
import { signedTags } from '../inspect.ts';
import { type PulledTarget, pulledTarget } from '../pulled-targets.ts';

export interface SignedDigest extends PulledTarget {
  /** As `inspect` names them; none when only the administrator signed. */
  readonly signers: readonly string[];
}

export type Verdict =
  | { readonly kind: 'signed'; readonly signed: SignedDigest }
  /** `signed`: what is signed under its tag, where the reference has another digest. */
  | { readonly kind: 'refused'; readonly error: AppError; readonly signed?: SignedDigest | undefined };

type Believed = Pick<VerifiedRepository, 'targets'>;

/** Names of other tags that a digest is signed as, to be told. */
const mostNames = 20;

export function judgeReference(image: ImageReference, repository: Believed): Verdict {
  const { gun, digest } = image;
  // docker: a name with neither tag nor digest means latest.
  const tag = image.tag ?? (digest === undefined ? 'latest' : undefined);
  const signed = tag === undefined ? undefined : signedAs(tag, repository);
  if (digest === undefined || digest === signed?.digest)
    return signed === undefined
      ? refused(new AppError('trust/no-signed-tag', { gun, tag: tag ?? '' }))
      : ok(signed);
  const tags = tagsOf(digest, repository);
  if (tag === undefined) {
    const found = tags[0] === undefined ? undefined : signedAs(tags[0], repository);
    return found === undefined
      ? refused(new AppError('trust/other-digest', { gun, digest, tags }))
      : ok(found);
  }
  if (signed === undefined) return refused(new AppError('trust/no-signed-tag', { gun, tag }));
  const details = { gun, digest, tag, signed: signed.digest, tags };
  return { kind: 'refused', error: new AppError('trust/other-digest', details), signed };
}

const ok = (signed: SignedDigest): Verdict => ({ kind: 'signed', signed });
const refused = (error: AppError): Verdict => ({ kind: 'refused', error });

function signedAs(tag: string, { targets }: Believed): SignedDigest | undefined {
  const found = pulledTarget(targets, tag);
  if (found === undefined) return undefined;
  const rows = signedTags(targets, tag);
  const row = rows.tags.findIndex((_, at) => `sha256:${rows.digests.at(at)}` === found.digest);
  return { ...found, signers: rows.signerSets[rows.signers[row] ?? 0] ?? [] };
}

/** The tags for which docker would pull this digest. */
function tagsOf(digest: string, { targets }: Believed): readonly string[] {
  const [algorithm, hex = ''] = digest.split(':');
  const bytes = algorithm === 'sha256' ? fromHex(hex) : undefined;
  if (bytes === undefined) return [];
  const sha256 = toBase64(bytes);
  const names = DOCKER_ROLES.flatMap((role) =>
    (targets.get(role)?.body.targets ?? [])
      .filter((target) => target.sha256 === sha256)
      .map(({ name }) => name),
  );
  // One role may have another digest for a name than the one that docker looks at first.
  return [...new Set(names)]
    .filter((name) => pulledTarget(targets, name)?.digest === digest)
    .slice(0, mostNames);
}
