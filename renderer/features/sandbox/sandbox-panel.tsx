/** The sandbox: start, stop, reset, and the lines that let docker and notary use it. */
import { FlaskConical, Play, RotateCcw, Square } from 'lucide-react';
import { useStore } from 'zustand';
import type { SandboxStatus } from '../../../shared/ipc/sandbox.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Status } from '../../ui/status.tsx';
import { Fact, Facts, Section } from '../../ui/surface.tsx';
import type { SandboxState, SandboxStore } from './sandbox-store.ts';
import './sandbox.css';

interface SandboxPanelProps {
  readonly store: SandboxStore;
  readonly onOpenRepository: (gun: string) => void;
}

export function SandboxPanel({ store, onOpenRepository }: SandboxPanelProps) {
  const state = useStore(store);
  const { status } = state;
  if (status.kind === 'failed') return <Problem error={status.error} />;
  if (status.kind !== 'ready') return null;
  return (
    <div className="sandbox">
      <div className="sandbox-line">
        <StatusWord status={status.value} />
        <Acts state={state} status={status.value} />
      </div>
      {status.value.kind === 'failed' && <Problem error={status.value.error} />}
      {status.value.kind === 'running' && (
        <Running status={status.value} onOpenRepository={onOpenRepository} />
      )}
    </div>
  );
}

function StatusWord({ status }: { readonly status: SandboxStatus }) {
  switch (status.kind) {
    case 'absent':
      return <Status tone="muted">Not set up. Starting it makes a demo repository.</Status>;
    case 'stopped':
      return <Status tone="muted">Stopped. What is in it is kept.</Status>;
    case 'starting':
      return <Status tone="plain">Starting</Status>;
    case 'running':
      return <Status tone="ok">Running on this computer only</Status>;
    case 'failed':
      return <Status tone="bad">Could not start</Status>;
  }
}

function Acts({ state, status }: { readonly state: SandboxState; readonly status: SandboxStatus }) {
  const { pending, start, stop, reset } = state;
  const isBusy = pending !== undefined || status.kind === 'starting';
  return (
    <div className="sandbox-acts">
      {status.kind !== 'absent' && (
        <Button
          size="small"
          tone="danger"
          icon={RotateCcw}
          isDisabled={isBusy}
          isPending={pending === 'reset'}
          onPress={() => void reset()}
        >
          Reset…
        </Button>
      )}
      {status.kind === 'running' ? (
        <Button
          size="small"
          icon={Square}
          isDisabled={isBusy}
          isPending={pending === 'stop'}
          onPress={() => void stop()}
        >
          Stop
        </Button>
      ) : (
        <Button
          size="small"
          icon={status.kind === 'absent' ? FlaskConical : Play}
          isPending={pending === 'start' || status.kind === 'starting'}
          onPress={() => void start()}
        >
          {status.kind === 'absent' ? 'Set up and start' : 'Start'}
        </Button>
      )}
    </div>
  );
}

interface RunningProps {
  readonly status: Extract<SandboxStatus, { kind: 'running' }>;
  readonly onOpenRepository: (gun: string) => void;
}

function Running({ status, onOpenRepository }: RunningProps) {
  const { trustServer, registry, caSha256, repositories, hints } = status;
  return (
    <>
      <Facts>
        <Fact name="Trust server">
          <span className="mono">{trustServer}</span>
        </Fact>
        <Fact name="Registry">
          <span className="mono">{registry}</span>
        </Fact>
        <Fact name="Its CA, SHA-256">
          <Fingerprint sha256={caSha256} />
        </Fact>
        <Fact name="Repositories">
          <ul>
            {repositories.map((gun) => (
              <li key={gun}>
                <button type="button" className="use-link" onClick={() => onOpenRepository(gun)}>
                  {gun}
                </button>
              </li>
            ))}
          </ul>
        </Fact>
      </Facts>
      {hints.length > 0 && (
        <Section title="Use it in a terminal">
          <CopyText text={hints.join('\n')} what="commands" />
        </Section>
      )}
    </>
  );
}
