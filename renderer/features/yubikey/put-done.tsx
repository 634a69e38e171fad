/** What came of putting a key on a token or making one there. */
import type { PutResult, TokenDeviceView } from '../../../shared/ipc/yubikey.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../../ui/surface.tsx';
import { useAct } from '../../ui/use-act.ts';
import type { YubikeyStore } from './yubikey-store.ts';
import { deviceName, keyTitle } from './yubikey-words.ts';

interface PutDoneProps {
  readonly store: YubikeyStore;
  readonly device: TokenDeviceView;
  readonly put: PutResult;
  /** False for a key that was made on the device. */
  readonly isCopy: boolean;
  readonly onClose: () => void;
  readonly onBackUp: (() => void) | undefined;
}

export function PutDone({ store, device, put, isCopy, onClose, onBackUp }: PutDoneProps) {
  const { role, slot, id, algorithm, serial } = put;
  const saving = useAct<string>();
  const isSigner = role !== 'root' && role !== 'targets';
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={`${keyTitle({ role })} is on the token`}
      purpose={`${algorithm}, slot ${slot} of ${deviceName(device)}. It made a test signature, which verifies.`}
      actions={
        <>
          {isCopy && onBackUp !== undefined && <Button onPress={onBackUp}>Back it up…</Button>}
          <Button tone="primary" onPress={onClose} autoFocus>
            Done
          </Button>
        </>
      }
    >
      <Section title="Key ID">
        <CopyText text={id} what="key ID" />
      </Section>
      {isCopy ? (
        <Banner tone="info" title="The file of the key is still on this computer.">
          Trustdesk signs with the token from now on. Keep the file until a backup of it is proven, then take
          it off this computer on the Backups page.
        </Banner>
      ) : (
        <Banner tone="warn" title="There is no copy of this key.">
          When the token is lost or breaks, the key is gone. Have a second signer, or a second token.
        </Banner>
      )}
      {isSigner && (
        <Section title="Public key">
          <p>The owner of a repository needs {role}.pub to add the signer. It is no secret.</p>
          {saving.state.kind === 'done' ? (
            <CopyText text={saving.state.value} what="place" />
          ) : (
            <div>
              <Button
                size="small"
                isPending={saving.state.kind === 'running'}
                onPress={() => void saving.run(() => store.getState().exportPublic(serial, id))}
              >
                Save {role}.pub…
              </Button>
            </div>
          )}
          {saving.state.kind === 'failed' && <Problem error={saving.state.error} />}
        </Section>
      )}
    </Sheet>
  );
}
