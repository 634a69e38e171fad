/** One slot: its key, how it wants to be used, who else can use it, and what to do when the key is not there. */
import { Fingerprint, KeyRound } from 'lucide-react';
import type { TokenSlotView } from '../../../shared/ipc/yubikey.ts';
import { dayText } from '../../copy/times.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Pill, Status } from '../../ui/status.tsx';
import { Fact, Facts, Section } from '../../ui/surface.tsx';
import { askText, notaryText, slotTitle, slotWords, touchText } from './yubikey-words.ts';

interface SlotDetailProps {
  readonly entry: TokenSlotView;
  /** Puts the key that is missing into the slot. */
  readonly onPut: () => void;
  /** For a signer's key: the owner of a repository needs its public half. */
  readonly onExport: () => void;
}

export function SlotDetail({ entry, onPut, onExport }: SlotDetailProps) {
  const { slot, state, id, gun, role, algorithm } = entry;
  const { tone, word, sentence } = slotWords(entry);
  const signs = state === 'key' || state === 'key-only';
  return (
    <aside className="detail" aria-label={`Slot ${slot}`}>
      <div>
        <h2 className="detail-title selectable">{slotTitle(entry)}</h2>
        <p className="muted selectable token-gun">{gun ?? `Slot ${slot}`}</p>
      </div>
      <Section title="State">
        <Status tone={tone}>{word}</Status>
        <p className="muted">{sentence}</p>
        {state === 'phantom' && <Phantom onPut={onPut} />}
      </Section>
      {id !== undefined && (
        <Section title="Key ID">
          <CopyText text={id} what="key ID" />
        </Section>
      )}
      {signs && <Use entry={entry} />}
      <Section title="What it is">
        <Facts>
          <Fact name="Slot">
            <span className="mono">{slot}</span>
          </Fact>
          <Fact name="Type">
            <span className="mono">{algorithm ?? 'Not one that signs here'}</span>
          </Fact>
          <Certificate entry={entry} />
          {signs && <Fact name="Made">{madeText(entry)}</Fact>}
        </Facts>
      </Section>
      {signs && id !== undefined && role !== 'root' && (
        <div>
          <Button size="small" onPress={onExport}>
            Export public key…
          </Button>
        </div>
      )}
    </aside>
  );
}

function Phantom({ onPut }: { readonly onPut: () => void }) {
  return (
    <>
      <p>
        notary leaves this behind when it makes a root key: the token takes the certificate and refuses the
        key, which stays in a file. Put that key into this slot, and both belong together.
      </p>
      <div>
        <Button size="small" icon={KeyRound} onPress={onPut}>
          Put the key here…
        </Button>
      </div>
    </>
  );
}

function Use({ entry }: { readonly entry: TokenSlotView }) {
  const { asks, touch } = entry;
  return (
    <Section title="Signing with it">
      <Facts>
        <Fact name="PIN">{askText(asks)}</Fact>
        <Fact name="Touch">
          {touch === 'always' || touch === 'cached' ? (
            <Pill icon={Fingerprint} tone="accent">
              {touchText(touch)}
            </Pill>
          ) : (
            touchText(touch)
          )}
        </Fact>
        <Fact name="notary">{notaryText(entry)}</Fact>
      </Facts>
    </Section>
  );
}

function Certificate({ entry: { commonName, certificateUntil } }: { readonly entry: TokenSlotView }) {
  if (commonName === undefined && certificateUntil === undefined) return <Fact name="Certificate">None</Fact>;
  return (
    <Fact name="Certificate">
      {commonName ?? 'Without a name'}
      {certificateUntil !== undefined && <span className="muted">, until {dayText(certificateUntil)}</span>}
    </Fact>
  );
}

function madeText({ madeOnDevice }: TokenSlotView): string {
  if (madeOnDevice === true) return 'On the device: there is no copy, and no backup';
  return madeOnDevice === false ? 'Elsewhere' : 'Elsewhere, as far as is known';
}
