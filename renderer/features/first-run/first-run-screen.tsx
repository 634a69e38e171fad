/** The first thing a person sees: what is here already, and the doors. Nothing is moved or rewritten. */
import { ArchiveRestore, FlaskConical, FolderKey, type LucideIcon, Server } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AppInfo } from '../../../shared/ipc/app.ts';
import type { CodedError } from '../../copy/error-text.ts';
import { countOf } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import './first-run.css';

interface FirstRunScreenProps {
  readonly info: AppInfo;
  readonly isSandboxStarting: boolean;
  readonly sandboxError: CodedError | undefined;
  readonly onUseWhatIsHere: () => void;
  readonly onConnect: () => void;
  readonly onSandbox: () => void;
  readonly onRestore: () => void;
}

export function FirstRunScreen({ info, isSandboxStarting, sandboxError, ...acts }: FirstRunScreenProps) {
  const { found, trustDirectory } = info;
  const isSomethingHere = found.repositories + found.keys > 0;
  return (
    <div className="first-run">
      <div className="first-run-column">
        <header className="first-run-head">
          <h1 className="first-run-title">See who signed what</h1>
          <p className="first-run-purpose">
            Trustdesk shows and manages Docker Content Trust: repositories, signers, signed tags and keys. It
            works on the same files as docker trust and notary, so you can go back and forth between them.
          </p>
        </header>
        {sandboxError !== undefined && <Problem error={sandboxError} />}
        <ul className="doors" data-count={isSomethingHere ? 3 : 4}>
          <Door
            icon={FolderKey}
            title="Use what is here"
            act={
              <Button
                tone={isSomethingHere ? 'primary' : 'normal'}
                isDisabled={!isSomethingHere}
                onPress={acts.onUseWhatIsHere}
              >
                {isSomethingHere ? 'Show them' : 'Nothing here yet'}
              </Button>
            }
          >
            {isSomethingHere ? (
              <>
                <strong>
                  {countOf(found.repositories, 'repository', 'repositories')} and {countOf(found.keys, 'key')}
                </strong>{' '}
                found in <Path>{trustDirectory}</Path>. They are shown as they are; nothing is moved or
                rewritten.
              </>
            ) : (
              <>
                Neither keys nor repositories were found in <Path>{trustDirectory}</Path>. What docker or
                notary put there later appears by itself.
              </>
            )}
          </Door>
          <Door
            icon={Server}
            title="Connect to a trust server"
            act={<Button onPress={acts.onConnect}>Connect…</Button>}
          >
            Your own Notary server, or that of your registry. Its certificate and your access are checked step
            by step, and nothing is changed there.
          </Door>
          <Door
            icon={FlaskConical}
            title="Try it in the sandbox"
            act={
              <Button
                tone={isSomethingHere ? 'normal' : 'primary'}
                isPending={isSandboxStarting}
                onPress={acts.onSandbox}
              >
                {isSandboxStarting ? 'Starting' : 'Open the sandbox'}
              </Button>
            }
          >
            A real trust server and registry inside this app, with a signed demo image. It listens on this
            computer only and is deleted when you say so.
          </Door>
          {!isSomethingHere && (
            <Door
              icon={ArchiveRestore}
              title="Restore from a backup"
              act={<Button onPress={acts.onRestore}>Restore…</Button>}
            >
              Keys and repositories of another computer, from a drive, a file or a recovery sheet. You see
              what is in it before anything is written.
            </Door>
          )}
        </ul>
      </div>
    </div>
  );
}

function Path({ children }: { readonly children: string }) {
  return <span className="mono first-run-path">{children}</span>;
}

interface DoorProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly act: ReactNode;
  readonly children: ReactNode;
}

function Door({ icon: Icon, title, act, children }: DoorProps) {
  return (
    <li className="door">
      <span className="door-icon">
        <Icon size={20} strokeWidth={1.75} aria-hidden />
      </span>
      <h2 className="door-title">{title}</h2>
      <p className="door-text">{children}</p>
      <div className="door-act">{act}</div>
    </li>
  );
}
