/** Which names a delegation may sign: all, those that begin with something, or none. notary calls the beginnings paths. */
import { ChoiceList } from '../../ui/choice-list.tsx';
import { Field } from '../../ui/field.tsx';
import { uncovered } from './delegation-rules.ts';

export interface PathWish {
  readonly kind: 'all' | 'some' | 'none';
  /** One beginning a line. */
  readonly text: string;
}

/** The wish that says what `paths` say. */
export function wishOf(paths: readonly string[]): PathWish {
  const named = paths.filter((path) => path !== '');
  const kind = paths.includes('') ? 'all' : named.length === 0 ? 'none' : 'some';
  return { kind, text: named.join('\n') };
}

/** As the contract takes it. Blanks around a line are typed by accident, unless a path that is there has them. */
export function pathsOf({ kind, text }: PathWish, present: readonly string[] = []): 'all' | string[] {
  if (kind !== 'some') return kind === 'all' ? 'all' : [];
  const lines = text.split('\n').map((line) => (present.includes(line) ? line : line.trim()));
  return [...new Set(lines.filter((line) => line !== ''))];
}

/** Why the parent cannot give these, or undefined. */
export function pathProblem(
  paths: 'all' | readonly string[],
  allowed: readonly string[],
): string | undefined {
  const refused = uncovered(allowed, paths === 'all' ? [''] : paths);
  if (refused.length === 0) return undefined;
  if (allowed.length === 0) return 'The role above may sign nothing itself.';
  const limits = allowed.map((path) => `“${path}”`).join(', ');
  const what = paths === 'all' ? 'all tags' : refused.map((path) => `“${path}”`).join(', ');
  return `The role above may sign what begins with ${limits} only, not ${what}.`;
}

interface PathChoiceProps {
  readonly value: PathWish;
  readonly onChange: (value: PathWish) => void;
  readonly problem: string | undefined;
  /** A delegation that is there can be left without any. */
  readonly mayBeNone?: boolean;
}

const all = { id: 'all', label: 'All tags', note: 'As for a signer of docker.' } as const;
const some = {
  id: 'some',
  label: 'Only tags that begin with…',
  note: 'Everything else that its keys sign does not count.',
} as const;
const none = { id: 'none', label: 'None', note: 'Its keys sign nothing until it gets paths again.' } as const;

export function PathChoice({ value, onChange, problem, mayBeNone = false }: PathChoiceProps) {
  return (
    <>
      <ChoiceList
        label="Paths"
        choices={mayBeNone ? [all, some, none] : [all, some]}
        value={value.kind}
        onChange={(kind) => onChange({ ...value, kind })}
      />
      {value.kind === 'some' ? (
        <Field
          label="Beginnings"
          description="One a line, for example v1. or nightly-."
          lines={3}
          value={value.text}
          onChange={(text) => onChange({ ...value, text })}
          error={problem}
          mono
        />
      ) : (
        problem !== undefined && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )
      )}
    </>
  );
}
