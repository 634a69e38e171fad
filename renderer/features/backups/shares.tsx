/** Splitting a backup's passphrase among people: any few of them together open it. The sheets are main's to hand out. */
import { FileDown, Printer } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import type { BackupsStore } from './backups-store.ts';
import { outcomeOf, Said } from './paper.tsx';

interface ShareFormProps {
  readonly calls: Bridge['backups'];
  readonly store: BackupsStore;
  /** Any copy that the passphrase opens. */
  readonly copy: string;
  readonly canPrint: boolean;
  readonly question: ReactNode;
}

const most = 16;
const countIn = (text: string): number => (/^\d{1,2}$/.test(text.trim()) ? Number(text) : 0);

export function ShareForm({ calls, store, copy, canPrint, question }: ShareFormProps) {
  const [needed, setNeeded] = useState('2');
  const [total, setTotal] = useState('3');
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Awaited<ReturnType<typeof outcomeOf>>>({});
  const [m, n] = [countIn(needed), countIn(total)];
  const isValid = m >= 2 && n >= m && n <= most;
  const run = async (how: 'save' | 'print'): Promise<void> => {
    setBusy(true);
    setOutcome(
      await outcomeOf(async () => {
        const order = { copy, needed: m, total: n, how };
        const { where } = await store.getState().work(() => calls.share(order));
        return where === undefined ? `${n} sheets sent to the printer` : `${n} sheets saved in ${where}`;
      }),
    );
    setBusy(false);
  };
  return (
    <>
      <p>
        One sheet for each person. Some of them together open the backup; fewer learn nothing. The passphrase
        itself keeps working too.
      </p>
      <div className="share-numbers">
        <Field label="Needed to open" value={needed} onChange={setNeeded} />
        <span className="muted share-of">of</span>
        <Field label="Sheets in all" value={total} onChange={setTotal} />
      </div>
      {!isValid && (
        <p className="field-error" role="alert">
          At least 2 needed, at most {most} in all, and not more needed than there are.
        </p>
      )}
      {outcome.error !== undefined && <Problem error={outcome.error} />}
      {isBusy && question !== undefined && <div className="ask">{question}</div>}
      <div className="paper-acts">
        {canPrint && (
          <Button icon={Printer} isDisabled={!isValid || isBusy} onPress={() => void run('print')}>
            Print the sheets…
          </Button>
        )}
        <Button icon={FileDown} isDisabled={!isValid || isBusy} onPress={() => void run('save')}>
          Save the sheets…
        </Button>
        <Said outcome={outcome} />
      </div>
      <p className="muted">
        A saved sheet is a secret in a file: print it, hand it over, and delete the file.
      </p>
    </>
  );
}
