/**
 * A new passphrase: made up and shown once, then typed to prove that it was kept, or typed twice with its strength shown.
 * SECURITY: all of it lives in this component and ends with it.
 */
import { RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import {
  type GeneratedPassphrase,
  minimumPassphraseLength,
  withoutBlanksAround,
} from '../../../shared/passphrase-rules.ts';
import { Button } from '../../ui/button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { makeSecret, type SecretStyle } from './new-secret.ts';
import { SecretEntry } from './secret-entry.tsx';
import { StrengthMeter } from './strength-meter.tsx';

interface NewPassphraseProps {
  /** Words that somebody would try first. */
  readonly related: readonly string[];
  /** The passphrase once it is good enough and typed twice; '' until then. */
  readonly onReady: (passphrase: string) => void;
}

type Way = 'own' | SecretStyle;

const ways: readonly { readonly id: Way; readonly label: string }[] = [
  { id: 'words', label: 'Made-up words' },
  { id: 'characters', label: 'Made-up characters' },
  { id: 'own', label: 'Choose my own' },
];

export function NewPassphrase({ related, onReady }: NewPassphraseProps) {
  // What is made up at random is the first offer: it is stronger than what people choose.
  const [way, setWay] = useState<Way>('words');
  const [isAsItCame, setAsItCame] = useState(true);
  const choose = (chosen: Way): void => {
    onReady('');
    setWay(chosen);
    setAsItCame(false);
  };
  return (
    <>
      <Segmented label="New passphrase" segments={ways} value={way} onChange={choose} />
      {way === 'own' ? (
        <OwnPassphrase related={related} onReady={onReady} />
      ) : (
        <MadeUpPassphrase key={way} style={way} takesFocus={isAsItCame} onReady={onReady} />
      )}
    </>
  );
}

export const tooShort = `At least ${minimumPassphraseLength} characters, please: a password manager makes good ones.`;

const isLongEnough = (text: string): boolean =>
  Array.from(withoutBlanksAround(text)).length >= minimumPassphraseLength;

function OwnPassphrase({ related, onReady }: NewPassphraseProps) {
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const report = (first: string, second: string): void =>
    onReady(first === second && isLongEnough(first) ? first : '');
  return (
    <>
      <SecretEntry
        label="New passphrase"
        value={passphrase}
        onChange={(text) => {
          setPassphrase(text);
          report(text, repeated);
        }}
        isFirst
      />
      {passphrase !== '' && !isLongEnough(passphrase) ? (
        <p className="field-error">{tooShort}</p>
      ) : (
        <StrengthMeter text={withoutBlanksAround(passphrase)} related={related} />
      )}
      {withoutBlanksAround(passphrase) !== passphrase && (
        <p className="muted">Blanks at the beginning and at the end do not count.</p>
      )}
      <SecretEntry
        label="Once more"
        value={repeated}
        onChange={(text) => {
          setRepeated(text);
          report(passphrase, text);
        }}
      />
      {repeated !== '' && repeated !== passphrase && <p className="field-error">The two are not the same.</p>}
    </>
  );
}

interface MadeUpProps {
  readonly style: SecretStyle;
  /** Nobody is on the choice above it. */
  readonly takesFocus: boolean;
  readonly onReady: (passphrase: string) => void;
}

function MadeUpPassphrase({ style, takesFocus, onReady }: MadeUpProps) {
  const [made, setMade] = useState<GeneratedPassphrase>();
  const [isKept, setKept] = useState<boolean>();
  const makeAnother = async (): Promise<void> => setMade(await makeSecret(style));
  useEffect(() => {
    let isWanted = true;
    void makeSecret(style).then((secret) => {
      if (isWanted) setMade(secret);
    });
    return () => {
      isWanted = false;
    };
  }, [style]);
  if (made === undefined) return null;
  return isKept === true ? (
    <Repetition
      expected={made.text}
      onReady={onReady}
      onBack={() => {
        onReady('');
        setKept(false);
      }}
    />
  ) : (
    <Shown
      made={made}
      style={style}
      takesFocus={takesFocus || isKept === false}
      onAnother={() => void makeAnother()}
      onKept={() => setKept(true)}
    />
  );
}

interface ShownProps {
  readonly made: GeneratedPassphrase;
  readonly style: SecretStyle;
  /** Also where it was before it was hidden. */
  readonly takesFocus: boolean;
  readonly onAnother: () => void;
  readonly onKept: () => void;
}

function Shown({ made: { text, entropyBits }, style, takesFocus, onAnother, onKept }: ShownProps) {
  const parts = style === 'words' ? text.split('-').length : text.length;
  return (
    <>
      <p className="made-up mono selectable" data-testid="made-up-passphrase">
        {text}
      </p>
      <p className="muted">
        {parts} {style === 'words' ? 'words of 2,048' : 'letters and digits'}, chosen at random: {entropyBits}{' '}
        bits. Write it down or put it into a password manager now; it is shown here only.
      </p>
      <div className="made-up-line">
        <Button size="small" icon={RefreshCw} onPress={onAnother}>
          Another
        </Button>
        <Button size="small" onPress={onKept} autoFocus={takesFocus}>
          I have kept it
        </Button>
      </div>
    </>
  );
}

interface RepetitionProps {
  readonly expected: string;
  readonly onReady: (passphrase: string) => void;
  readonly onBack: () => void;
}

function Repetition({ expected, onReady, onBack }: RepetitionProps) {
  const [typed, setTyped] = useState('');
  const isSame = typed === expected;
  return (
    <>
      <SecretEntry
        label="Type it from what you kept"
        value={typed}
        onChange={(text) => {
          setTyped(text);
          onReady(text === expected ? text : '');
        }}
        isFirst
      />
      <div className="made-up-line">
        <p className="muted">
          {typed !== '' && !expected.startsWith(typed) && 'Not what was shown. '}
          {isSame && 'That is it.'}
        </p>
        <Button size="small" tone="quiet" onPress={onBack}>
          Show it again
        </Button>
      </div>
    </>
  );
}
