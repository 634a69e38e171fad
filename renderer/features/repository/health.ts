/** What is wrong with a repository, most urgent first, each with the one act that fixes it. Pure. */
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { type CodedError, errorText } from '../../copy/error-text.ts';
import { countOf } from '../../copy/sizes.ts';
import { ageText, dayText, spanText } from '../../copy/times.ts';
import { isGone, isWithoutTrustData, roleOwner } from '../../copy/trust-words.ts';
import { goneFix, goneTitle, type Warning, warningText } from '../../copy/warning-text.ts';

export interface Finding {
  readonly tone: 'bad' | 'warn' | 'info';
  readonly title: string;
  readonly text: string;
  readonly fix: Fix | undefined;
}

/** `renew`: the role can be signed again from here. `lost-keys`: it cannot, and the guide says what to do. */
export type Fix =
  'refresh' | 'diagnose' | 'create' | 'lost-keys' | 'start-sandbox' | { readonly renew: string };

/** Nothing was ever verified of it: what is not known is not zero. */
export function isUnread({ signedTags }: RepositoryDetail['row']): boolean {
  return signedTags === undefined;
}

/** There is something to change, or nothing yet: a plan can be made of it, with keys here or elsewhere. */
export function canPlan({ row }: RepositoryDetail): boolean {
  return isWithoutTrustData(row) || !(isUnread(row) || isGone(row));
}

/** A signer's key is here, or the repository key of a repository without signers; or nothing was signed yet. */
export function canSign({ row, delegations }: RepositoryDetail): boolean {
  if (isWithoutTrustData(row)) return true;
  return row.abilities.signAs.length > 0 || (row.abilities.administer && delegations.length === 0);
}

/** Those whose key is here; where there is none, everybody that the plan could be carried to. */
export function signersToChoose({ row, signers }: RepositoryDetail): readonly string[] {
  const { signAs } = row.abilities;
  if (signAs.length > 0) return signAs;
  const isDirect = (role: string): boolean => role.split('/').length === 2;
  return signers.filter(({ role, keys }) => isDirect(role) && keys.length > 0).map(({ name }) => name);
}

/** A key of the role is on this computer. */
export function mayRenew(role: string, { row: { abilities } }: RepositoryDetail): boolean {
  const { signAs, administer, rootKey } = abilities;
  switch (role) {
    case 'root':
      return rootKey;
    case 'targets':
      return administer;
    case 'targets/releases':
      return signAs.length > 0;
    default:
      return signAs.includes(role.slice('targets/'.length));
  }
}

/** Of the roles that are due, those whose key is here: one publish renews them all. */
export function rolesToRenew(detail: RepositoryDetail): readonly string[] {
  if (isGone(detail.row)) return [];
  return detail.due.filter((role) => mayRenew(role, detail));
}

/** Otherwise somebody else has to, or nobody can any more. */
function renewal(role: string, detail: RepositoryDetail): Fix {
  return mayRenew(role, detail) ? { renew: role } : 'lost-keys';
}

const isServerFault = ({ code }: CodedError): boolean => /^(network|notary|config)\//.test(code);

function fromFreshness({ row }: RepositoryDetail, now: number): readonly Finding[] {
  const { freshness } = row;
  if (isGone(row)) return [goneSince(freshness.kind === 'cached' ? freshness.at : undefined, now)];
  switch (freshness.kind) {
    case 'verified':
    case 'never':
      return [];
    case 'cached': {
      const { title } = errorText(freshness.reason);
      const text = `Shown as verified ${ageText(freshness.at, now)}. ${title}`;
      return [{ tone: 'warn', title: 'Not checked with the server now.', text, fix: 'diagnose' }];
    }
    case 'failed': {
      if (isWithoutTrustData(row)) return [nothingSigned];
      if (freshness.error.code === 'sandbox/not-running') return [sandboxStopped];
      const { title, fix } = errorText(freshness.error);
      return [
        { tone: 'bad', title, text: fix, fix: isServerFault(freshness.error) ? 'diagnose' : 'refresh' },
      ];
    }
  }
}

/** @param at when it was verified last, where the cache knows it */
function goneSince(at: number | undefined, now: number): Finding {
  const since = at === undefined ? 'before' : ageText(at, now);
  const text = `It was deleted there, and nobody can pull it with content trust now. What is shown was verified ${since}. ${goneFix}`;
  return { tone: 'warn', title: goneTitle, text, fix: 'create' };
}

export const sandboxStopped: Finding = {
  tone: 'warn',
  title: 'The sandbox is stopped.',
  text: 'This repository is in it, and is read and signed in while it runs. What is in it is kept.',
  fix: 'start-sandbox',
};

const nothingSigned: Finding = {
  tone: 'info',
  title: 'Nothing is signed in this repository yet.',
  text: 'The trust server answers and has no trust data for it. Signing its first tag sets it up; check the name if that surprises you.',
  fix: 'create',
};

function fromExpiry(detail: RepositoryDetail, now: number): readonly Finding[] {
  const { nextExpiry, freshness } = detail.row;
  if (nextExpiry === undefined || nextExpiry.at > now) return [];
  // The failure says it already, with the role that expired.
  if (freshness.kind === 'failed' && freshness.error.code === 'trust/expired') return [];
  const owner = roleOwner(nextExpiry.role);
  return [
    {
      tone: 'bad',
      title: `Signatures of ${owner} expired on ${dayText(nextExpiry.at)}.`,
      text: `Whoever holds a key of ${nextExpiry.role} has to sign it again.`,
      fix: renewal(nextExpiry.role, detail),
    },
  ];
}

function fromWarning(warning: Warning, detail: RepositoryDetail, now: number): Finding {
  const plain: Finding = { tone: 'warn', title: warningText(warning), text: '', fix: undefined };
  switch (warning.kind) {
    case 'expires-soon': {
      const tags = detail.signers.find(({ role }) => role === warning.role)?.tags;
      const title = `Signatures of ${roleOwner(warning.role)} expire in ${spanText(warning.at - now)}.`;
      const text =
        tags === undefined || tags === 0
          ? `They must be renewed before ${dayText(warning.at)}.`
          : `${countOf(tags, 'tag')} would lose this signature on ${dayText(warning.at)}.`;
      return { ...plain, title, text, fix: renewal(warning.role, detail) };
    }
    case 'delegation-unusable':
      return {
        ...plain,
        title: `Signatures of ${roleOwner(warning.role)} do not count.`,
        text: errorText(warning.error).title,
        fix: renewal(warning.role, detail),
      };
    case 'tls-not-verified':
      return {
        ...plain,
        text: 'Docker allows this for loopback registries; what is signed is verified all the same.',
      };
    case 'certificate-expires-soon':
      return { ...plain, text: 'The root key has to be rotated before that.' };
    case 'staged-changes':
      return {
        ...plain,
        tone: 'info',
        text: 'notary keeps them in the trust directory; they stay as they are.',
      };
  }
}

/** Everything worth a banner. An expiry that passed is said once, not again as "soon". */
export function findingsOf(detail: RepositoryDetail, now: number): readonly Finding[] {
  const soon = detail.row.warnings.filter(
    ({ kind, ...rest }) => kind !== 'expires-soon' || !('at' in rest) || rest.at > now,
  );
  const warnings = soon.map((warning) => fromWarning(warning, detail, now));
  // What was deleted does not expire, and cannot be signed again: only what leads on is said beside it.
  if (isGone(detail.row))
    return [...fromFreshness(detail, now), ...warnings.filter(({ fix }) => fix === undefined)];
  return [...fromFreshness(detail, now), ...fromExpiry(detail, now), ...warnings];
}
