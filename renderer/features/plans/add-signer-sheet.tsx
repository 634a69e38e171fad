/** "Add signer…": drop the public key or certificate, name the signer. Main parses the files and refuses private keys. */
import { useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { type DroppedKey, KeyDrop } from './dropped-files.tsx';
import { type Identified, KeyCards } from './key-cards.tsx';
import { KeysElsewhere } from './keys-elsewhere.tsx';
import { isSignerName, signerNameRule } from './signer-name.ts';

export type AddSignerWish = CallInput<'plans.addSigner'>;

interface AddSignerSheetProps {
  /** The repository, or undefined when it is named here (it may not exist yet). */
  readonly gun: string;
  /** Signers the repository has: naming one of them adds a key to it. */
  readonly existing: readonly string[];
  /** An existing signer that gets another key. */
  readonly signer?: string | undefined;
  /** Otherwise the plan is saved and carried to where the repository key is. */
  readonly isKeyHere: boolean;
  readonly isOpen: boolean;
  readonly identify: (keys: readonly DroppedKey[]) => Promise<readonly Identified[]>;
  readonly onClose: () => void;
  readonly onAdd: (wish: AddSignerWish) => void;
}

export function AddSignerSheet({
  gun,
  existing,
  signer,
  isKeyHere,
  isOpen,
  identify,
  onClose,
  onAdd,
}: AddSignerSheetProps) {
  const [keys, setKeys] = useState<readonly DroppedKey[]>([]);
  const [results, setResults] = useState<readonly Identified[]>([]);
  const [typed, setTyped] = useState<string>();
  const name = signer ?? typed ?? results.map(suggestedName).find((suggested) => suggested !== '') ?? '';
  const nameProblem = name !== '' && !isSignerName(name) ? signerNameRule : undefined;
  const take = async (dropped: readonly DroppedKey[]): Promise<void> => {
    const all = [...keys, ...dropped];
    setKeys(all);
    setResults(await identify(all));
  };
  const remove = (at: number): void => {
    setKeys(keys.filter((_, index) => index !== at));
    setResults(results.filter((_, index) => index !== at));
  };
  const isReady = keys.length > 0 && results.every(({ ok }) => ok) && isSignerName(name);
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title={signer === undefined ? 'Add a signer' : `Add a key for ${signer}`}
      purpose={`Whoever holds the private key can then sign releases of ${gun}.`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button tone="primary" isDisabled={!isReady} onPress={() => onAdd({ gun, name, keys: [...keys] })}>
            Review…
          </Button>
        </>
      }
    >
      {!isKeyHere && <KeysElsewhere of="repository" />}
      <KeyDrop label="Drop the signer’s .pub, .pem or .crt here" onKeys={(dropped) => void take(dropped)} />
      {results.length > 0 && <KeyCards results={results} onRemove={remove} />}
      {signer === undefined && (
        <Field
          label="Name"
          description="A person or a team, for example jeff."
          value={name}
          onChange={setTyped}
          error={name === 'releases' ? 'This name is reserved.' : nameProblem}
          mono
        />
      )}
      {signer === undefined && existing.includes(name) && (
        <Banner tone="warn" title={`${name} is a signer already.`}>
          This adds {keys.length === 1 ? 'a key' : 'keys'} to {name}; whoever holds it can sign as {name}.
        </Banner>
      )}
    </Sheet>
  );
}

/** The name in the file's header, or the certificate's own where it can be one. */
function suggestedName(result: Identified): string {
  if (!result.ok) return '';
  const { suggestedName: header, certificate } = result.key;
  if (header !== '' || certificate === undefined) return header;
  return isSignerName(certificate.commonName) ? certificate.commonName : '';
}
