/** One row for each reference: signed digest and signers, or the reason why not; beside them all of the one that is active. */
import { CloudOff, Pin, Stamp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import type { ReferenceView, VerifyReport } from '../../../shared/ipc/verify.ts';
import { errorText } from '../../copy/error-text.ts';
import { countOf } from '../../copy/sizes.ts';
import { visibleText } from '../../copy/visible-text.ts';
import { warningText } from '../../copy/warning-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyInRow, CopyText, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid } from '../../ui/data-grid.tsx';
import { Identifier, PathText } from '../../ui/identifier.tsx';
import { ProblemText } from '../../ui/problem.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { RepoAdminChip, SignerChips } from '../../ui/signer-chip.tsx';
import { Status } from '../../ui/status.tsx';
import { Fact, Facts, Section } from '../../ui/surface.tsx';
import type { VerifyScreenProps } from './verify-screen.tsx';
import { typedName } from './verify-store.ts';

type Document = VerifyReport['documents'][number];

interface Row extends ReferenceView {
  readonly document: Document;
}

interface ResultsProps extends VerifyScreenProps {
  readonly report: VerifyReport;
}

export function VerifyResults({ store, report, onOpenRepository }: ResultsProps) {
  const rows = report.documents.flatMap((document) =>
    document.references.map((reference): Row => ({ ...reference, document })),
  );
  const active = Math.min(
    useStore(store, (state) => state.active),
    rows.length - 1,
  );
  const { setActive } = store.getState();
  const detail = rows[active];
  return (
    <>
      {report.documents.map(({ name, problem }) =>
        problem === undefined ? null : <Unread key={name} name={name} problem={problem} />,
      )}
      {rows.length > 0 && <Sum store={store} report={report} rows={rows} />}
      {detail !== undefined && (
        <div className="split">
          <ReferenceGrid rows={rows} active={active} onActive={setActive} />
          <ReferenceDetail row={detail} onOpenRepository={onOpenRepository} />
        </div>
      )}
    </>
  );
}

function Unread({ problem }: { readonly name: string; readonly problem: NonNullable<Document['problem']> }) {
  const { title, fix } = errorText(problem);
  return (
    <Banner tone="bad" title={visibleText(title)}>
      {fix}
    </Banner>
  );
}

const shownName = (name: string): string => (name === typedName ? 'Typed' : visibleText(name));

/** How many are signed, and a button for each file that can be pinned. */
function Sum({
  store,
  report,
  rows,
}: Pick<ResultsProps, 'store' | 'report'> & { readonly rows: readonly Row[] }) {
  const signed = rows.filter(({ problem }) => problem === undefined).length;
  return (
    <div className="verify-sum">
      <p role="status">
        <Status tone={signed === rows.length ? 'ok' : 'bad'}>
          {signed === rows.length
            ? `${rows.length === 1 ? 'The image is' : `All ${String(rows.length)} images are`} signed`
            : `${String(signed)} of ${countOf(rows.length, 'image')} signed`}
        </Status>
      </p>
      <div className="verify-pins">
        {report.documents.map(({ name, references }, at) =>
          references.some(isPinnable) ? (
            <Button key={name} icon={Pin} onPress={() => void store.getState().openPinned(at, name)}>
              {report.documents.length === 1 ? 'Pin to digests…' : `Pin ${shownName(name)}…`}
            </Button>
          ) : null,
        )}
      </div>
    </div>
  );
}

/** Also one with another digest than the signed one: it is replaced when that is asked for. */
const isPinnable = ({ change, signed, problem }: ReferenceView): boolean =>
  change.kind === 'pin' || (problem !== undefined && signed !== undefined);

/** What the column of images holds at its narrowest, beside an ellipsis and the sign for a digest. */
const LONGEST_TAIL = 14;

interface GridProps {
  readonly rows: readonly Row[];
  readonly active: number;
  readonly onActive: (row: number) => void;
}

function ReferenceGrid({ rows, active, onActive }: GridProps) {
  const copy = useCopy();
  const cell = (render: (row: Row) => ReactNode) => (at: number) => {
    const row = rows[at];
    return row === undefined ? null : render(row);
  };
  const digestOf = (at: number): string =>
    rows[at]?.problem === undefined ? (rows[at]?.signed?.digest ?? '') : '';
  return (
    <DataGrid
      label="Images"
      className="verify-columns"
      count={rows.length}
      active={active}
      onActive={onActive}
      onCopy={(at) => copy(digestOf(at) === '' ? (rows[at]?.reference ?? '') : digestOf(at), 'digest')}
      columns={[
        {
          id: 'reference',
          title: 'Image',
          isRowHeader: true,
          render: cell(({ reference }) => (
            <span className="tag-name verify-image" title={reference}>
              <PathText path={visibleText(withoutDigest(reference))} longestTail={LONGEST_TAIL} />
              {reference.includes('@') && <span className="mono muted">@…</span>}
            </span>
          )),
        },
        {
          id: 'digest',
          title: 'Digest',
          render: cell(({ problem, signed }) =>
            problem !== undefined || signed === undefined ? (
              <span className="muted">None</span>
            ) : (
              <span className="digest-cell">
                <Identifier value={hexOf(signed.digest)} />
                <CopyInRow text={signed.digest} what="digest" />
              </span>
            ),
          ),
        },
        { id: 'signers', title: 'Signers', render: cell(signersCell) },
        { id: 'state', title: 'State', render: cell(stateCell) },
      ]}
    />
  );
}

/** Its tag has to be seen; the digest it has is in the detail. */
const withoutDigest = (reference: string): string => reference.split('@', 1)[0] ?? reference;
const hexOf = (digest: string): string => digest.slice('sha256:'.length);

function signersCell({ problem, signed }: Row): ReactNode {
  if (problem !== undefined || signed === undefined) return null;
  return signed.signers.length === 0 ? <RepoAdminChip /> : <SignerChips names={signed.signers} />;
}

/** In a word; the sentence is in the detail and one hover away. */
function stateCell({ problem, change, freshness }: Row): ReactNode {
  if (problem !== undefined) {
    return (
      <Status tone="bad" title={errorText(problem).title}>
        {problemWord(problem.code)}
      </Status>
    );
  }
  if (freshness?.kind === 'cached') {
    return (
      <Status tone="warn" icon={CloudOff} title={errorText(freshness.reason).title}>
        As of <RelativeTime at={freshness.at} isShort />
      </Status>
    );
  }
  return <Status tone="ok">{change.kind === 'pinned' ? 'Signed, pinned' : 'Signed'}</Status>;
}

const words: Readonly<Record<string, string>> = {
  'trust/no-signed-tag': 'Not signed',
  'trust/no-data': 'No trust data',
  'trust/other-digest': 'Another digest',
  'trust/expired': 'Expired',
  'trust/root-not-trusted': 'Not trusted',
  'reference/malformed': 'No reference',
  'reference/invalid-gun': 'No reference',
  'reference/unresolvable': 'Not known',
  'notary/unauthorised': 'No access',
};

function problemWord(code: string): string {
  return words[code] ?? (code.startsWith('network/') ? 'Unreachable' : 'Not verified');
}

interface DetailProps {
  readonly row: Row;
  readonly onOpenRepository: (gun: string) => void;
}

function ReferenceDetail({ row, onOpenRepository }: DetailProps) {
  const { reference, document, line, gun, problem, signed, change, freshness, warnings } = row;
  return (
    <aside className="detail" aria-label={`Image ${reference}`}>
      <div>
        <h2 className="detail-title selectable verify-reference">{visibleText(reference)}</h2>
        <p className="muted">{`${shownName(document.name)}, line ${String(line)}`}</p>
      </div>
      {problem !== undefined && (
        <Section title="Why not">
          <p className="verify-why">
            <ProblemText error={problem} />
          </p>
        </Section>
      )}
      {signed !== undefined && (
        <Section title={problem === undefined ? 'Signed digest' : 'Signed under its tag'}>
          <CopyText text={signed.digest} what="digest" />
          <Facts>
            <Fact name="As tag">
              <span className="mono">{signed.tag}</span>
            </Fact>
            <Fact name="Signers">
              {signed.signers.length === 0 ? <RepoAdminChip /> : <SignerChips names={signed.signers} />}
            </Fact>
            <Fact name="Signed in">
              <span className="mono">{signed.role}</span>
            </Fact>
            {freshness?.kind === 'verified' && (
              <Fact name="Checked">
                <RelativeTime at={freshness.at} />
              </Fact>
            )}
          </Facts>
        </Section>
      )}
      {freshness?.kind === 'cached' && (
        <Section title="Not asked now">
          <p className="verify-why">
            <ProblemText error={freshness.reason} /> <span className="muted">Last confirmed</span>{' '}
            <RelativeTime at={freshness.at} />.
          </p>
        </Section>
      )}
      {change.kind === 'cannot' && problem === undefined && (
        <Section title="Cannot be pinned here">
          <p className="verify-why">
            <ProblemText error={change.why} />
          </p>
        </Section>
      )}
      {warnings.some(({ kind }) => kind !== 'staged-changes') && (
        <Section title="To know">
          <ul className="verify-why muted">
            {warnings.map((warning, at) =>
              warning.kind === 'staged-changes' ? null : <li key={at}>{warningText(warning)}</li>,
            )}
          </ul>
        </Section>
      )}
      {gun !== undefined && freshness !== undefined && (
        <div>
          <Button icon={Stamp} onPress={() => onOpenRepository(gun)}>
            Show repository
          </Button>
        </div>
      )}
    </aside>
  );
}
