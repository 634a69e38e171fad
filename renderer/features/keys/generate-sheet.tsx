/** "Generate key…": a signer's key by name, or a root key. Main makes it and asks for its passphrase. */
import { type SyntheticEvent, useState } from 'react';
import type { NewKey, StoredKeyView } from '../../../shared/ipc/keys.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../../ui/surface.tsx';
import { type Choice, ChoiceList } from '../../ui/choice-list.tsx';
import type { KeysStore } from './keys-store.ts';
import { type Act, useAct } from '../../ui/use-act.ts';

interface GenerateSheetProps {
  readonly store: KeysStore;
  readonly onClose: () => void;
  readonly onBackUp: (() => void) | undefined;
}

type Kind = NewKey['kind'];
type Algorithm = Extract<NewKey, { kind: 'signer' }>['algorithm'];

const kinds: readonly { readonly id: Kind; readonly label: string }[] = [
  { id: 'signer', label: 'Signer’s key' },
  { id: 'root', label: 'Root key' },
];

const algorithms: readonly Choice<Algorithm>[] = [
  {
    id: 'ECDSA P-256',
    label: 'ECDSA P-256',
    note: 'What docker and notary make. The right one unless told.',
  },
  { id: 'ECDSA P-384', label: 'ECDSA P-384', note: 'Where a rule asks for it.' },
  { id: 'RSA 3072', label: 'RSA 3072', note: 'For certificate authorities that take nothing else.' },
  { id: 'Ed25519', label: 'Ed25519', note: 'docker and notary do not take its public key from a file.' },
];

const nameForm = /^[a-z0-9][a-z0-9_-]*$/;

export function GenerateSheet({ store, onClose, onBackUp }: GenerateSheetProps) {
  const [kind, setKind] = useState<Kind>('signer');
  const [name, setName] = useState('');
  const [algorithm, setAlgorithm] = useState<Algorithm>('ECDSA P-256');
  const act = useAct<StoredKeyView>();
  const { state } = act;
  if (state.kind === 'done')
    return <Made store={store} made={state.value} onClose={onClose} onBackUp={onBackUp} />;
  const isRunning = state.kind === 'running';
  const wish: NewKey = kind === 'root' ? { kind } : { kind, name, algorithm };
  const isReady = kind === 'root' || nameForm.test(name);
  const generate = (event?: SyntheticEvent): void => {
    event?.preventDefault();
    if (isReady && !isRunning) void act.run(() => store.getState().generate(wish));
  };
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title="Generate a key"
      purpose="It is made on this computer and stays here, under a passphrase that you are asked for next."
      actions={
        <>
          <Button onPress={onClose} isDisabled={isRunning}>
            Cancel
          </Button>
          <Button tone="primary" isPending={isRunning} isDisabled={!isReady} onPress={() => generate()}>
            Generate…
          </Button>
        </>
      }
    >
      <Segmented label="What the key is for" segments={kinds} value={kind} onChange={setKind} />
      {kind === 'root' ? (
        <p>
          A root key makes repositories and changes their administrative keys. One is enough for all
          repositories. It is ECDSA P-256, as docker makes it.
        </p>
      ) : (
        <form className="form" onSubmit={generate} autoComplete="off">
          <Field
            label="Name"
            description="Of the signer, for example jeff. Lower-case letters, digits, - and _."
            value={name}
            onChange={setName}
            error={
              name === '' || nameForm.test(name) ? undefined : 'Lower-case letters, digits, - and _ only.'
            }
            mono
            autoFocus
          />
          <ChoiceList label="Kind of key" choices={algorithms} value={algorithm} onChange={setAlgorithm} />
        </form>
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}

interface MadeProps extends GenerateSheetProps {
  readonly made: StoredKeyView;
}

function Made({ store, made, onClose, onBackUp }: MadeProps) {
  const saving = useAct<string>();
  const ref = { id: made.id, sandbox: false };
  const isRoot = made.role === 'root';
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={isRoot ? 'The root key is made' : `The key of ${made.role} is made`}
      purpose={`${made.algorithm}, kept in this computer’s key store.`}
      actions={
        <>
          {onBackUp !== undefined && <Button onPress={onBackUp}>Back it up…</Button>}
          <Button tone="primary" onPress={onClose} autoFocus>
            Done
          </Button>
        </>
      }
    >
      <Section title="Key ID">
        <CopyText text={made.id} what="key ID" />
      </Section>
      {isRoot ? (
        <Banner tone="warn" title="Back it up before you use it.">
          Without the root key nobody can replace a lost key of its repositories.
        </Banner>
      ) : (
        <PublicHalf
          name={made.role}
          saving={saving}
          onSave={() => void saving.run(() => store.getState().exportTo([ref], 'public'))}
        />
      )}
    </Sheet>
  );
}

interface PublicHalfProps {
  readonly name: string;
  readonly saving: Act<string>;
  readonly onSave: () => void;
}

function PublicHalf({ name, saving: { state }, onSave }: PublicHalfProps) {
  return (
    <Section title="Public key">
      <p>The owner of a repository needs {name}.pub to add the signer. It is no secret.</p>
      {state.kind === 'done' ? (
        <CopyText text={state.value} what="place" />
      ) : (
        <div>
          <Button size="small" isPending={state.kind === 'running'} onPress={onSave}>
            Save {name}.pub…
          </Button>
        </div>
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Section>
  );
}
