/** Adds repositories by image reference, one per line; says for each that failed why. */
import { useState } from 'react';
import type { AddResults } from './repositories-store.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../../ui/surface.tsx';
import { toWireError } from '../../copy/error-text.ts';
import { countOf } from '../../copy/sizes.ts';
import type { WireError } from '../../../shared/errors.ts';
import { Status } from '../../ui/status.tsx';

interface AddSheetProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAdd: (references: readonly string[]) => Promise<AddResults>;
  /** All were added; names the first. */
  readonly onAdded: (gun: string, count: number) => void;
}

type Outcome =
  | { readonly kind: 'asking' }
  | { readonly kind: 'adding' }
  | { readonly kind: 'answered'; readonly results: AddResults }
  | { readonly kind: 'failed'; readonly error: WireError };

/** One reference per line, as it is: a blank in it is a mistake that main names. What comes after `#` is a comment. */
export function parseReferences(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

export function AddSheet({ isOpen, onClose, onAdd, onAdded }: AddSheetProps) {
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'asking' });
  const references = parseReferences(text);
  const close = (): void => {
    setOutcome({ kind: 'asking' });
    setText('');
    onClose();
  };
  const add = async (): Promise<void> => {
    setOutcome({ kind: 'adding' });
    try {
      const results = await onAdd(references);
      const [first] = results;
      if (first?.ok === true && results.every(({ ok }) => ok)) {
        close();
        onAdded(first.gun, results.length);
      } else {
        // Those that went well need not be asked for again.
        setText(results.flatMap((result) => (result.ok ? [] : [result.reference])).join('\n'));
        setOutcome({ kind: 'answered', results });
      }
    } catch (thrown) {
      setOutcome({ kind: 'failed', error: toWireError(thrown) });
    }
  };
  return (
    <Sheet
      isOpen={isOpen}
      onClose={close}
      title="Add repositories"
      purpose="Name images as you would for docker pull. Nothing is downloaded but their trust data."
      isHeld={outcome.kind === 'adding'}
      note={references.length > 1 && countOf(references.length, 'repository', 'repositories')}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={references.length === 0}
            isPending={outcome.kind === 'adding'}
            onPress={() => void add()}
          >
            Add
          </Button>
        </>
      }
    >
      <Field
        label="Image references"
        description="One per line, for example registry.example.com/acme/app. A tag or digest is left out."
        value={text}
        onChange={setText}
        lines={5}
        mono
        autoFocus
      />
      {outcome.kind === 'failed' && <ProblemText error={outcome.error} />}
      {outcome.kind === 'answered' && <Results results={outcome.results} />}
    </Sheet>
  );
}

function Results({ results }: { readonly results: AddResults }) {
  return (
    <Section title="What happened">
      <ul className="add-results" role="status">
        {results.map((result) => (
          <li key={result.reference} className="add-result">
            <Status tone={result.ok ? 'ok' : 'bad'}>
              <span className="mono add-reference">{result.reference}</span>
            </Status>
            {!result.ok && (
              <div className="add-problem">
                <ProblemText error={result.error} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
