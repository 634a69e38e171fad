/** Which trust server serves which registry, and the certificate authorities trusted for each. */
import { CircleHelp, Ellipsis, Plus, ShieldCheck, ShieldPlus, Stethoscope, Trash2, X } from 'lucide-react';
import type { z } from 'zod/mini';
import type { caView, server, SettingsView } from '../../../shared/ipc/settings.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import { ActionMenu, type MenuAct } from '../../ui/action-menu.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Pill } from '../../ui/status.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AddServerSheet } from './add-server-sheet.tsx';
import type { SettingsState } from './settings-store.ts';
import { Setting } from './setting.tsx';

type Server = z.infer<typeof server>;
type Ca = z.infer<typeof caView>;

interface TrustServersProps {
  readonly view: SettingsView;
  readonly state: SettingsState;
  readonly onDiagnose: (target: string) => void;
}

const serverSources: Readonly<Record<Server['source'], string>> = {
  environment: 'from DOCKER_CONTENT_TRUST_SERVER',
  trustdesk: 'set here',
  'notary-config': 'from notary’s configuration',
  default: 'docker’s default',
  sandbox: 'the sandbox',
};

const caSources: Readonly<Record<Ca['source'], string>> = {
  'docker-tls': 'docker’s tls folder',
  'notary-config': 'notary’s configuration',
  trustdesk: 'trusted here',
  sandbox: 'the sandbox',
};

export function TrustServers({ view, state, onDiagnose }: TrustServersProps) {
  const { adding, setAdding } = state;
  return (
    <Setting
      title="Trust servers"
      purpose="Each registry can have its own. The environment variable of docker comes first, then what is set here."
    >
      <ul className="servers">
        {view.servers.map((entry) => (
          <ServerEntry key={entry.id} entry={entry} state={state} onDiagnose={onDiagnose} />
        ))}
      </ul>
      <div>
        <Button size="small" icon={Plus} onPress={() => setAdding(true)}>
          Add trust server…
        </Button>
      </div>
      <AddServerSheet isOpen={adding} state={state} onClose={() => setAdding(false)} />
    </Setting>
  );
}

interface ServerEntryProps {
  readonly entry: Server;
  readonly state: SettingsState;
  readonly onDiagnose: (target: string) => void;
}

function ServerEntry({ entry, state, onDiagnose }: ServerEntryProps) {
  const { id, registry, url, source, cas, clientCertificate } = entry;
  const acts: readonly MenuAct[] = [
    { id: 'diagnose', label: 'Diagnose…', icon: Stethoscope, run: () => onDiagnose(url) },
    { id: 'ca', label: 'Trust a CA file…', icon: ShieldPlus, run: () => void state.addCa(id) },
    ...(source === 'trustdesk'
      ? [
          {
            id: 'remove',
            label: `Remove ${registry}…`,
            icon: Trash2,
            isDestructive: true,
            run: () => void state.removeServer(id),
          },
        ]
      : []),
  ];
  return (
    <li className="server">
      <div className="server-line">
        <div className="server-text">
          <span className="server-registry">{registry === '*' ? 'All other registries' : registry}</span>
          <span className="mono muted selectable server-url">{url}</span>
        </div>
        <span className="muted server-source">{serverSources[source]}</span>
        <ActionMenu label={`More about ${url}`} icon={Ellipsis} acts={acts} />
      </div>
      {cas.map((ca) => (
        <CaEntry
          key={ca.sha256}
          ca={ca}
          onRemove={ca.source === 'trustdesk' ? () => void state.removeCa(id, ca.sha256) : undefined}
        />
      ))}
      {clientCertificate !== undefined && (
        <div className="ca">
          <CircleHelp className="icon muted" size={15} aria-hidden />
          <span className="truncate">Shows client certificate {clientCertificate}</span>
        </div>
      )}
    </li>
  );
}

function CaEntry({ ca, onRemove }: { readonly ca: Ca; readonly onRemove: (() => void) | undefined }) {
  const now = useNow();
  const { sha256, subject, notAfter, source } = ca;
  const tone = expiryTone(notAfter, now);
  return (
    <div className="ca">
      <ShieldCheck className="icon ca-icon" size={15} aria-hidden />
      <span className="ca-text">
        <span className="truncate selectable" title={subject}>
          {subject}
        </span>
        <span className="mono muted selectable" title={`SHA-256 ${sha256}`}>
          {sha256.slice(0, 16)}…
        </span>
      </span>
      <Pill tone={tone === 'muted' ? 'muted' : tone}>until {dayText(notAfter)}</Pill>
      <span className="muted server-source">{caSources[source]}</span>
      {onRemove === undefined ? (
        <span className="ca-gap" />
      ) : (
        <IconButton icon={X} label={`No longer trust ${subject}`} onPress={onRemove} />
      )}
    </div>
  );
}
