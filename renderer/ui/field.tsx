/** Text entry: a labelled field, and the search box of tables. Window only; knows no feature. */
import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { Button } from 'react-aria-components/Button';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { SearchField } from 'react-aria-components/SearchField';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField } from 'react-aria-components/TextField';
import './field.css';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly description?: string;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly lines?: number;
  readonly autoFocus?: boolean;
  readonly name?: string;
}

/** A label, an entry, what to enter, and what is wrong with it. */
export function Field({ label, description, error, placeholder = '', mono, lines, ...rest }: FieldProps) {
  const className = `field-entry${mono === true ? ' mono' : ''}`;
  return (
    <TextField {...rest} className="field" isInvalid={error !== undefined}>
      <Label className="field-label">{label}</Label>
      {lines === undefined ? (
        <Input className={className} placeholder={placeholder} spellCheck={false} autoComplete="off" />
      ) : (
        <TextArea className={className} placeholder={placeholder} rows={lines} spellCheck={false} />
      )}
      {description !== undefined && (
        <Text slot="description" className="field-description">
          {description}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}

interface SearchBoxProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Arrow down: go on in the list below. */
  readonly onLeave?: () => void;
  readonly ref?: Ref<HTMLInputElement>;
}

/** Filters what is below it. Escape empties it; `/` anywhere in the view goes to it. */
export function SearchBox({ label, value, onChange, onLeave, ref }: SearchBoxProps) {
  return (
    <SearchField
      className="search"
      aria-label={label}
      value={value}
      onChange={onChange}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' && onLeave !== undefined) {
          event.preventDefault();
          onLeave();
        } else event.continuePropagation();
      }}
    >
      <Search className="icon search-glass" size={16} aria-hidden />
      <Input
        className="search-entry"
        placeholder={label}
        spellCheck={false}
        data-search
        {...(ref === undefined ? {} : { ref })}
      />
      <Button className="icon-button search-clear">
        <X className="icon" size={14} aria-hidden />
      </Button>
    </SearchField>
  );
}
