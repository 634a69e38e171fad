/** Browser mode: said when the process behind the page is gone, because then nothing here is true any more. */
import { LoaderCircle, Unplug } from 'lucide-react';
import type { Connection } from '../bridge/connection.ts';
import { Empty } from '../ui/surface.tsx';

const reasons = {
  refused: {
    title: 'This address was used before',
    text: 'Each address that Trustdesk prints opens one window once. Start Trustdesk again and open the new one.',
  },
  busy: {
    title: 'Trustdesk is open in another window',
    text: 'One window at a time. Close the other one, then reload this page.',
  },
  ended: {
    title: 'Trustdesk has ended',
    text: 'Nothing was lost. Start it again in the terminal; it opens a new page.',
  },
} as const;

export function ConnectionLost({ connection }: { readonly connection: Connection }) {
  if (connection.kind === 'closed') {
    const { title, text } = reasons[connection.why];
    return (
      <div className="curtain" role="alertdialog" aria-label={title} tabIndex={-1} ref={takeFocus}>
        <Empty icon={Unplug} title={title}>
          {text}
        </Empty>
      </div>
    );
  }
  if (connection.kind === 'lost') {
    return (
      <div className="connection-lost" role="status">
        <LoaderCircle className="icon spin" size={14} aria-hidden />
        Connection lost, trying again
      </div>
    );
  }
  return null;
}

/** What is behind cannot be used any more: nobody should be there with the keyboard. */
function takeFocus(curtain: HTMLElement | null): void {
  curtain?.focus();
}
