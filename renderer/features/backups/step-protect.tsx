/** Third step: what the copies are sealed with. */
import { Banner } from '../../ui/banner.tsx';
import { Field } from '../../ui/field.tsx';
import { Pick, PickGroup } from './pick.tsx';
import { recipientsIn, type WizardState } from './wizard-store.ts';

export function StepProtect({ state }: { readonly state: WizardState }) {
  const { seal, recipients, change } = state;
  return (
    <>
      <PickGroup label="Protection" isHidden>
        <Pick
          name="seal"
          type="radio"
          title="A passphrase"
          isOn={seal === 'passphrase'}
          onChange={() => change({ seal: 'passphrase' })}
        >
          Asked for next: made up for you, or your own. It can be split into shares afterwards. Opens with age
          and tar on any computer.
        </Pick>
        <Pick
          name="seal"
          type="radio"
          title="Public keys of age"
          isOn={seal === 'recipients'}
          onChange={() => change({ seal: 'recipients' })}
        >
          For those who have age keys already. Any one of them opens the backup.
        </Pick>
        <Pick
          name="seal"
          type="radio"
          title="Nothing more: docker’s plain archive"
          isOn={seal === 'plain'}
          onChange={() => change({ seal: 'plain' })}
        >
          private_keys_backup.tar.gz, as docker’s documentation describes it. Holds the keys only.
        </Pick>
      </PickGroup>
      {seal === 'recipients' && (
        <Field
          label="Public keys, one to a line"
          description="They begin with age1."
          value={recipients}
          onChange={(text) => change({ recipients: text })}
          lines={3}
          mono
        />
      )}
      {seal === 'plain' && (
        <Banner tone="warn" title="Each key is protected by its own passphrase only.">
          Who finds the file sees which keys you have and may try passphrases for as long as they like.
        </Banner>
      )}
    </>
  );
}

export function isProtected({ seal, recipients }: WizardState): boolean {
  return seal !== 'recipients' || recipientsIn(recipients).some((text) => text.startsWith('age1'));
}
