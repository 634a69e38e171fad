/** Version and links. The window names a link; the privileged side knows where it leads. */
import { ExternalLink } from 'lucide-react';
import { useStore } from 'zustand';
import type { CallInput } from '../../shared/ipc/bridge.ts';
import { Button } from '../ui/button.tsx';
import type { Stores } from './stores.ts';

export const links: readonly { readonly id: CallInput<'app.openLink'>['link']; readonly label: string }[] = [
  { id: 'docker-content-trust', label: 'Docker Content Trust' },
  { id: 'notary', label: 'Notary' },
  { id: 'tuf', label: 'The Update Framework' },
  { id: 'licence', label: 'Licence' },
];

export function About({ stores: { app, bridge } }: { readonly stores: Stores }) {
  const info = useStore(app, (state) => state.info);
  return (
    <div className="about">
      {info.kind === 'ready' && (
        <span className="selectable">
          Version {info.value.version}
          <span className="muted">, {info.value.mode === 'browser' ? 'in a browser' : 'desktop'}</span>
        </span>
      )}
      {links.map(({ id, label }) => (
        <Button
          key={id}
          size="small"
          tone="quiet"
          icon={ExternalLink}
          onPress={() => void bridge.app.openLink({ link: id })}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}
