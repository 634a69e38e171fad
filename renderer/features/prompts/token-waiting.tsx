/**
 * What is shown while a token waits for a touch, or is waited for. A screen reader hears once, at once, which token, what is
 * signed and how many touches follow; the time that is left counts down for the eye only.
 */
import { Fingerprint, Usb } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { Button } from '../../ui/button.tsx';
import { tokenName } from './pin-question.tsx';
import type { Answer } from './prompts-store.ts';
import './prompts.css';

export type TouchPrompt = Extract<Prompt, { kind: 'touch' }>;
export type PlugInPrompt = Extract<Prompt, { kind: 'plug-in' }>;

interface WaitingProps<P> {
  readonly prompt: P;
  readonly onAnswer: (value: Answer) => void;
}

const shownTags = 5;

export function TouchNow({ prompt, onAnswer }: WaitingProps<TouchPrompt>) {
  const { device, slot, purpose, tags, following, seconds } = prompt;
  const left = useSecondsLeft(seconds);
  return (
    <TokenWaiting icon={<Fingerprint size={28} aria-hidden />} onCancel={() => onAnswer({ kind: 'cancel' })}>
      <div role="alert">
        <p>
          <strong>Touch {tokenName(device)} now.</strong>{' '}
          <span className="muted">It blinks. Slot {slot}.</span>
        </p>
        <Lines lines={tags.length === 0 ? purpose : [...purpose, tagLine(tags)]} />
        {following > 0 && (
          <p className="muted">{`${following} more ${following === 1 ? 'touch follows' : 'touches follow'}.`}</p>
        )}
      </div>
      {/* Outside of what is announced, which would be read anew every second. */}
      <p className="muted numeric" aria-hidden>
        {left} seconds left.
      </p>
    </TokenWaiting>
  );
}

export function PlugIn({ prompt, onAnswer }: WaitingProps<PlugInPrompt>) {
  const { device, purpose } = prompt;
  return (
    <TokenWaiting icon={<Usb size={28} aria-hidden />} onCancel={() => onAnswer({ kind: 'cancel' })}>
      <div role="alert">
        <p>
          <strong>Plug in {tokenName(device)} to go on.</strong>{' '}
          <span className="muted">Nothing is lost; it continues where it stopped.</span>
        </p>
        <Lines lines={purpose} />
      </div>
    </TokenWaiting>
  );
}

function TokenWaiting({
  icon,
  children,
  onCancel,
}: {
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly onCancel: () => void;
}) {
  return (
    <div className="token-waiting">
      <span className="token-waiting-icon">{icon}</span>
      <div className="token-waiting-words selectable">{children}</div>
      {/* Never focused by itself: a touched token may type a one-time password and Enter. */}
      <Button onPress={onCancel}>Give up</Button>
    </div>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <div className="muted">
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}

function tagLine(tags: readonly string[]): string {
  const more = tags.length - shownTags;
  return `Tags ${tags.slice(0, shownTags).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function useSecondsLeft(seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  return left;
}
