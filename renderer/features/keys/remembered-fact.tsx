/** Whether a key's passphrase is remembered, and forgetting it. */
import { useEffect, useState } from 'react';
import type { KeyRow, RememberedWhere } from '../../../shared/ipc/keys.ts';
import { valueOf } from '../../bridge/loadable.ts';
import { idle, type Loadable, loaded } from '../../bridge/loadable.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemText } from '../../ui/problem.tsx';
import { Fact } from '../../ui/surface.tsx';
import { type KeysStore, refOf } from './keys-store.ts';
import { useAct } from '../../ui/use-act.ts';

interface RememberedFactProps {
  readonly store: KeysStore;
  readonly entry: KeyRow;
  /** Changes when what is remembered does. */
  readonly lockMark: string;
}

const words: Readonly<Record<RememberedWhere, string>> = {
  'not-needed': 'No',
  nowhere: 'No',
  environment: 'By a variable',
  session: 'For this session',
  'key-chain': 'In the key chain',
};

export function RememberedFact({ store, entry, lockMark }: RememberedFactProps) {
  const [where, setWhere] = useState<Loadable<RememberedWhere>>(idle);
  const forgetting = useAct<undefined>();
  const { id, sandbox } = entry;
  useEffect(() => {
    let isWanted = true;
    void loaded(store.getState().remembered({ id, sandbox })).then((found) => {
      if (isWanted) setWhere(found);
    });
    return () => {
      isWanted = false;
    };
  }, [store, id, sandbox, lockMark]);
  const known = valueOf(where);
  const forget = async (): Promise<undefined> => {
    await store.getState().forget(refOf(entry));
    setWhere(await loaded(store.getState().remembered(refOf(entry))));
  };
  return (
    <Fact name="Remembered">
      <span className="remembered">
        {known === undefined ? '' : words[known]}
        {(known === 'session' || known === 'key-chain') && (
          <Button
            size="small"
            isPending={forgetting.state.kind === 'running'}
            onPress={() => void forgetting.run(forget)}
          >
            Forget
          </Button>
        )}
      </span>
      {forgetting.state.kind === 'failed' && <ProblemText error={forgetting.state.error} />}
    </Fact>
  );
}
