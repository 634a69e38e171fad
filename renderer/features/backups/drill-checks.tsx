/** The checks of a drill, ticking off as main comes along, and what each key did. */
import { countOf } from '../../copy/sizes.ts';
import type { ReactNode } from 'react';
import type { DrillView, Progress } from '../../../shared/ipc/backups.ts';
import { sizeText } from '../../copy/sizes.ts';
import { minuteText } from '../../copy/times.ts';
import { type CheckEntry, CheckList, type CheckState } from '../../ui/check-list.tsx';
import { Status } from '../../ui/status.tsx';
import { keyNoun, keyTitle, outcomeWords } from './backup-words.ts';

interface DrillChecksProps {
  /** As the person calls the place. */
  readonly label: string;
  /** The file, where it is known already. */
  readonly file?: string | undefined;
  /** How it is sealed, where that is known already. */
  readonly seal?: DrillView['seal'] | undefined;
  readonly asksReplug: boolean;
  /** The keys stand on a recovery sheet, and nothing is around them. */
  readonly isPaper?: boolean;
  readonly isBusy: boolean;
  readonly progress: Progress | undefined;
  readonly drill: DrillView | undefined;
  /** Beside the check that waits for the drive. */
  readonly whileUnplugged?: ReactNode;
}

const order = ['unplug', 'plug-in', 'reading', 'asking', 'opening', 'trying-keys'] as const;

/** Where main is: -1 before it began, beyond the last when it is done. */
function position({ isBusy, progress, drill }: DrillChecksProps): number {
  if (drill !== undefined) return order.length;
  if (!isBusy || progress === undefined) return -1;
  return order.findIndex((step) => step === progress.step);
}

const stateOf = (at: number, first: number, last: number): CheckState =>
  at > last ? 'ok' : at >= first ? 'running' : 'waiting';

export function DrillChecks(props: DrillChecksProps) {
  const { label, asksReplug, isPaper = false, drill } = props;
  const at = position(props);
  const entries: CheckEntry[] = [
    ...(asksReplug ? [replugEntry(props, at)] : []),
    readEntry(props, at),
    ...(isPaper ? [] : [openEntry(props, at)]),
    keysEntry(props, at),
  ];
  return (
    <>
      <div className="drill">
        <CheckList
          label={isPaper ? 'Checks of the recovery sheet' : `Checks of the copy on ${label}`}
          entries={entries}
        />
      </div>
      {drill !== undefined && drill.problems.length > 0 && (
        <ul className="drill-problems" role="alert">
          {drill.problems.map((problem) => (
            <li key={problem}>
              <Status tone="bad">{problem}</Status>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function replugEntry({ label, progress, whileUnplugged }: DrillChecksProps, at: number): CheckEntry {
  const isOut = progress?.step === 'plug-in';
  const isWaiting = at === 0 || at === 1;
  const title = isWaiting
    ? isOut
      ? `Plug ${label} in again`
      : `Unplug ${label} now`
    : 'Unplugged and plugged in again';
  return {
    id: 'replug',
    title,
    state: stateOf(at, 0, 1),
    children: isWaiting && (
      <div className="drill-wait">
        <p className="muted">
          {isOut
            ? 'It is out. It goes on by itself once the drive is back.'
            : 'So that the copy is read from the drive, and not from this computer’s memory.'}
        </p>
        {whileUnplugged}
      </div>
    ),
  };
}

function readEntry({ label, file, drill }: DrillChecksProps, at: number): CheckEntry {
  const name = drill?.name ?? file;
  const size = drill === undefined ? '' : `, ${sizeText(drill.size)}`;
  return {
    id: 'read',
    title: `Read from ${drill?.label ?? label}`,
    state: stateOf(at, 2, 2),
    children: name !== undefined && (
      <p className="muted">
        <span className="mono selectable">{name}</span>
        {size}
      </p>
    ),
  };
}

const openedWith = {
  passphrase: 'Opened with the passphrase you gave again',
  recipients: 'Opened with your age key',
  plain: 'Opened: it has no passphrase of its own',
} as const;

function openEntry({ drill, seal = drill?.seal }: DrillChecksProps, at: number): CheckEntry {
  const isPlain = seal === 'plain';
  return {
    id: 'open',
    title: seal === undefined ? 'Opened' : openedWith[seal],
    state: stateOf(at, 3, 4),
    children: at > 4 && !isPlain && (
      <p className="muted">
        Also opens with: <span className="mono">age -d FILE | tar -xz</span>
      </p>
    ),
  };
}

function keysEntry({ progress, drill }: DrillChecksProps, at: number): CheckEntry {
  const proven = drill?.keys.filter(({ outcome }) => outcome === 'proven').length ?? 0;
  const state = drill === undefined ? stateOf(at, 5, 5) : drill.complete ? 'ok' : stateOfDrill(drill);
  return {
    id: 'keys',
    title:
      drill === undefined
        ? 'Every key signs a test message'
        : `${proven} of ${countOf(drill.keys.length, 'key')} signed a test message`,
    state,
    children:
      drill === undefined ? (
        at === 5 && progress?.key !== undefined && <NowTrying progress={progress} />
      ) : (
        <KeyResults drill={drill} />
      ),
  };
}

function stateOfDrill({ keys, problems }: DrillView): CheckState {
  const isBad = keys.some(({ outcome }) => outcome === 'damaged' || outcome === 'other-key');
  return isBad || problems.length > 0 ? 'failed' : 'warning';
}

function NowTrying({ progress: { done = 0, total = 0, key } }: { readonly progress: Progress }) {
  return (
    <p className="muted" role="status">
      {done + 1} of {total}: {keyNoun(key?.role ?? '')} <span className="mono">{key?.id.slice(0, 12)}</span>
    </p>
  );
}

function KeyResults({ drill }: { readonly drill: DrillView }) {
  return (
    <ul className="key-lines" aria-label="Keys">
      {drill.keys.map(({ id, role, gun, outcome }) => {
        const { tone, text } = outcomeWords(outcome);
        return (
          <li key={id} className="key-line">
            <strong>{keyTitle(role)}</strong>
            <span className="muted truncate">{gun}</span>
            <span className="mono muted" title={id}>
              {id.slice(0, 12)}
            </span>
            <Status tone={tone}>{text}</Status>
          </li>
        );
      })}
    </ul>
  );
}

/** For the footer: what was written down. */
export function drillNote({ complete, at, copy }: DrillView): string {
  if (copy === undefined) return 'Nothing is written down: a key may not leave for paper alone.';
  return complete
    ? `Written down: proven ${minuteText(at)}. You will be asked to repeat this in a year.`
    : 'Written down: not every key is proven from this copy.';
}
