/** The review of a plan, in one sheet from "nothing has been sent yet" to the receipt. */
import { Check, LoaderCircle } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { WireError } from '../../../shared/errors.ts';
import type { PlanView, ReceiptView } from '../../../shared/ipc/plans.ts';
import { consumerNotice } from '../../../shared/lost-key-advice.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/clipboard.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section, Waiting } from '../../ui/surface.tsx';
import { Choosing } from './choosing.tsx';
import { Afterwards, Changes, SignedBy } from './plan-changes.tsx';
import type { PlanState, PlanStore } from './plan-store.ts';
import { nextStep, publishedLines, reviewText, stepText } from './plan-words.ts';
import { SavedSignatures } from './saved-signatures.tsx';
import './plans.css';

interface PlanSheetProps {
  readonly store: PlanStore;
  /** The passphrase that is asked for while this plan is signed, in place. */
  readonly question: ReactNode;
  /** The repositories that a key of this computer is used for, to tell root keys apart. */
  readonly usesOfKey: (id: string) => readonly string[];
  readonly onSaved: () => void;
  /** Leads to where a root key that is kept offline comes back. */
  readonly onBringBack: (id: string) => void;
}

export function PlanSheet({ store, question, usesOfKey, onSaved, onBringBack }: PlanSheetProps) {
  const state = useStore(store);
  const { review, close } = state;
  switch (review.kind) {
    case 'closed':
      return null;
    case 'making':
      return (
        <Sheet
          isOpen
          isHeld
          onClose={() => undefined}
          title={review.title}
          purpose="Looking at what would change."
        >
          <Waiting>Reading the repository and the keys at hand</Waiting>
        </Sheet>
      );
    case 'refused':
      return review.choices !== undefined ? (
        <Choosing
          key={review.choices.kind}
          title={review.title}
          choices={review.choices}
          choose={(option) => void review.choose(option)}
          usesOfKey={usesOfKey}
          onClose={() => void close()}
        />
      ) : (
        <Sheet
          isOpen
          onClose={() => void close()}
          title={review.title}
          purpose="This cannot be planned. Nothing was changed."
          actions={
            <>
              <Button onPress={() => void close()}>Close</Button>
              {offlineRoots(review.error).map((id) => (
                <Button
                  key={id}
                  tone="primary"
                  onPress={() => {
                    void close();
                    onBringBack(id);
                  }}
                >
                  {`Bring back ${id.slice(0, 12)}…`}
                </Button>
              ))}
            </>
          }
        >
          <Problem error={review.error} />
        </Sheet>
      );
    case 'reviewing':
    case 'publishing':
      return <Reviewing state={state} plan={review.plan} question={question} onSaved={onSaved} />;
    case 'published':
      return <Published plan={review.plan} receipt={review.receipt} onClose={() => void close()} />;
  }
}

/** What is missing is known, and where it is. */
function offlineRoots({ code, details }: WireError): readonly string[] {
  return code === 'plan/root-key-offline' && 'keyIds' in details ? details.keyIds : [];
}

interface ReviewingProps {
  readonly state: PlanState;
  readonly plan: PlanView;
  readonly question: ReactNode;
  readonly onSaved: () => void;
}

