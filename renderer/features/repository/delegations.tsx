/** The notary view: the tree of roles below targets, what each may sign, with how many of which keys. */
import { CornerDownRight, GitFork } from 'lucide-react';
import type { z } from 'zod/mini';
import type { delegation, RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { errorText } from '../../copy/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { KeyId } from '../../ui/identifier.tsx';
import { Status } from '../../ui/status.tsx';
import { Empty, Panel } from '../../ui/surface.tsx';
import { Table } from '../../ui/table.tsx';
import { mayRenew } from './health.ts';
import type { RepositoryActs } from './repository-screen.tsx';

type Delegation = z.infer<typeof delegation>;

interface DelegationsProps {
  readonly detail: RepositoryDetail;
  readonly acts: Pick<RepositoryActs, 'renew'>;
}

export function Delegations({ detail, acts }: DelegationsProps) {
  const { delegations } = detail;
  if (delegations.length === 0) {
    return (
      <Empty icon={GitFork} title="No delegations">
        The repository key signs everything itself. Adding a signer makes the first delegation.
      </Empty>
    );
  }
  return (
    <div className="pane-scroll">
      <Panel>
        <Table
          label="Delegations"
          heads={['Role', 'Paths', 'Key IDs', 'Threshold', 'State', { title: 'Change', isHidden: true }]}
        >
          {delegations.map((entry) => (
            <tr key={entry.role}>
              <td>
                <RoleCell entry={entry} />
              </td>
              <td>
                <Paths paths={entry.paths} />
              </td>
              <td>
                <ul className="stack">
                  {entry.keyIds.map((id) => (
                    <li key={id}>
                      <KeyId id={id} />
                    </li>
                  ))}
                </ul>
              </td>
              <td className="numeric">{entry.threshold}</td>
              <td>
                <StateCell entry={entry} />
              </td>
              <td>
                {mayRenew(entry.role, detail) && (
                  <Button
                    size="small"
                    aria-label={`Sign again: ${entry.role}…`}
                    onPress={() => acts.renew([entry.role])}
                  >
                    Sign again…
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      </Panel>
    </div>
  );
}

function RoleCell({ entry: { role, depth } }: { readonly entry: Delegation }) {
  return (
    <span className="role-cell" style={{ paddingLeft: Math.max(0, depth - 1) * 18 }}>
      {depth > 1 && <CornerDownRight className="icon role-branch" size={14} aria-hidden />}
      <span className="mono selectable">{role}</span>
    </span>
  );
}

/** `""` covers everything, as notary prints it; an empty list covers nothing. */
function Paths({ paths }: { readonly paths: readonly string[] }) {
  if (paths.length === 0) return <span className="muted">None: signs nothing</span>;
  return (
    <ul className="stack">
      {paths.map((path) => (
        <li key={path}>
          {path === '' ? (
            <span className="path-all">
              All tags <span className="mono muted">“”</span>
            </span>
          ) : (
            <span className="mono selectable">{path}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function StateCell({ entry: { usable, problem } }: { readonly entry: Delegation }) {
  if (usable) return <Status tone="ok">Valid</Status>;
  if (problem === undefined) return <Status tone="muted">Nothing signed yet</Status>;
  const { title, fix } = errorText(problem);
  return (
    <div className="selectable">
      <Status tone="warn">Not usable</Status>
      <p className="muted">
        {title} {fix}
      </p>
    </div>
  );
}
