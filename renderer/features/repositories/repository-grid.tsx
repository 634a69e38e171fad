/** The table of repositories. Gets data and callbacks; knows no store. */
import { CloudOff, FlaskConical, SearchX, Trash2, TriangleAlert } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import type { RepositoryRow } from '../../../shared/ipc/repositories.ts';
import { errorText } from '../../copy/error-text.ts';
import { countOf, countText } from '../../copy/sizes.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import {
  abilityDetail,
  abilityText,
  isGone,
  isInStoppedSandbox,
  isWithoutTrustData,
} from '../../copy/trust-words.ts';
import { goneFix, goneTitle, warningText } from '../../copy/warning-text.ts';
import { Button } from '../../ui/button.tsx';
import { DataGrid, type GridHandle } from '../../ui/data-grid.tsx';
import type { GridColumn } from '../../ui/grid-row.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Pill, Status } from '../../ui/status.tsx';
import { Empty } from '../../ui/surface.tsx';
import type { RowSort, SortColumn } from './row-order.ts';

interface RepositoryGridProps {
  readonly rows: readonly RepositoryRow[];
  readonly now: number;
  readonly active: string | undefined;
  readonly onActive: (gun: string) => void;
  readonly onOpen: (gun: string) => void;
  readonly sort: RowSort;
  readonly onSort: (column: SortColumn) => void;
  /** Takes search and filter off. */
  readonly onReset: () => void;
  readonly ref?: Ref<GridHandle>;
}

const sortable: readonly SortColumn[] = ['gun', 'server', 'tags', 'signers', 'expiry', 'checked'];

export function RepositoryGrid({ rows, now, active, ref, ...acts }: RepositoryGridProps) {
  const cell = (render: (row: RepositoryRow) => ReactNode) => (index: number) => {
    const row = rows[index];
    return row === undefined ? null : render(row);
  };
  const columns: readonly GridColumn[] = [
    {
      id: 'gun',
      title: 'Repository',
      sortable: true,
      isRowHeader: true,
      render: cell((row) => <NameCell row={row} onOpen={acts.onOpen} />),
    },
    {
      id: 'server',
      title: 'Trust server',
      sortable: true,
      render: cell(({ server }) => (
        <span className="truncate muted" title={server}>
          {hostOf(server)}
        </span>
      )),
    },
    {
      id: 'tags',
      title: 'Tags',
      sortable: true,
      render: cell((row) => <Count value={row.signedTags} was={isGone(row) ? 'tag' : undefined} />),
    },
    {
      id: 'signers',
      title: 'Signers',
      sortable: true,
      render: cell((row) => <Count value={row.signers} was={isGone(row) ? 'signer' : undefined} />),
    },
    {
      id: 'expiry',
      title: 'Expires',
      sortable: true,
      render: cell((row) => <ExpiryCell row={row} now={now} />),
    },
    {
      id: 'abilities',
      title: 'You can',
      render: cell((row) =>
        row.signedTags === undefined || isGone(row) ? (
          <span className="muted">–</span>
        ) : (
          <span className="truncate muted" title={abilityDetail(row.abilities)}>
            {abilityText(row.abilities)}
          </span>
        ),
      ),
    },
    { id: 'checked', title: 'Checked', sortable: true, render: cell((row) => <CheckedCell row={row} />) },
  ];
  return (
    <DataGrid
      {...(ref === undefined ? {} : { ref })}
      label="Repositories"
      className="repository-columns"
      columns={columns}
      count={rows.length}
      active={rows.findIndex(({ gun }) => gun === active)}
      onActive={(index) => {
        const row = rows[index];
        if (row !== undefined) acts.onActive(row.gun);
      }}
      onOpen={(index) => {
        const row = rows[index];
        if (row !== undefined) acts.onOpen(row.gun);
      }}
      sort={acts.sort}
      onSort={(id) => {
        const column = sortable.find((candidate) => candidate === id);
        if (column !== undefined) acts.onSort(column);
      }}
      empty={
        <Empty
          icon={SearchX}
          title="Nothing matches"
          action={<Button onPress={acts.onReset}>Show all</Button>}
        >
          No repository has all of these words in its name, server or signers.
        </Empty>
      }
    />
  );
}

/** `https://notary.example.com` as people say it. */
function hostOf(server: string): string {
  return server.replace(/^https:\/\//, '').replace(/\/$/, '');
}

interface CountProps {
  readonly value: number | undefined;
  /** What was counted, when that was before the server lost it: no number of now. */
  readonly was: string | undefined;
}

function Count({ value, was }: CountProps) {
  if (value === undefined) return <span className="muted">–</span>;
  if (was !== undefined) {
    return (
      <span className="muted" title={`${countOf(value, was)} before it was deleted on the server`}>
        –
      </span>
    );
  }
  return <span className="count">{countText(value)}</span>;
}

function NameCell({ row, onOpen }: { readonly row: RepositoryRow; readonly onOpen: (gun: string) => void }) {
  const at = row.gun.lastIndexOf('/') + 1;
  const [urgent] = row.warnings;
  return (
    <span className="name-cell">
      <button
        type="button"
        tabIndex={-1}
        className="name-link"
        title={row.gun}
        onClick={() => onOpen(row.gun)}
      >
        <span className="name-path">{row.gun.slice(0, at)}</span>
        <span className="name-last">{row.gun.slice(at)}</span>
      </button>
      {row.sandbox && (
        <Pill icon={FlaskConical} title="In the sandbox of this app">
          Sandbox
        </Pill>
      )}
      {urgent !== undefined && (
        <span className="name-warning" title={row.warnings.map(warningText).join('\n')}>
          <TriangleAlert className="icon" size={15} aria-hidden />
          <span className="visually-hidden">{warningText(urgent)}</span>
        </span>
      )}
    </span>
  );
}

function ExpiryCell({ row, now }: { readonly row: RepositoryRow; readonly now: number }) {
  const { nextExpiry } = row;
  if (nextExpiry === undefined || isGone(row)) return <span className="muted">–</span>;
  const tone = expiryTone(nextExpiry.at, now);
  return (
    <span className={`expiry expiry-${tone}`} title={`${nextExpiry.role}, ${dayText(nextExpiry.at)}`}>
      {tone === 'bad' ? 'Expired' : dayText(nextExpiry.at)}
    </span>
  );
}

function CheckedCell({ row }: { readonly row: RepositoryRow }) {
  const { freshness } = row;
  if (isGone(row)) {
    return (
      <Status tone="warn" icon={Trash2} title={`${goneTitle}\n${goneFix}`}>
        Deleted
      </Status>
    );
  }
  switch (freshness.kind) {
    case 'verified':
      return (
        <Status tone="ok" isQuiet>
          <RelativeTime at={freshness.at} isShort />
        </Status>
      );
    case 'cached':
      return (
        <Status tone="warn" icon={CloudOff} title={errorText(freshness.reason).title}>
          <RelativeTime at={freshness.at} isShort />
        </Status>
      );
    case 'failed':
      if (isWithoutTrustData({ freshness })) return <Status tone="muted">Not signed</Status>;
      if (isInStoppedSandbox({ freshness })) {
        return (
          <Status tone="muted" icon={FlaskConical} title="The sandbox is stopped">
            Stopped
          </Status>
        );
      }
      return (
        <Status tone="bad" title={errorText(freshness.error).title}>
          Failed
        </Status>
      );
    case 'never':
      return <Status tone="muted">Never</Status>;
  }
}
