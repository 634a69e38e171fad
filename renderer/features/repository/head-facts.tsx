/** The line under a repository's name: where its trust lives, how fresh it is, what can be done from here. */
import type { RepositoryDetail, RepositoryRow } from '../../../shared/ipc/repositories.ts';
import {
  fewNames,
  isGone,
  isInStoppedSandbox,
  isWithoutTrustData,
  namesText,
} from '../../copy/trust-words.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';

export function HeadFacts({ detail: { row } }: { readonly detail: RepositoryDetail }) {
  // Its servers' addresses are known while it runs.
  if (isInStoppedSandbox(row)) return <span>In the sandbox, which is stopped</span>;
  return (
    <>
      <span>
        Trust server {row.server.replace(/^https:\/\//, '')}
        {row.sandbox && ' (sandbox)'}
      </span>
      <span>
        <Freshness row={row} />
      </span>
      {row.signedTags !== undefined && !isGone(row) && (
        <span>
          <Abilities abilities={row.abilities} />
        </span>
      )}
    </>
  );
}

const verbs = { verified: 'Checked', cached: 'Last verified', failed: 'Failed' } as const;

function Freshness({ row }: { readonly row: RepositoryRow }) {
  const { freshness } = row;
  if (freshness.kind === 'never') return 'Never checked';
  if (isGone(row)) return 'Deleted there';
  return (
    <>
      {isWithoutTrustData(row) ? verbs.verified : verbs[freshness.kind]} <RelativeTime at={freshness.at} />
    </>
  );
}

function Abilities({ abilities: { signAs, administer } }: Pick<RepositoryRow, 'abilities'>) {
  if (signAs.length === 0) {
    return administer ? 'You can administer' : 'Watch only: none of its keys is on this computer';
  }
  return (
    <>
      You can sign as <strong title={namesText(signAs)}>{fewNames(signAs)}</strong>
      {administer && ' and administer'}
    </>
  );
}