const serverName = (url: string): string => url.replace(/^https:\/\//, '');

function Reviewing({ state, plan, question, onSaved }: ReviewingProps) {
  const { review, publish, save, signSaved, close } = state;
  const [isKept, setKept] = useState(false);
  const isPublishing = review.kind === 'publishing';
  const keep = async (): Promise<void> => {
    if (!(await save())) return;
    setKept(true);
    onSaved();
  };
  const next = nextStep(plan);
  const isDeletion = plan.kind === 'delete';
  const takesAway = isDeletion || isLoss(plan);
  return (
    <Sheet
      isOpen
      size="wide"
      isHeld={isPublishing}
      onClose={() => void close()}
      title={`${plan.title} in ${plan.gun}`}
      purpose={
        isPublishing
          ? question === undefined
            ? `${stepText(review.step)} …`
            : 'Waiting for you.'
          : reviewText(plan, serverName(plan.server))
      }
      note={
        next !== 'publish'
          ? 'Nothing is sent to the server.'
          : keepsNothing(plan)
            ? 'The result is read back from the server.'
            : 'A restore point is kept. The result is read back from the server.'
      }
      actions={
        <>
          <Button onPress={() => void close()}>
            {isKept ? 'Done' : plan.saved === undefined ? 'Cancel' : 'Close'}
          </Button>
          {!isDeletion && (
            <Button
              tone={next === 'carry' ? 'primary' : 'normal'}
              isDisabled={isPublishing}
              onPress={() => void keep()}
            >
              Save plan…
            </Button>
          )}
          {next === 'sign' && (
            <Button tone="primary" isPending={isPublishing} onPress={() => void signSaved()}>
              {isPublishing ? 'Signing' : 'Sign the saved plan'}
            </Button>
          )}
          {next === 'publish' && (
            <Button
              tone={takesAway ? 'danger' : 'primary'}
              isPending={isPublishing}
              onPress={() => void publish()}
            >
              {isPublishing ? 'Publishing' : publishLabel(plan)}
            </Button>
          )}
        </>
      }
    >
      {review.kind === 'reviewing' && review.error !== undefined && <Problem error={review.error} />}
      <Changes plan={plan} />
      <SignedBy plan={plan} />
      {plan.saved !== undefined && <SavedSignatures saved={plan.saved} />}
      <Afterwards plan={plan} />
      {isPublishing && (
        <div className="plan-now" role="status">
          {question ?? (
            <span className="plan-step">
              <LoaderCircle className="icon spin" size={16} aria-hidden /> {stepText(review.step)}
            </span>
          )}
        </div>
      )}
    </Sheet>
  );
}

const longestLabel = 60;

/** A role's name can be longer than any button; the sheet's title says it in full. */
function publishLabel({ saved, title }: PlanView): string {
  return saved === undefined && title.length <= longestLabel ? title : 'Publish';
}

/** Something goes and nothing comes. */
function isLoss({ kind, lines }: PlanView): boolean {
  if (kind === 'revoke' || kind === 'signer-remove') return true;
  const isRemoval = (line: PlanView['lines'][number]): boolean =>
    line.kind === 'delegation-removed' || line.kind === 'key-removed';
  return kind === 'delegation' && lines.every(isRemoval);
}

/** A repository that is new, or that cannot be verified, leaves nothing to go back to. */
function keepsNothing({ lines, consequences }: PlanView): boolean {
  const isNew = lines.some(({ kind }) => kind === 'repository-created');
  return isNew || consequences.some(({ kind }) => kind === 'content-unknown');
}

interface PublishedProps {
  readonly plan: PlanView;
  readonly receipt: ReceiptView;
  readonly onClose: () => void;
}

function Published({ plan, receipt, onClose }: PublishedProps) {
  const { roles, tries, movedTags, server, restorePoint } = receipt;
  return (
    <Sheet
      isOpen
      size="wide"
      onClose={onClose}
      title={`${plan.title}: done`}
      purpose={`Read back from ${serverName(server)}${tries === 1 ? '.' : `, after ${tries} tries because others published meanwhile.`}`}
      note={restorePoint !== undefined && 'A restore point of the state before is kept.'}
      actions={
        <>
          <CopyButton text={JSON.stringify(receipt, undefined, 2)} what="receipt" size="normal">
            Copy receipt
          </CopyButton>
          <Button tone="primary" autoFocus onPress={onClose}>
            Done
          </Button>
        </>
      }
    >
      <Changes plan={{ ...plan, lines: [...publishedLines(plan, receipt)] }} />
      {plan.kind === 'delete' && (
        <Section title="When it is made again">
          <p>Every computer that used it refuses it until it forgets the old root. Tell them:</p>
          <Notice
            text={consumerNotice(plan, Date.parse(receipt.publishedAt), 'deleted')}
            what="Notice to consumers"
          />
        </Section>
      )}
      {roles.length > 0 && (
        <Section title="Published">
          <ul className="plan-list">
            {roles.map(({ role, version, sha256, signedBy }) => (
              <li key={role} className="plan-row plan-role">
                <span className="mono plan-name truncate">
                  <Check className="icon plan-ok" size={15} aria-hidden /> {role}
                </span>
                <span className="muted numeric">v{version}</span>
                <span className="plan-what muted">
                  <Identifier value={sha256} />
                </span>
                <span className="muted truncate">
                  by {[...new Set(signedBy.map(({ owner }) => owner))].join(', ')}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {movedTags.length > 0 && (
        <Section title="Moved meanwhile">
          <ul className="plan-afterwards">
            {movedTags.map(({ tag, registry }) => (
              <li key={tag} data-tone="warn">
                <span>
                  {tag} points to {registry.slice(0, 12)}… in the registry by now. What you reviewed is what
                  was signed.
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Sheet>
  );
}
