/** The pinned text with its changed lines marked: to copy, or to save where main asks. */
import { Download } from 'lucide-react';
import { useStore } from 'zustand';
import type { PinnedText, VerifyReport } from '../../../shared/ipc/verify.ts';
import { countOf } from '../../copy/sizes.ts';
import { visibleText } from '../../copy/visible-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Waiting } from '../../ui/surface.tsx';
import { CodeView } from '../../ui/code-view.tsx';
import { copiedAtOnce } from '../../../shared/ipc/app.ts';
import { typedName, type VerifyStore } from './verify-store.ts';

interface PinnedSheetProps {
  readonly store: VerifyStore;
  readonly onSaved: () => void;
}

export function PinnedSheet({ store, onSaved }: PinnedSheetProps) {
  const { pinning, looking, closePinned, openPinned, save } = useStore(store);
  const pinned = pinning?.pinned;
  const references =
    looking.kind === 'ready' ? (looking.report.documents[pinning?.document ?? 0]?.references ?? []) : [];
  const saveAs = async (): Promise<void> => {
    if (!(await save())) return;
    closePinned();
    onSaved();
  };
  return (
    <Sheet
      isOpen={pinning !== undefined}
      onClose={closePinned}
      size="wide"
      title={
        pinning === undefined || pinning.name === typedName
          ? 'Pin to digests'
          : `Pin ${visibleText(pinning.name)}`
      }
      purpose="Each tag stays, with its signed digest behind it. Docker then takes that digest and nothing else."
      note={pinned === undefined ? undefined : `${countOf(pinned.changed.length, 'line')} changed`}
      actions={
        <>
          <Button onPress={closePinned}>Close</Button>
          {pinned !== undefined && pinned.text.length <= copiedAtOnce && (
            <CopyButton text={pinned.text} what="pinned text" size="normal">
              Copy
            </CopyButton>
          )}
          <Button
            tone="primary"
            icon={Download}
            isDisabled={pinned === undefined}
            onPress={() => void saveAs()}
          >
            Save as…
          </Button>
        </>
      }
    >
      {pinning?.error !== undefined && <Problem error={pinning.error} />}
      {pinned !== undefined && pinned.left > 0 && <Left pinned={pinned} />}
      {pinning !== undefined && references.some(hasOtherDigest) && (
        <label className="verify-update">
          <input
            type="checkbox"
            checked={pinning.update}
            onChange={({ target }) => void openPinned(pinning.document, pinning.name, target.checked)}
          />
          <span>Replace digests that are not what is signed under their tag</span>
        </label>
      )}
      {pinning?.error === undefined && pinned === undefined && <Waiting>Writing the digests</Waiting>}
      {pinned !== undefined && (
        <div className="verify-code">
          <CodeView
            label="Pinned text"
            lines={pinned.text.split(/\r?\n/).map(visibleText)}
            marked={new Set(pinned.changed)}
          />
        </div>
      )}
    </Sheet>
  );
}

const hasOtherDigest = ({
  problem,
  signed,
}: VerifyReport['documents'][number]['references'][number]): boolean =>
  problem !== undefined && signed !== undefined;

function Left({ pinned: { left } }: { readonly pinned: PinnedText }) {
  return (
    <Banner
      tone="warn"
      title={`${left === 1 ? 'One image is' : `${String(left)} images are`} left without a signed digest.`}
    >
      Docker would take what the registry has or the file says, signed or not. The list behind this says why.
    </Banner>
  );
}
