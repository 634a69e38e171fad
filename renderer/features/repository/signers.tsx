/** SIGNER and KEYS as `inspect --pretty` lists them, with where each private key is and how long it counts. */
import { UserPlus } from 'lucide-react';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { countText } from '../../copy/sizes.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import { KeyId } from '../../ui/identifier.tsx';
import { SignerChip } from '../../ui/signer-chip.tsx';
import { Empty, Panel } from '../../ui/surface.tsx';
import { Table } from '../../ui/table.tsx';
import { useNow } from '../../ui/use-now.ts';
import { KeyPlacePill } from '../../ui/key-place.tsx';

export function Signers({ detail: { signers } }: { readonly detail: RepositoryDetail }) {
  const now = useNow();
  if (signers.length === 0) {
    return (
      <Empty icon={UserPlus} title="No signers">
        Only the holder of the repository key can sign here. Tags appear with the signer “Repo Admin”.
      </Empty>
    );
  }
  return (
    <div className="pane-scroll">
      <Panel>
        <Table
          label="Signers"
          heads={['Signer', 'Keys', 'Private key', 'Algorithm', 'Signed tags', 'Expires']}
        >
          {signers.map(({ name, keys, tags, expiresAt }) => (
            <tr key={name}>
              <td>
                <SignerChip name={name} />
              </td>
              <td>
                <ul className="stack">
                  {keys.map(({ id }) => (
                    <li key={id}>
                      <KeyId id={id} />
                    </li>
                  ))}
                </ul>
              </td>
              <td>
                <ul className="stack">
                  {keys.map(({ id, place }) => (
                    <li key={id}>
                      <KeyPlacePill place={place} />
                    </li>
                  ))}
                </ul>
              </td>
              <td>
                <ul className="stack">
                  {keys.map(({ id, algorithm }) => (
                    <li key={id} className="mono muted">
                      {algorithm}
                    </li>
                  ))}
                </ul>
              </td>
              <td className="numeric">{countText(tags)}</td>
              <td className="numeric">
                {expiresAt === undefined ? (
                  <span className="muted">Nothing signed yet</span>
                ) : (
                  <span className={`expiry expiry-${expiryTone(expiresAt, now)}`}>{dayText(expiresAt)}</span>
                )}
              </td>
            </tr>
          ))}
        </Table>
      </Panel>
    </div>
  );
}
