/**
 * What to do when keys of a repository are missing: which role, how bad it is, and the steps. Pure: facts in, advice out.
 * A key that is not here may be somebody else's; whether it is lost, only people know. So each piece says "if".
 */
import type { Holdings, KeyWhereabouts, RoleHolding } from './ipc/keys.ts';

/** Every signer signs here too; it has no keys of its own. */
const RELEASES = 'targets/releases';

/** Where a missing key can be restored from. */
export interface KeyCopy {
  readonly keyId: string;
  readonly label: string;
  /** The name of the file. */
  readonly file: string;
  readonly proven: boolean;
  /** The key is kept offline: it comes for a visit, and is not restored for good. */
  readonly offline?: true;
}

export type Advice =
  /** A copy is known: nothing is lost. */
  | { readonly kind: 'restore'; readonly role: string; readonly copies: readonly KeyCopy[] }
  /** The repository key is gone, the root key is here: it is replaced. */
  | { readonly kind: 'rotate'; readonly role: 'targets' | 'snapshot' }
  /** The repository key is gone, and so is the root key here: whoever has that one replaces it. */
  | { readonly kind: 'ask-root'; readonly role: 'targets' }
  /** A signer's key is gone, the repository key is here. */
  | { readonly kind: 'replace-signer'; readonly role: string; readonly signer: string }
  /** A signer's key is gone; the owner of the repository has to replace it. */
  | { readonly kind: 'ask-owner'; readonly role: string; readonly signer: string }
  /** The root key is gone: things go on until dates, then it is started over. */
  | { readonly kind: 'root-lost'; readonly role: 'root' };

const has = (holding: RoleHolding | undefined): boolean =>
  holding !== undefined &&
  holding.keys.filter(({ place }) => place === 'here' || place === 'server').length >= holding.threshold;

/** One piece of advice for every role that cannot be signed from here, the most serious first. */
export function adviceFor(holdings: Holdings): readonly Advice[] {
  const { roles } = holdings;
  const role = (name: string): RoleHolding | undefined => roles.find((holding) => holding.role === name);
  const missing = roles.filter((holding) => !has(holding) && holding.role !== RELEASES);
  return missing.map((holding): Advice => {
    const copies = copiesOf(holding.keys);
    if (copies.length > 0) return { kind: 'restore', role: holding.role, copies };
    switch (holding.role) {
      case 'root':
        return { kind: 'root-lost', role: 'root' };
      case 'targets':
        return has(role('root'))
          ? { kind: 'rotate', role: 'targets' }
          : { kind: 'ask-root', role: 'targets' };
      default: {
        const signer = holding.role.slice('targets/'.length);
        return { kind: has(role('targets')) ? 'replace-signer' : 'ask-owner', role: holding.role, signer };
      }
    }
  });
}

/** Without the repository key: signers go on; where there are none, its key signs every tag. */
export function meanwhileText({ roles }: Pick<Holdings, 'roles'>): string {
  return roles.some(({ role }) => role.startsWith('targets/'))
    ? 'Signers go on signing meanwhile.'
    : 'There are no signers: until then no tag can be signed or revoked.';
}

function copiesOf(keys: readonly KeyWhereabouts[]): readonly KeyCopy[] {
  return keys
    .filter(({ place }) => place !== 'here')
    .flatMap(({ id, copies, offlineSince }) => {
      const kept = offlineSince === undefined ? {} : { offline: true as const };
      return copies.map(({ label, file, proven }) => ({ keyId: id, label, file, proven, ...kept }));
    });
}

/** In double quotes where a shell would take it apart. */
function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `"${text.replace(/(["\\$`])/g, '\\$1')}"`;
}

/** Replaces the key of a role by a new one; needs the root key. */
export function rotateCommand({ gun }: Holdings, role: 'targets' | 'snapshot'): string {
  return `trustdesk key rotate ${quoted(gun)} ${role}`;
}

/** Prints what is signed, to sign it again later. */
export function listCommand({ gun }: Holdings): string {
  return `trustdesk list ${quoted(gun)}`;
}

/** Takes the trust data off the server; keys and the root that this computer trusts stay. */
export function deleteCommand({ gun }: Holdings): string {
  return `trustdesk delete ${quoted(gun)}`;
}

/** Makes a consumer forget the root key it knows, so that the new one is trusted at the next use. */
export const forgetCommands = ({ gun }: Pick<Holdings, 'gun'>) =>
  ({
    unix: `rm -r ~/.docker/trust/tuf/${quoted(gun)}`,
    windows: `rmdir /s "%USERPROFILE%\\.docker\\trust\\tuf\\${gun.replaceAll('/', '\\')}"`,
  }) as const;

/** The day in UTC: consumers are everywhere. */
const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** Why a repository is started over. */
export type StartOverReason = 'root-lost' | 'deleted';

const reasons: Readonly<Record<StartOverReason, (gun: string, from: string) => readonly string[]>> = {
  'root-lost': (gun, from) => [
    `Subject: ${gun} gets a new root key`,
    '',
    `The root key of ${gun} is lost.`,
    `From ${from} on its signatures are made anew with a new root key.`,
  ],
  deleted: (gun, from) => [
    `Subject: ${gun} is made anew`,
    '',
    `All signatures of ${gun} were deleted on its trust server.`,
    `From ${from} on they are made anew, under a new root certificate.`,
  ],
};

/** What to tell everybody who pulls from the repository, before it is started over. */
export function consumerNotice(
  { gun }: Pick<Holdings, 'gun'>,
  today: number,
  why: StartOverReason = 'root-lost',
): string {
  const { unix, windows } = forgetCommands({ gun });
  return [
    ...reasons[why](gun, day(today)),
    '',
    'What you will see: docker with content trust, and notary, refuse the',
    'repository on every computer that used it before. docker pull and notary say',
    '"failed to validate data with current trusted certificates"; docker trust',
    `inspect says "no signatures or cannot access ${gun}".`,
    'That is what protects you from a stranger doing the same.',
    '',
    'What to do: check with us, by phone or in person, that this notice is ours',
    'and that the root key is now',
    '',
    '    [root key ID, from the Administrative keys of the repository]',
    '',
    'Then make every such computer forget the old root:',
    '',
    `    ${unix}`,
    `    ${windows}        (Windows)`,
    '',
    'The next pull trusts the new root; compare the ID of its key with the one above:',
    '',
    `    docker trust inspect --pretty ${gun}`,
    '',
  ].join('\n');
}

/** Until when things go on without the root key, and what ends then. */
export interface Deadline {
  readonly role: string;
  readonly expiresAt: number;
  /** Somebody here can sign it again before that. */
  readonly renewable: boolean;
}

/** The roles that a person has to renew, the earliest end first. */
export function deadlinesOf({ roles }: Holdings): readonly Deadline[] {
  return roles
    .flatMap((holding) => {
      const { role, expiresAt, keys } = holding;
      const isServers = keys.length > 0 && keys.every(({ place }) => place === 'server');
      if (expiresAt === undefined || isServers) return [];
      return [{ role, expiresAt, renewable: role !== 'root' && has(holding) }];
    })
    .toSorted((a, b) => a.expiresAt - b.expiresAt);
}
