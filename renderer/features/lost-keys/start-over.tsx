/** Starting over under the same name, when the root key is lost for good: the steps, and what to tell consumers. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import type { Holdings } from '../../../shared/ipc/keys.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useNow } from '../../ui/use-now.ts';
import { consumerNotice, listCommand } from '../../../shared/lost-key-advice.ts';
import type { LostKeyActs } from './advice-card.tsx';

interface StartOverProps {
  readonly holdings: Holdings;
  readonly acts: LostKeyActs;
}

export function StartOver({ holdings, acts }: StartOverProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div>
      <Button
        size="small"
        tone="quiet"
        icon={isOpen ? ChevronDown : ChevronRight}
        onPress={() => setOpen(!isOpen)}
        aria-expanded={isOpen}
        aria-controls={id}
      >
        How to start over under the same name
      </Button>
      <div id={id}>{isOpen && <Steps holdings={holdings} acts={acts} />}</div>
    </div>
  );
}

function Steps({ holdings, acts }: StartOverProps) {
  const notice = consumerNotice(holdings, useNow());
  return (
    <ol className="start-over">
      <li>
        <p>
          Tell everybody who pulls from it, before you begin: every computer that used the repository will
          refuse it until it forgets the old root key.
        </p>
        <Notice text={notice} what="Notice to consumers" />
      </li>
      <li>
        <p>Keep a list of what is signed now.</p>
        <CopyText text={listCommand(holdings)} what="command" />
      </li>
      <li>
        <p>
          Delete the trust data on the server. The images stay, and so do your keys; the signatures are gone.
          The account needs the right to delete (scope *). A restore point is kept where the repository can
          still be verified.
        </p>
        <Button size="small" onPress={() => acts.deleteAll(holdings.gun)}>
          Delete on the server…
        </Button>
      </li>
      <li>
        <p>
          Make the repository again by adding its first signer: that asks for a root key, or makes a new one.
          Back the root key up before anything else.
        </p>
        <Button size="small" onPress={() => acts.addSigner(holdings.gun)}>
          Add the first signer…
        </Button>
      </li>
      <li>
        <p>
          Sign the tags again, or restore them from the activity of the deletion, and put the new root key’s
          ID into the notice.
        </p>
      </li>
    </ol>
  );
}
