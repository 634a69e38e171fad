/** Why there is no token, in four different ways, and what to do about each. Gets data and callbacks; knows no store. */
import { Puzzle, RefreshCw, ServerOff, Usb, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { YubikeyState } from '../../../shared/ipc/yubikey.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';

export type NoTokenState = Exclude<YubikeyState, { kind: 'ready' }>;

interface NoTokenProps {
  readonly state: NoTokenState;
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
  readonly onLook: () => void;
  readonly onChooseLibrary: () => void;
  readonly onUsualLibrary: () => void;
}

export function NoToken({ state, platform, onLook, onChooseLibrary, onUsualLibrary }: NoTokenProps) {
  const look = (
    <Button icon={RefreshCw} onPress={onLook}>
      Look again
    </Button>
  );
  const choose = (
    <Button tone="quiet" onPress={onChooseLibrary}>
      Choose library…
    </Button>
  );
  switch (state.kind) {
    case 'not-built':
      return (
        <Reason icon={Puzzle} title="This installation cannot speak to tokens">
          <p>
            It was built where no C++ compiler was at hand. Everything else works. An installer of Trustdesk
            brings the part that is missing; so does <span className="mono">npm install</span> where a C++
            compiler, make and Python are installed.
          </p>
        </Reason>
      );
    case 'no-library':
      return (
        <Reason
          icon={Puzzle}
          title="The library that speaks to a YubiKey is missing"
          actions={
            <>
              {look}
              {choose}
            </>
          }
        >
          <p>Install Yubico’s PIV tool, which brings it:</p>
          <Install platform={platform} what="library" />
          <details>
            <summary>Where it was looked for</summary>
            <ul className="token-places mono selectable" aria-label="Places">
              {state.looked.map((place) => (
                <li key={place}>{place}</li>
              ))}
            </ul>
          </details>
        </Reason>
      );
    case 'no-service':
      return (
        <Reason
          icon={ServerOff}
          title="The smart card service is not running"
          actions={
            <>
              {look}
              {choose}
            </>
          }
        >
          <p>
            Programs reach a YubiKey through this service of the system. Start it, then plug the YubiKey in
            again:
          </p>
          <Install platform={platform} what="service" />
          <p className="muted">A token that needs no such service is reached by choosing its own library.</p>
        </Reason>
      );
    case 'no-token':
      return (
        <Reason icon={Usb} title="Plug in a YubiKey" actions={choose}>
          <p>It shows up here within a second.</p>
          <p className="muted">
            If one is plugged in and does not show up, another program holds it: gpg-agent, for example, lets
            go with <span className="mono">gpgconf --kill scdaemon</span>.
          </p>
          <p className="muted token-library selectable">
            Library: <span className="mono">{state.library}</span>
          </p>
        </Reason>
      );
    case 'failed':
      return (
        <Problem
          error={state.error}
          action={
            <>
              <Button size="small" onPress={onLook}>
                Try again
              </Button>
              <Button size="small" onPress={onChooseLibrary}>
                Choose library…
              </Button>
              <Button size="small" onPress={onUsualLibrary}>
                Use the usual one
              </Button>
            </>
          }
        />
      );
  }
}

interface ReasonProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

function Reason({ icon: Icon, title, children, actions }: ReasonProps) {
  return (
    <section className="no-token" role="status">
      <Icon className="empty-icon" size={28} strokeWidth={1.5} aria-hidden />
      <h2 className="empty-title">{title}</h2>
      <div className="no-token-text">{children}</div>
      {actions !== undefined && <div className="empty-action">{actions}</div>}
    </section>
  );
}

const commands: Readonly<Record<'library' | 'service', Readonly<Record<string, string>>>> = {
  library: {
    linux: 'sudo apt install ykcs11 pcscd',
    darwin: 'brew install yubico-piv-tool',
  },
  service: {
    linux: 'sudo apt install pcscd && sudo systemctl enable --now pcscd.socket',
  },
};

const sentences: Readonly<Record<'library' | 'service', Readonly<Record<string, string>>>> = {
  library: { win32: 'Run the installer of “YubiKey PIV Tool” from Yubico’s site.' },
  service: {
    win32: 'Open Services, and start “Smart Card”.',
    darwin: 'It is part of macOS and starts by itself when a YubiKey is plugged in.',
  },
};

function Install({ platform, what }: { readonly platform: string; readonly what: 'library' | 'service' }) {
  const command = commands[what][platform];
  if (command === undefined) return <p>{sentences[what][platform]}</p>;
  return (
    <>
      <CopyText text={command} what="command" />
      {platform === 'linux' && (
        <p className="muted">On Debian and Ubuntu. Elsewhere the packages are called alike.</p>
      )}
    </>
  );
}
