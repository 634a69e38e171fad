/**
 * What goes on paper: the recovery sheet and the sheets of shares. SECURITY: main makes the pages and hands them to a file
 * or to the printer; nothing of them comes here.
 */
import { Check, FileDown, Printer } from 'lucide-react';
import { useState } from 'react';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { KeyName } from '../../../shared/ipc/backups.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { keyTitle } from './backup-words.ts';
import { Pick, PickGroup } from './pick.tsx';

type Calls = Bridge['backups'];

/** What was handed out, in a sentence; the failure otherwise. */
interface Outcome {
  readonly done?: string | undefined;
  readonly error?: WireError | undefined;
}

export async function outcomeOf(act: () => Promise<string>): Promise<Outcome> {
  try {
    return { done: await act() };
  } catch (thrown) {
    const error = toWireError(thrown);
    return isCancelled(error) ? {} : { error };
  }
}

interface PaperProps {
  readonly calls: Calls;
  readonly keys: readonly KeyName[];
  /** The opened copy that holds them, where they are not this computer's. */
  readonly of?: string | undefined;
  /** The desktop app prints itself; a browser prints what was saved. */
  readonly canPrint: boolean;
  readonly onDone?: () => void;
}

export function RecoveryPaper({ calls, keys, of, canPrint, onDone }: PaperProps) {
  const [codes, setCodes] = useState<ReadonlySet<string>>(
    () => new Set(keys.filter(({ role }) => role === 'root').map(({ id }) => id)),
  );
  const [writeInLine, setWriteInLine] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>({});
  const order = {
    keys: keys.map(({ id }) => id),
    withCode: [...codes],
    writeInLine,
    ...(of === undefined ? {} : { of }),
  };
  const run = (act: () => Promise<string>): void => {
    void outcomeOf(act).then((result) => {
      setOutcome(result);
      if (result.done !== undefined) onDone?.();
    });
  };
  const save = (as: 'html' | 'pdf'): void =>
    run(async () => `Saved to ${(await calls.saveSheet({ order, as })).where}`);
  return (
    <>
      <p>
        For the safe: which keys there are, where their copies lie, and how to bring them back with standard
        tools, without Trustdesk.
      </p>
      <PickGroup label="Print the key itself, encrypted, as a QR code">
        {keys.map(({ id, role, gun }) => (
          <Pick
            key={id}
            name="code"
            type="checkbox"
            title={
              <>
                {keyTitle(role)} <span className="mono muted">{id.slice(0, 12)}</span>
              </>
            }
            isOn={codes.has(id)}
            onChange={() => setCodes(toggled(codes, id))}
          >
            {gun}
          </Pick>
        ))}
      </PickGroup>
      <PickGroup label="Passphrase">
        <Pick
          name="line"
          type="checkbox"
          title="An empty line to write the passphrase on by hand"
          isOn={writeInLine}
          onChange={() => setWriteInLine(!writeInLine)}
        >
          Then the sheet and a drive together are enough to open the backup.
        </Pick>
      </PickGroup>
      {outcome.error !== undefined && <Problem error={outcome.error} />}
      <div className="paper-acts">
        {canPrint && (
          <Button
            icon={Printer}
            onPress={() =>
              run(async () => {
                await calls.printSheet({ order });
                return 'Sent to the printer';
              })
            }
          >
            Print…
          </Button>
        )}
        {canPrint && (
          <Button icon={FileDown} onPress={() => save('pdf')}>
            Save as PDF…
          </Button>
        )}
        <Button icon={FileDown} onPress={() => save('html')}>
          {canPrint ? 'Save as a page…' : 'Save the sheet…'}
        </Button>
        <Said outcome={outcome} />
      </div>
      {outcome.done !== undefined && codes.size > 0 && (
        <p className="muted">
          Once it is printed, prove the paper: “Try a recovery sheet…” takes its text or a photograph, and
          lets the key sign.
        </p>
      )}
      {!canPrint && <p className="muted">The saved page opens in any browser: print it from there.</p>}
    </>
  );
}

export function Said({ outcome: { done } }: { readonly outcome: Outcome }) {
  return (
    <p className="paper-said selectable" role="status">
      {done !== undefined && (
        <>
          <Check className="icon paper-ok" size={15} aria-hidden /> {done}
        </>
      )}
    </p>
  );
}

function toggled(all: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(all);
  if (!next.delete(id)) next.add(id);
  return next;
}
