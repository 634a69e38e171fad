/** SIGNER and KEYS as `inspect --pretty` lists them, with where each private key is and how long it counts. */
import { Ellipsis, KeyRound, UserMinus, UserPlus } from 'lucide-react';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { countText } from '../../copy/sizes.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import { ActionMenu } from '../../ui/action-menu.tsx';
import { Button } from '../../ui/button.tsx';
import type { RepositoryActs } from './repository-screen.tsx';
import { KeyId } from '../../ui/identifier.tsx';
import { SignerChip } from '../../ui/signer-chip.tsx';
import { Empty, Panel } from '../../ui/surface.tsx';
import { Table } from '../../ui/table.tsx';
import { useNow } from '../../ui/use-now.ts';
import { KeyPlacePill } from '../../ui/key-place.tsx';

interface SignersProps {
  readonly detail: RepositoryDetail;
  readonly acts: Pick<RepositoryActs, 'addSigner' | 'removeSigner'>;
}

export function Signers({ detail: { signers, row }, acts }: SignersProps) {
  const now = useNow();
  if (signers.length === 0) {
    return (
      <Empty
        icon={UserPlus}
        title="No signers"
        action={<Button onPress={() => acts.addSigner()}>Add a signer…</Button>}
      >
        Only the holder of the repository key can sign here. Tags appear with the signer “Repo Admin”.
      </Empty>
    );
  }
  return (
    <div className="pane-scroll">
      <div className="toolbar pane-toolbar">
        <span className="muted">
          Whoever holds one of these keys can sign releases.
          {!row.abilities.administer &&
            ' The repository key is not here: changes are saved and signed where it is.'}
        </span>
        <div className="toolbar-end">
          <Button icon={UserPlus} onPress={() => acts.addSigner()}>
            Add a signer…
          </Button>
        </div>
      </div>
      <Panel>
        <Table
          label="Signers"
          heads={[
            'Signer',
            'Keys',
            'Private key',
            'Algorithm',
            'Signed tags',
            'Expires',
            { title: 'Change', isHidden: true },
          ]}
        >
          {signers.map(({ name, keys, tags, expiresAt }) => (
            <tr key={name}>
              <td>
                <SignerChip name={name} />
              </td>
              <td>
                <ul className="stack stack-lines">
                  {keys.map(({ id }) => (
                    <li key={id}>
                      <KeyId id={id} />
                    </li>
                  ))}
                </ul>
              </td>
              <td>
                <ul className="stack stack-lines">
                  {keys.map(({ id, place }) => (
                    <li key={id}>
                      <KeyPlacePill place={place} />
                    </li>
                  ))}
                </ul>
              </td>
              <td>
                <ul className="stack stack-lines">
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
              <td>
                <ActionMenu
                  label={`Change ${name}`}
                  icon={Ellipsis}
                  acts={[
                    { id: 'key', label: 'Add a key…', icon: KeyRound, run: () => acts.addSigner(name) },
                    {
                      id: 'remove',
                      label: `Remove ${name}…`,
                      icon: UserMinus,
                      run: () => acts.removeSigner(name),
                    },
                  ]}
                />
              </td>
            </tr>
          ))}
        </Table>
      </Panel>
    </div>
  );
}
