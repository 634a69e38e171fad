/** Every role with its keys, and where each is as far as this computer knows. */
import type { Holdings, KeyWhereabouts } from '../../../shared/ipc/keys.ts';
import { dayText } from '../../copy/times.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Table } from '../../ui/table.tsx';
import { holderTitle, RELEASES } from './role-names.ts';

export function HoldingList({ holdings: { roles } }: { readonly holdings: Holdings }) {
  const rows = roles
    .filter(({ role }) => role !== RELEASES)
    .flatMap(({ role, keys, expiresAt }) =>
      keys.map((key, at) => ({ role, key, expiresAt, isFirst: at === 0 })),
    );
  return (
    <div className="holdings">
      <Table label="Keys of the repository" heads={['Key of', 'Key ID', 'Where', 'Signatures end']}>
        {rows.map(({ role, key, expiresAt, isFirst }) => (
          <tr key={`${role} ${key.id}`}>
            <td>{isFirst && holderTitle(role)}</td>
            <td>
              <Identifier value={key.id} />
            </td>
            <td>
              <Whereabouts entry={key} />
            </td>
            <td className="numeric">{isFirst && expiresAt !== undefined && dayText(expiresAt)}</td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

const tones: Readonly<Record<KeyWhereabouts['place'], Tone>> = {
  here: 'ok',
  server: 'ok',
  backup: 'warn',
  elsewhere: 'muted',
};

function Whereabouts({ entry }: { readonly entry: KeyWhereabouts }) {
  const { place, copies, offlineSince } = entry;
  const labels = copies.map(({ label, proven }) => (proven ? `${label} (proven)` : label)).join(', ');
  const words = {
    here: 'This computer',
    server: 'Trust server',
    backup: offlineSince === undefined ? `Backup: ${labels}` : `Offline: ${labels}`,
    elsewhere: 'Not here',
  } as const;
  return (
    <Status tone={tones[place]} isQuiet title={words[place]}>
      {words[place]}
    </Status>
  );
}
