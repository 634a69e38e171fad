/** "Who is this key?": drop any public key; its ID, and the repositories and roles that name it. */
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { type DroppedKey, KeyDrop } from './dropped-files.tsx';
import { type Identified, KeyCards } from './key-cards.tsx';

interface WhoSheetProps {
  readonly isOpen: boolean;
  readonly identify: (keys: readonly DroppedKey[]) => Promise<readonly Identified[]>;
  readonly onClose: () => void;
}

export function WhoSheet({ isOpen, identify, onClose }: WhoSheetProps) {
  const [results, setResults] = useState<readonly Identified[]>([]);
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title="Who is this key?"
      purpose="A public key or certificate is matched against every repository that was read here."
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <KeyDrop
        label="Drop a .pub, .pem or .crt here"
        onKeys={(keys) => void identify(keys).then((found) => setResults(found))}
      />
      {results.length > 0 && <KeyCards results={results} />}
    </Sheet>
  );
}
