/** A place to drop public keys and certificates on, with a button for those who do not drag. */
import { FileKey2 } from 'lucide-react';
import { useRef, useState } from 'react';
import type { CallInput } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../ui/button.tsx';

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
  );
}

async function readKey(file: File): Promise<DroppedKey> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { label: file.name, content: btoa(String.fromCharCode(...bytes)) };
}
