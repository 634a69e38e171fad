/** Every change made from here: what, where, when, with which versions; hash-chained, so that later edits show. */
import { Download, Ellipsis, FolderOpen, History, Undo2 } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { ActivityEntryView } from '../../../shared/ipc/activity.ts';
import { countOf } from '../../copy/sizes.ts';
import { minuteText } from '../../copy/times.ts';
import { ActionMenu } from '../../ui/action-menu.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Empty, PageBody, PageHead, Panel, Waiting } from '../../ui/surface.tsx';
import { Table } from '../../ui/table.tsx';
import { activityFacts } from './activity-facts.ts';
import type { ActivityStore, ActivityView } from './activity-store.ts';
import './activity.css';

interface ActivityScreenProps {
  readonly store: ActivityStore;
  readonly onExported: () => void;
  /** Asks for a plan that was saved, and opens its review. */
  readonly onOpenPlan: () => void;
  readonly onOpenRepository: (gun: string) => void;
  /** Plans to bring back what was signed before this publish. */
  readonly onRestore: (gun: string, planId: string) => void;
}

export function ActivityScreen({ store, onExported, onOpenPlan, ...rowActs }: ActivityScreenProps) {
  const { log, load, exportError, ...acts } = useStore(store);
  useEffect(() => {
    void load();
  }, [load]);
  const count = log.kind === 'ready' ? log.value.entries.length : 0;
  return (
    <>
      <PageHead
        title="Activity"
        facts={count > 0 && <span>{countOf(count, 'entry', 'entries')}, newest first</span>}
        actions={
          <>
            <Button icon={FolderOpen} onPress={onOpenPlan}>
              Open plan…
            </Button>
            <Button
              icon={Download}
              isDisabled={count === 0}
              onPress={() => void acts.export().then((isWritten) => (isWritten ? onExported() : undefined))}
            >
              Export…
            </Button>
          </>
        }
      />
      <PageBody>
        {exportError !== undefined && <Problem error={exportError} />}
        {log.kind === 'failed' && <Problem error={log.error} />}
        {(log.kind === 'idle' || log.kind === 'loading') && <Waiting>Checking the log</Waiting>}
        {log.kind === 'ready' && <Log log={log.value} {...rowActs} />}
      </PageBody>
    </>
  );
}

type RowActs = Pick<ActivityScreenProps, 'onOpenRepository' | 'onRestore'>;

interface LogProps extends RowActs {
  readonly log: ActivityView;
}

function Log({ log: { entries, brokenAt, cutShort }, ...rowActs }: LogProps) {
  if (entries.length === 0) {
    return (
      <Empty icon={History} title="Nothing was changed from here yet">
        Signing, revoking and every other change is written down here with what the server showed afterwards.
      </Empty>
    );
  }
  return (
    <>
      {brokenAt !== undefined && (
        <Banner tone="bad" title="This log was edited.">
          Line {brokenAt} does not follow from the one before. What comes before it is intact.
        </Banner>
      )}
      {cutShort && (
        <Banner tone="warn" title="The last entry was cut short.">
          The app or the computer stopped while it was written. Everything before it is whole.
        </Banner>
      )}
      <div className="pane-scroll">
        <Panel>
          <Table
            label="Activity"
            heads={['When', 'What', 'Repository', 'Published', 'Entry', { title: 'Change', isHidden: true }]}
          >
            {entries.map((entry) => (
              <Entry key={entry.seq} entry={entry} {...rowActs} />
            ))}
          </Table>
        </Panel>
      </div>
    </>
  );
}

/** What a title does not say by itself. */
const said: ReadonlySet<string> = new Set(['deletion-started', 'found-published', 'found-not-published']);

const words: Readonly<Record<string, string>> = {
  published: 'Published',
  'deletion-started': 'Deletion begun',
  'found-published': 'Found published after an interruption',
  'found-not-published': 'Found not published after an interruption',
};

function Entry({ entry, onOpenRepository, onRestore }: { entry: ActivityEntryView } & RowActs) {
  const { at, what, gun, title, details, hash } = entry;
  return (
    <tr>
      <td className="numeric activity-when">{minuteText(Date.parse(at))}</td>
      <td className="activity-what">
        <strong>{title ?? words[what] ?? what}</strong>
        {title !== undefined && said.has(what) && <div className="muted">{words[what]}</div>}
        <Facts details={details} />
      </td>
      <td className="activity-where">
        {gun !== undefined && (
          <button type="button" className="trail mono" onClick={() => onOpenRepository(gun)}>
            {gun}
          </button>
        )}
      </td>
      <td className="muted">{rolesText(details)}</td>
      <td className="activity-hash">
        <Identifier value={hash} />
      </td>
      <td>
        {gun !== undefined && restorable(entry) !== undefined && (
          <ActionMenu
            label={`More about ${title ?? what}`}
            icon={Ellipsis}
            acts={[
              {
                id: 'restore',
                label: 'Restore the state before this…',
                icon: Undo2,
                run: () => onRestore(gun, restorable(entry) ?? ''),
              },
            ]}
          />
        )}
      </td>
    </tr>
  );
}

function Facts({ details }: Pick<ActivityEntryView, 'details'>) {
  const facts = activityFacts(details);
  if (facts.length === 0) return null;
  return (
    <ul className="activity-facts muted">
      {facts.map(({ text, id }, at) => (
        // Two lines may say the same of two keys.
        <li key={at}>
          <span className="mono">{text}</span>
          {id !== undefined && <span className="mono selectable" title={id}>{` ${id.slice(0, 12)}`}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The plan whose publish kept a restore point. */
function restorable({ what, details }: ActivityEntryView): string | undefined {
  const { planId, restorePoint } = details;
  const isKept = what === 'published' && typeof restorePoint === 'string';
  return isKept && typeof planId === 'string' ? planId : undefined;
}

/** `targets/releases v25 by jeff` */
function rolesText(details: ActivityEntryView['details']): string {
  const { roles } = details;
  if (!Array.isArray(roles)) return '';
  return roles
    .map((role: { role?: unknown; version?: unknown; signedBy?: unknown }) => {
      const by = Array.isArray(role.signedBy)
        ? [...new Set(role.signedBy.map(({ owner }: { owner?: unknown }) => String(owner)))].join(', ')
        : '';
      return `${String(role.role)} v${String(role.version)}${by === '' ? '' : ` by ${by}`}`;
    })
    .join('; ');
}
