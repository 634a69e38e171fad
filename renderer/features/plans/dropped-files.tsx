/** A place to drop public keys and certificates on, with a button for those who do not drag, and an entry to paste into. */
import { FileKey2 } from 'lucide-react';
import { useRef, useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';

export type DroppedKey = CallInput<'plans.identifyKeys'>['keys'][number];

/** A key or certificate is far smaller; what is larger is none. */
const largest = 48 * 1024;

interface KeyDropProps {
  readonly label: string;
  readonly onKeys: (keys: readonly DroppedKey[]) => void;
}

export function KeyDrop({ label, onKeys }: KeyDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = async (files: FileList | null): Promise<void> => {
    const small = [...(files ?? [])].filter(({ size }) => size <= largest).slice(0, 20);
    onKeys(await Promise.all(small.map(readKey)));
  };
  return (
    <div className="drop-place">
      <div
        className="drop"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer.files);
        }}
      >
        <span>{label}</span>
        <input
          ref={input}
          type="file"
          multiple
          aria-label={label}
          tabIndex={-1}
          onChange={(event) => {
            void take(event.target.files);
            event.target.value = '';
          }}
        />
        <Button icon={FileKey2} onPress={() => input.current?.click()}>
          Choose…
        </Button>
      </div>
      <PastedKey onKey={(key) => onKeys([key])} />
    </div>
  );
}

/** Taken as soon as it is whole, and gone from the entry then: whatever it is, main looks at it. */
function PastedKey({ onKey }: { readonly onKey: (key: DroppedKey) => void }) {
  const [text, setText] = useState('');
  const take = (typed: string): void => {
    const isWhole = /-----BEGIN [^-]+-----[^]*-----END [^-]+-----/.test(typed);
    setText(isWhole ? '' : typed.slice(0, largest));
    if (isWhole)
      onKey({ label: 'Pasted text', content: toBase64(new TextEncoder().encode(typed.slice(0, largest))) });
  };
  return (
    <details className="exact">
      <summary>Paste it as text instead</summary>
      <Field
        label="Public key or certificate"
        description="From -----BEGIN to the end of the END line."
        lines={3}
        value={text}
        onChange={take}
        mono
      />
    </details>
  );
}

async function readKey(file: File): Promise<DroppedKey> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { label: file.name, content: toBase64(bytes) };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
