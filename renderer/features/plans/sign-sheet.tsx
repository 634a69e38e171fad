/** "Sign tags…": which tags, as whom. The plan that follows shows the digests; the registry is asked by main. */
import { useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import { countOf } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import { Field, SearchBox } from '../../ui/field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../../ui/surface.tsx';
import { KeysElsewhere } from './keys-elsewhere.tsx';
import { isSignerName, signerNameRule } from './signer-name.ts';

export type SignWish = CallInput<'plans.sign'>;

interface SignSheetProps {
  readonly gun: string;
  readonly isOpen: boolean;
  /** Who can be chosen; empty where only the repository key signs. */
  readonly signers: readonly string[];
  /** Otherwise the plan is saved and carried to where a key is. */
  readonly isKeyHere: boolean;
  /** Tags of the registry that nobody signed, or undefined while unknown. */
  readonly unsigned: readonly string[] | undefined;
  /** Tags under which the registry holds something else by now than what is signed. */
  readonly moved?: readonly string[];
  /** Tags the person ticked: offered first. */
  readonly chosen: readonly string[];
  /** There is no trust data yet: the repository is made along with its first signer, who is named here. */
  readonly isNew?: boolean;
  readonly onClose: () => void;
  readonly onSign: (wish: SignWish) => void;
}

const digestForm = /^sha256:([0-9a-f]{64})$/;

export function SignSheet({
  gun,
  isOpen,
  signers,
  isKeyHere,
  unsigned,
  moved = [],
  chosen,
  isNew = false,
  onClose,
  onSign,
}: SignSheetProps) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set(chosen));
  const [typed, setTyped] = useState('');
  const [digest, setDigest] = useState('');
  const [size, setSize] = useState('');
  const [chosenSigner, setSignAs] = useState(signers.length === 1 ? signers[0] : undefined);
  const [name, setName] = useState('');
  const signAs = isNew ? name : chosenSigner;
  const isNamed = isNew ? isSignerName(name) : chosenSigner !== undefined || signers.length === 0;
  const [query, setQuery] = useState('');
  const extra = typed.split(/[\s,]+/).filter((tag) => tag !== '');
  const tags = [...new Set([...ticked, ...extra])];
  const offered = [...new Set([...chosen, ...moved, ...(unsigned ?? [])])];
  const shown = offered.filter((tag) => tag.includes(query)).slice(0, 500);
  const given = digestForm.exec(digest.trim())?.[1];
  const bytes = Number(size);
  const hasDigest = digest.trim() !== '';
  const digestFits =
    !hasDigest || (given !== undefined && Number.isInteger(bytes) && bytes > 0 && tags.length === 1);
  const toggle = (tag: string): void => {
    const next = new Set(ticked);
    if (!next.delete(tag)) next.add(tag);
    setTicked(next);
  };
  const sign = (): void => {
    const exact = given === undefined ? {} : { digest: { sha256: given, size: bytes } };
    onSign({
      gun,
      tags: tags.map((tag) => ({ tag, ...exact })),
      ...(signAs === undefined ? {} : { signAs }),
    });
  };
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title={`Sign tags in ${gun}`}
      purpose="The digest that the registry holds under each tag is signed, single images and multi-arch lists alike."
      note={tags.length > 0 && countOf(tags.length, 'tag')}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button tone="primary" isDisabled={tags.length === 0 || !digestFits || !isNamed} onPress={sign}>
            Review…
          </Button>
        </>
      }
    >
      {!isNew && !isKeyHere && <KeysElsewhere of={signers.length === 0 ? 'repository' : 'signers'} />}
      {offered.length > 0 && (
        <Section title="Tags of the registry">
          {offered.length > 8 && <SearchBox label="Filter tags" value={query} onChange={setQuery} />}
          <ul className="tick-list" aria-label="Tags of the registry">
            {shown.map((tag) => (
              <li key={tag}>
                <label className="tick-row">
                  <input type="checkbox" checked={ticked.has(tag)} onChange={() => toggle(tag)} />
                  <span className="mono truncate">{tag}</span>
                  <span className="muted tick-note">{noteOf(tag, unsigned, moved)}</span>
                </label>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Field
        label={offered.length > 0 ? 'Other tags' : 'Tags'}
        description="Separated by spaces."
        value={typed}
        onChange={setTyped}
        mono
        autoFocus={offered.length === 0}
      />
      {isNew && (
        <Field
          label="First signer"
          description="Nothing is signed here yet. The repository is set up with this signer, whose key is used if it is on this computer and made if not."
          value={name}
          onChange={setName}
          error={name !== '' && !isNamed ? signerNameRule : undefined}
          mono
        />
      )}
      {!isNew && signers.length > 1 && (
        <SignerChoice
          signers={signers}
          value={signAs}
          note="Only the one you choose signs."
          onChange={setSignAs}
        />
      )}
      <details className="exact">
        <summary>Sign an exact digest instead</summary>
        <Field
          label="Digest"
          description="For one tag: sha256: and 64 hex digits. The registry is not asked."
          value={digest}
          onChange={setDigest}
          mono
          error={hasDigest && given === undefined ? 'This is not a sha256 digest.' : undefined}
        />
        <Field label="Size of the manifest in bytes" value={size} onChange={setSize} mono />
      </details>
    </Sheet>
  );
}

/** What the tag is now, beside its name. */
function noteOf(tag: string, unsigned: readonly string[] | undefined, moved: readonly string[]): string {
  if (unsigned?.includes(tag) === true) return 'not signed';
  return moved.includes(tag) ? 'changed since it was signed' : 'signed';
}

interface SignerChoiceProps {
  readonly signers: readonly string[];
  readonly value: string | undefined;
  readonly note?: string | undefined;
  readonly onChange: (name: string) => void;
}

/** Other people's keys on this computer do not sign unasked: one signer is chosen. */
export function SignerChoice({ signers, value, note, onChange }: SignerChoiceProps) {
  return (
    <fieldset className="fieldset">
      <legend className="field-label">Sign as</legend>
      <div className="choices">
        {signers.map((name) => (
          <label key={name} className="choice">
            <input type="radio" name="sign-as" checked={name === value} onChange={() => onChange(name)} />
            {name}
          </label>
        ))}
      </div>
      {note !== undefined && <span className="field-description">{note}</span>}
    </fieldset>
  );
}
