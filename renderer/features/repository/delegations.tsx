/** The notary view: the tree of roles below targets, what each may sign, with how many of which keys. */
import { CornerDownRight, GitFork, KeyRound } from 'lucide-react';
import { errorText } from '../../copy/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { KeyId } from '../../ui/identifier.tsx';
import { Status } from '../../ui/status.tsx';
import { Empty, Panel } from '../../ui/surface.tsx';
import { Table } from '../../ui/table.tsx';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { hasFile } from './delegation-facts.ts';
import { DelegationMenu } from './delegation-menu.tsx';
import type { RepositoryActs } from './repository-screen.tsx';

type Delegation = RepositoryDetail['delegations'][number];

interface DelegationsProps {
  readonly detail: RepositoryDetail;
  readonly acts: Pick<RepositoryActs, 'delegation' | 'renew'>;
}

export function Delegations({ detail, acts }: DelegationsProps) {
  const { delegations } = detail;
  if (delegations.length === 0) {
    return (
      <Empty icon={GitFork} title="No delegations" action={<AddButton acts={acts} />}>
        The repository key signs everything itself. Adding a signer makes the first delegation, too.
      </Empty>
    );
  }
  return (
    <div className="pane-scroll">
      <Toolbar detail={detail} acts={acts} />
      <Panel>
        <Table
          label="Delegations"
          heads={['Role', 'Paths', 'Key IDs', 'Threshold', 'State', { title: 'Change', isHidden: true }]}
        >
          {delegations.map((entry) => (
            <Row key={entry.role} entry={entry} detail={detail} acts={acts} />
          ))}
        </Table>
      </Panel>
    </div>
  );
}

function AddButton({ acts }: Pick<DelegationsProps, 'acts'>) {
  return (
    <Button icon={GitFork} onPress={() => acts.delegation({ kind: 'add' })}>
      Add a delegation…
    </Button>
  );
}

function Toolbar({ detail: { row, delegations }, acts }: DelegationsProps) {
  const hasKeys = delegations.some(({ keyIds }) => keyIds.length > 0);
  return (
    <div className="toolbar pane-toolbar">
      <span className="muted">
        All roles that may sign beside the repository key. Who signs for docker is added on the tab Signers.
        {!row.abilities.administer &&
          ' The repository key is not here: changes are saved and signed where it is.'}
      </span>
      <div className="toolbar-end">
        <Button icon={KeyRound} isDisabled={!hasKeys} onPress={() => acts.delegation({ kind: 'purge' })}>
          Remove a key everywhere…
        </Button>
        <AddButton acts={acts} />
      </div>
    </div>
  );
}

function Row({ entry, detail, acts }: DelegationsProps & { readonly entry: Delegation }) {
  return (
    <tr>
      <td>
        <RoleCell entry={entry} />
      </td>
      <td>
        <Paths paths={entry.paths} />
      </td>
      <td>
        {entry.keyIds.length === 0 && <span className="muted">None</span>}
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
        <StateCell entry={entry} isSigned={hasFile(entry.role, detail)} />
      </td>
      <td>
        <DelegationMenu entry={entry} detail={detail} acts={acts} />
      </td>
    </tr>
  );
}

function RoleCell({ entry: { role, depth } }: { readonly entry: Delegation }) {
  return (
    <span className="role-cell" style={{ paddingLeft: Math.max(0, depth - 1) * 18 }}>
      {depth > 1 && <CornerDownRight className="icon role-branch" size={14} aria-hidden />}
      <span className="mono selectable wrapped">{role}</span>
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
            <span title="Every tag begins with “”, as notary writes it">All tags</span>
          ) : (
            <span className="mono selectable wrapped">{path}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

interface StateCellProps {
  readonly entry: Delegation;
  readonly isSigned: boolean;
}

function StateCell({ entry: { problem, keyIds, threshold }, isSigned }: StateCellProps) {
  if (keyIds.length < threshold)
    return <Status tone="warn">{threshold === 1 ? 'Needs a key' : `Needs ${threshold} keys`}</Status>;
  if (problem === undefined)
    return isSigned ? <Status tone="ok">Valid</Status> : <Status tone="muted">Nothing signed yet</Status>;
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
