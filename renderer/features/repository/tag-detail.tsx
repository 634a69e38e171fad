/** Everything about one signed tag: whole digest, who signed and until when, how to pull exactly this. */
import { MousePointer2 } from 'lucide-react';
import { memo } from 'react';
import type { RepositoryDetail, TagTable } from '../../../shared/ipc/repositories.ts';
import { sizeText } from '../../copy/sizes.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import { isGone, placeText } from '../../copy/trust-words.ts';
import { CopyText } from '../../ui/clipboard.tsx';
import { KeyId } from '../../ui/identifier.tsx';
import { RepoAdminChip, SignerChip } from '../../ui/signer-chip.tsx';
import { Empty, Section } from '../../ui/surface.tsx';
import { useNow } from '../../ui/use-now.ts';
import { registrySentence } from './registry-cell.tsx';
import type { RepositoryState } from './repository-store.ts';
import { pinnedReference, type RegistryState } from './tag-view.ts';

interface TagDetailProps {
  readonly gun: string;
  readonly table: TagTable;
  /** Position of the tag in the table; -1: none. */
  readonly at: number;
  readonly registry: ReadonlyMap<string, RegistryState>;
  readonly detail: RepositoryState['detail'];
}

export const TagDetail = memo(function TagDetail({ gun, table, at, registry, detail }: TagDetailProps) {
  const tag = table.tags[at];
  if (tag === undefined) {
    return (
      <aside className="detail" aria-label="Tag">
        <Empty icon={MousePointer2} title="No tag chosen" />
      </aside>
    );
  }
  const digest = table.digests[at] ?? '';
  const inRegistry = registry.get(tag);
  const isPast = detail.kind === 'ready' && isGone(detail.value.row);
  return (
    <aside className="detail" aria-label={`Tag ${tag}`}>
      <div>
        <h2 className="mono detail-title selectable">{tag}</h2>
        <p className="muted">
          {isPast
            ? 'This was signed before the repository was deleted on the server.'
            : registrySentence(inRegistry)}
        </p>
      </div>
      <Section
        title="Digest"
        aside={<span className="muted detail-aside">{sizeText(table.sizes[at] ?? 0)} manifest</span>}
      >
        <CopyText text={`sha256:${digest}`} what="digest" />
      </Section>
      {inRegistry?.kind === 'different' && (
        <Section title="In the registry now">
          <CopyText text={`sha256:${inRegistry.digest}`} what="digest in the registry" />
        </Section>
      )}
      <Section title="Signers">
        <SignerList names={table.signerSets[table.signers[at] ?? -1] ?? []} detail={detail} />
      </Section>
      {!isPast && (
        <Section title="Pull exactly this">
          <CopyText text={`docker pull ${pinnedReference(gun, digest)}`} what="command" />
        </Section>
      )}
    </aside>
  );
});

interface SignerListProps {
  readonly names: readonly string[];
  readonly detail: RepositoryState['detail'];
}

function SignerList({ names, detail }: SignerListProps) {
  const facts = detail.kind === 'ready' ? detail.value : undefined;
  if (names.length === 0) {
    return (
      <div className="detail-signer">
        <RepoAdminChip />
        <p className="muted">Signed with the repository key alone, by no named signer.</p>
      </div>
    );
  }
  return (
    <ul className="detail-signers">
      {names.map((name) => (
        <SignerEntry key={name} name={name} facts={facts} />
      ))}
    </ul>
  );
}

function SignerEntry({
  name,
  facts,
}: {
  readonly name: string;
  readonly facts: RepositoryDetail | undefined;
}) {
  const now = useNow();
  const signer = facts?.signers.find((candidate) => candidate.name === name);
  const expiresAt = signer?.expiresAt;
  return (
    <li className="detail-signer">
      <div className="detail-line">
        <SignerChip name={name} />
        {expiresAt !== undefined && (
          <span className={`expiry expiry-${expiryTone(expiresAt, now)}`}>until {dayText(expiresAt)}</span>
        )}
      </div>
      {signer?.keys.map(({ id, place }) => (
        <div key={id} className="detail-line">
          <span className="muted">{placeText(place)}</span>
          <KeyId id={id} />
        </div>
      ))}
    </li>
  );
}
