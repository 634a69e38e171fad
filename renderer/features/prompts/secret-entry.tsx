/** One line to type a secret into, dots unless the person wants to see it. */
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { TextField } from 'react-aria-components/TextField';
import { IconButton } from '../../ui/button.tsx';

interface SecretEntryProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isFirst?: boolean;
}

export function SecretEntry({ label, value, onChange, isFirst = false }: SecretEntryProps) {
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      className="field"
      type={isShown ? 'text' : 'password'}
      value={value}
      onChange={onChange}
      autoFocus={isFirst}
    >
      <Label className="field-label">{label}</Label>
      <div className="secret-line">
        <Input
          className={isShown ? 'field-entry mono' : 'field-entry'}
          autoComplete="off"
          spellCheck={false}
          maxLength={1024}
        />
        <IconButton
          icon={isShown ? EyeOff : Eye}
          label={isShown ? 'Hide what is typed' : 'Show what is typed'}
          onPress={() => setShown(!isShown)}
        />
      </div>
    </TextField>
  );
}
