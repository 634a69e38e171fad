/** First step: which keys go into the backup, and what goes along. */
import type { KeyBackupView, Overview } from '../../../shared/ipc/backups.ts';
import { leftOutFix, leftOutText } from '../../../shared/left-out-words.ts';
import { countOf } from '../../copy/sizes.ts';
import { Banner } from '../../ui/banner.tsx';
import { Section } from '../../ui/surface.tsx';
import { keyTitle, lossText } from './backup-words.ts';
import { chosenKeys, repositoriesOf } from './key-choice.ts';
import { Pick, PickGroup } from './pick.tsx';
import type { WizardState } from './wizard-store.ts';

interface StepProps {
  readonly state: WizardState;
  readonly overview: Overview;
}

export function StepWhat({ state, overview }: StepProps) {
  const { what, guns, withMetadata, withSettings, change } = state;
  const roots = chosenKeys(overview, 'root', guns).length;
  const all = overview.keys.length;
  const repositories = repositoriesOf(overview);
  const keys = chosenKeys(overview, what, guns);
  return (
    <>
      <PickGroup label="Keys" isHidden>
        <Pick
          name="what"
          type="radio"
          title={rootsTitle(roots)}
          isOn={what === 'root'}
          isDisabled={roots === 0}
          onChange={() => change({ what: 'root' })}
        >
          {roots === 0
            ? 'There is no root key on this computer.'
            : 'What nothing replaces. Best kept apart, and taken offline afterwards.'}
        </Pick>
        <Pick
          name="what"
          type="radio"
          title={`Every key on this computer (${all})`}
          isOn={what === 'all'}
          isDisabled={all === 0}
          onChange={() => change({ what: 'all' })}
        >
          To set up another computer exactly like this one.
        </Pick>
        <Pick
          name="what"
          type="radio"
          title="The keys of some repositories"
          isOn={what === 'repositories'}
          isDisabled={repositories.length === 0}
          onChange={() => change({ what: 'repositories' })}
        >
          {repositories.length === 0
            ? 'No repository is known here yet.'
            : 'To hand them over, or to keep them apart.'}
        </Pick>
      </PickGroup>
      {what === 'repositories' && <Repositories all={repositories} state={state} />}
      <LeftOut overview={overview} />
      <Chosen keys={keys} />
      <PickGroup label="Along with them">
        <Pick
          name="metadata"
          type="checkbox"
          title="Trust metadata and staged changes"
          isOn={withMetadata}
          onChange={() => change({ withMetadata: !withMetadata })}
        >
          What is signed, as it is known here. It can be read from the trust servers again.
        </Pick>
        <Pick
          name="settings"
          type="checkbox"
          title="Settings of Trustdesk"
          isOn={withSettings}
          onChange={() => change({ withSettings: !withSettings })}
        >
          Trust servers, their authorities, the list of repositories.
        </Pick>
      </PickGroup>
    </>
  );
}

function rootsTitle(roots: number): string {
  if (roots === 0) return 'Root keys alone';
  return roots === 1 ? 'The root key alone' : `The ${String(roots)} root keys alone`;
}

function Repositories({ all, state }: { readonly all: readonly string[]; readonly state: WizardState }) {
  return (
    <PickGroup label="Repositories">
      <div className="pick-scroll">
        {all.map((gun) => (
          <label key={gun} className="tick-row">
            <input type="checkbox" checked={state.guns.has(gun)} onChange={() => state.toggleGun(gun)} />
            <span className="mono truncate" title={gun}>
              {gun}
            </span>
          </label>
        ))}
      </div>
    </PickGroup>
  );
}

/** A copy without them is not what was asked for, whichever keys were: whose they are is not known. */
function LeftOut({ overview: { unreadable } }: Pick<StepProps, 'overview'>) {
  if (unreadable.length === 0) return null;
  return (
    // A banner alone would be squeezed where the sheet has to scroll.
    <div>
      <Banner
        tone="warn"
        title={`${countOf(unreadable.length, 'file')} in the key store cannot be read as a key, and ${unreadable.length === 1 ? 'is' : 'are'} left out.`}
      >
        {unreadable.map(({ file, reason }) => (
          <span key={file} className="left-out">
            {leftOutText(file, 'backup', reason)}
          </span>
        ))}
        <span className="left-out">{leftOutFix}, and begin again.</span>
      </Banner>
    </div>
  );
}

/** What is in, and what it would mean to lose it. */
function Chosen({ keys }: { readonly keys: readonly KeyBackupView[] }) {
  const losses = lossText(keys);
  if (keys.length === 0) return <p className="muted">No key is chosen yet.</p>;
  return (
    <>
      <Section title={`${countOf(keys.length, 'key')} in this backup`}>
        <ul className="key-lines">
          {keys.map(({ id, role, gun }) => (
            <li key={id} className="key-line">
              <strong>{keyTitle(role)}</strong>
              <span className="muted truncate">{gun}</span>
              <span className="mono muted" title={id}>
                {id.slice(0, 12)}
              </span>
            </li>
          ))}
        </ul>
      </Section>
      {losses.length > 0 && (
        <Section title="If all copies were lost">
          {losses.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Section>
      )}
    </>
  );
}
