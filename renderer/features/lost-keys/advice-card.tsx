/** One piece of advice: what is missing, what that means, and the way out. */
import type { ReactNode } from 'react';
import type { Holdings } from '../../../shared/ipc/keys.ts';
import { namesText } from '../../copy/trust-words.ts';
import { Button } from '../../ui/button.tsx';
import { type Advice, type KeyCopy, meanwhileText } from '../../../shared/lost-key-advice.ts';
import { holderName } from './role-names.ts';
import { StartOver } from './start-over.tsx';
import { StillWorks } from './still-works.tsx';

/** Where things are really done; the guide closes when one of them is begun. */
export interface LostKeyActs {
  readonly addSigner: (gun: string, signer?: string) => void;
  readonly removeSigner: (gun: string, signer: string) => void;
  /** Another repository key. */
  readonly rotate: (gun: string, role: 'targets' | 'snapshot') => void;
  /** All trust data leaves the server. */
  readonly deleteAll: (gun: string) => void;
  readonly generateKey: () => void;
  /** Absent while there is no place where backups are restored. */
  readonly restore?: (() => void) | undefined;
  /** A key that is kept offline, for one operation. */
  readonly bringBack: (keyId: string) => void;
}

interface AdviceCardProps {
  readonly advice: Advice;
  readonly holdings: Holdings;
  readonly acts: LostKeyActs;
}

export function AdviceCard({ advice, holdings, acts }: AdviceCardProps) {
  return (
    <section className="advice" aria-label={titleOf(advice)}>
      <h3 className="advice-title">{titleOf(advice)}</h3>
      <Steps advice={advice} holdings={holdings} acts={acts} />
    </section>
  );
}

function titleOf(advice: Advice): string {
  const name = holderName(advice.role);
  return advice.kind === 'restore' ? `Bring back ${name}` : `If ${name} is lost`;
}

function Steps({ advice, holdings, acts }: AdviceCardProps): ReactNode {
  const { gun } = holdings;
  switch (advice.kind) {
    case 'restore':
      return <Restore advice={advice} acts={acts} />;
    case 'rotate':
      return <Rotate rotate={() => acts.rotate(gun, advice.role)} />;
    case 'ask-root':
      return (
        <p>
          Only the root key can put a new repository key in its place, and it is not here either. Ask whoever
          has it; with it back on this computer, it is done from this guide. {meanwhileText(holdings)}
        </p>
      );
    case 'replace-signer':
      return <ReplaceSigner gun={gun} signer={advice.signer} acts={acts} />;
    case 'ask-owner':
      return (
        <>
          <p>
            {advice.signer} makes a new key and sends its public half to the owner of the repository, who
            removes the signer and adds it again. What {advice.signer} signed must then be signed again.
          </p>
          <div className="advice-acts">
            <Button size="small" onPress={acts.generateKey}>
              Generate key…
            </Button>
          </div>
        </>
      );
    case 'root-lost':
      return (
        <>
          <StillWorks holdings={holdings} />
          <StartOver holdings={holdings} acts={acts} />
        </>
      );
  }
}

interface RestoreProps {
  readonly advice: Extract<Advice, { kind: 'restore' }>;
  readonly acts: LostKeyActs;
}

/** A key that is kept offline comes for a visit; restored, it would stay on this computer for good. */
function Restore({ advice: { copies }, acts: { restore, bringBack } }: RestoreProps) {
  const offline = [...new Set(copies.filter((copy) => copy.offline).map(({ keyId }) => keyId))];
  const others = copies.filter((copy) => copy.offline !== true);
  return (
    <>
      {offline.map((id) => (
        <BringBack
          key={id}
          id={id}
          on={copies.filter(({ keyId }) => keyId === id)}
          bringBack={() => bringBack(id)}
        />
      ))}
      {others.length > 0 && <RestoreFrom copies={others} restore={restore} />}
    </>
  );
}

interface BringBackProps {
  readonly id: string;
  readonly on: readonly KeyCopy[];
  readonly bringBack: () => void;
}

function BringBack({ id, on, bringBack }: BringBackProps) {
  return (
    <>
      <p>
        Key <span className="mono">{id.slice(0, 12)}</span> is kept offline, with copies on{' '}
        {namesText([...new Set(on.map(({ label }) => label))])}. Bring it back for one operation: it leaves
        again after the publish that it signs.
      </p>
      <div className="advice-acts">
        <Button size="small" onPress={bringBack} aria-label={`Bring back ${id.slice(0, 12)}…`}>
          Bring back…
        </Button>
      </div>
    </>
  );
}

interface RestoreFromProps {
  readonly copies: readonly KeyCopy[];
  readonly restore: (() => void) | undefined;
}

function RestoreFrom({ copies, restore }: RestoreFromProps) {
  const proven = [...new Set(copies.filter((copy) => copy.proven).map(({ label }) => label))];
  const others = [...new Set(copies.map(({ label }) => label))].filter((label) => !proven.includes(label));
  return (
    <>
      <p>
        {proven.length > 0 && `A proven copy is on ${namesText(proven)}. `}
        {others.length > 0 && `A copy that was never proven is on ${namesText(others)}. `}
        Restore it from there.
      </p>
      {restore !== undefined && (
        <div className="advice-acts">
          <Button size="small" onPress={restore}>
            Restore a backup…
          </Button>
        </div>
      )}
    </>
  );
}

function Rotate({ rotate }: { readonly rotate: () => void }) {
  return (
    <>
      <p>
        The root key is here, so a new repository key can take its place. Signers, tags and their signatures
        stay as they are, and consumers notice nothing. Back up the new key afterwards.
      </p>
      <div className="advice-acts">
        <Button size="small" onPress={rotate}>
          Rotate the repository key…
        </Button>
      </div>
    </>
  );
}

interface ReplaceSignerProps {
  readonly gun: string;
  readonly signer: string;
  readonly acts: LostKeyActs;
}

function ReplaceSigner({ gun, signer, acts }: ReplaceSignerProps) {
  return (
    <>
      <p>
        {signer} makes a new key and sends you its public half. Remove the old key’s signer, add {signer}{' '}
        again with the new key, and have {signer} sign the tags again: signatures of the old key stop
        counting.
      </p>
      <div className="advice-acts">
        <Button size="small" onPress={() => acts.removeSigner(gun, signer)}>
          Remove signer {signer}…
        </Button>
        <Button size="small" onPress={() => acts.addSigner(gun)}>
          Add a signer…
        </Button>
      </div>
    </>
  );
}
