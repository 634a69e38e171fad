/** "Certificate…": a certificate request or a self-signed certificate for a signer's key. Main asks for the place. */
import { useState } from 'react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { ActActions } from '../../ui/act-actions.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../../ui/surface.tsx';
import { keyName } from './key-words.ts';
import { type CertificateWish, type KeysStore, refOf } from './keys-store.ts';
import { useAct } from '../../ui/use-act.ts';

interface CertifySheetProps {
  readonly store: KeysStore;
  readonly entry: KeyRow;
  readonly onClose: () => void;
}

type Want = CertificateWish['want'];

const wants: readonly { readonly id: Want; readonly label: string }[] = [
  { id: 'request', label: 'Certificate request' },
  { id: 'certificate', label: 'Self-signed certificate' },
];

const notes: Readonly<Record<Want, string>> = {
  request: 'Send the .csr file to your certificate authority; the .crt that comes back adds the signer.',
  certificate: 'The .crt file can be added as a signer’s key in place of a plain public key.',
};

const longestName = 64;
const longestDays = 7300;

export function CertifySheet({ store, entry, onClose }: CertifySheetProps) {
  const [want, setWant] = useState<Want>('request');
  const [commonName, setCommonName] = useState(entry.role);
  const [organization, setOrganization] = useState('');
  const [days, setDays] = useState('365');
  const { state, run } = useAct<string>();
  const isRunning = state.kind === 'running';
  const isFitting = (text: string): boolean => text.trim().length <= longestName;
  const areDaysGood = /^\d{1,4}$/.test(days) && Number(days) >= 1 && Number(days) <= longestDays;
  const isReady =
    commonName.trim() !== '' &&
    isFitting(commonName) &&
    isFitting(organization) &&
    (want === 'request' || areDaysGood);
  const subject = {
    commonName: commonName.trim(),
    ...(organization.trim() === '' ? {} : { organization: organization.trim() }),
  };
  const save = (): void =>
    void run(() =>
      store
        .getState()
        .certify({ key: refOf(entry), want, subject, days: want === 'request' ? 1 : Number(days) }),
    );
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title={`A certificate for ${keyName(entry)}`}
      purpose={notes[want]}
      actions={
        <ActActions
          state={state}
          onClose={onClose}
          label={want === 'request' ? 'Make request…' : 'Make certificate…'}
          onAct={save}
          isDisabled={!isReady}
        />
      }
    >
      {state.kind === 'done' ? (
        <Section title="Written">
          <CopyText text={state.value} what="place" />
        </Section>
      ) : (
        <>
          <Segmented label="What to make" segments={wants} value={want} onChange={setWant} />
          <Field
            label="Common name"
            value={commonName}
            onChange={setCommonName}
            error={isFitting(commonName) ? undefined : 'At most 64 characters.'}
          />
          <Field
            label="Organisation"
            description="Can be left empty."
            value={organization}
            onChange={setOrganization}
            error={isFitting(organization) ? undefined : 'At most 64 characters.'}
          />
          {want === 'certificate' && (
            <Field
              label="Valid for days"
              value={days}
              onChange={setDays}
              error={areDaysGood ? undefined : `A number from 1 to ${longestDays}.`}
            />
          )}
        </>
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}
