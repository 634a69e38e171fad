/**
 * The guide for lost keys: what of a repository's keys is here, in a backup or nowhere that is known, and what to do about
 * each that is missing. It changes nothing itself; it leads to where that is done.
 */
import { useEffect, useState } from 'react';
import type { Holdings } from '../../../shared/ipc/keys.ts';
import { type Loadable, loaded, loading } from '../../bridge/loadable.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Status } from '../../ui/status.tsx';
import { Section, Waiting } from '../../ui/surface.tsx';
import { adviceFor } from '../../../shared/lost-key-advice.ts';
import { AdviceCard, type LostKeyActs } from './advice-card.tsx';
import { HoldingList } from './holding-list.tsx';
import { StartOver } from './start-over.tsx';
import './lost-keys.css';

interface LostKeysSheetProps {
  readonly guns: readonly string[];
  /** The repository it was opened for. */
  readonly gun: string | undefined;
  readonly ask: (gun: string) => Promise<Holdings>;
  readonly acts: LostKeyActs;
  readonly onClose: () => void;
}

export function LostKeysSheet({ guns, gun, ask, acts, onClose }: LostKeysSheetProps) {
  const [chosen, setChosen] = useState(gun ?? guns[0]);
  return (
    <Sheet
      isOpen
      size="wide"
      onClose={onClose}
      title="Lost keys"
      purpose="What is missing for a repository, what still works, and how it is put right."
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <RepositoryChoice guns={guns} chosen={chosen} onChoose={setChosen} />
      {chosen !== undefined && <GuideFor key={chosen} gun={chosen} ask={ask} acts={acts} />}
    </Sheet>
  );
}

interface RepositoryChoiceProps {
  readonly guns: readonly string[];
  readonly chosen: string | undefined;
  readonly onChoose: (gun: string) => void;
}

function RepositoryChoice({ guns, chosen, onChoose }: RepositoryChoiceProps) {
  if (chosen === undefined) {
    return <p>No repository is listed yet. Add the one whose key is missing, then come back.</p>;
  }
  return (
    <label className="field">
      <span className="field-label">Repository</span>
      <select
        className="field-entry mono"
        value={chosen}
        onChange={(event) => onChoose(event.target.value)}
        autoFocus
      >
        {[...new Set([chosen, ...guns])].map((gun) => (
          <option key={gun} value={gun}>
            {gun}
          </option>
        ))}
      </select>
    </label>
  );
}

interface GuideForProps {
  readonly gun: string;
  readonly ask: (gun: string) => Promise<Holdings>;
  readonly acts: LostKeyActs;
}

function GuideFor({ gun, ask, acts }: GuideForProps) {
  const [holdings, setHoldings] = useState<Loadable<Holdings>>(loading);
  useEffect(() => {
    let isWanted = true;
    void loaded(ask(gun)).then((found) => {
      if (isWanted) setHoldings(found);
    });
    return () => {
      isWanted = false;
    };
  }, [ask, gun]);
  switch (holdings.kind) {
    case 'idle':
    case 'loading':
      return <Waiting>Looking for its keys</Waiting>;
    case 'failed':
      return <Problem error={holdings.error} />;
    case 'ready':
      return <Guide holdings={holdings.value} acts={acts} />;
  }
}

function Guide({ holdings, acts }: { readonly holdings: Holdings; readonly acts: LostKeyActs }) {
  const { problem, roles } = holdings;
  if (roles.length === 0) {
    return (
      <>
        {problem !== undefined && <Problem error={problem} />}
        <Banner tone="info" title="What is missing cannot be told while the repository cannot be read.">
          When its root expired, nobody without the root key can bring it back; it is started over then.
        </Banner>
        <StartOver holdings={holdings} acts={acts} />
      </>
    );
  }
  const advice = adviceFor(holdings);
  return (
    <>
      <Section title="Its keys">
        <HoldingList holdings={holdings} />
      </Section>
      {advice.length === 0 ? (
        <Status tone="ok">Nothing is missing: every role can be signed from here.</Status>
      ) : (
        <p className="muted">
          A key that is not here may well be with somebody else. What follows is for the case that nobody has
          it.
        </p>
      )}
      {advice.map((piece) => (
        <AdviceCard key={piece.role} advice={piece} holdings={holdings} acts={acts} />
      ))}
    </>
  );
}
