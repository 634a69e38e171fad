/** Why a server or an image does not work: one check after the other, each with what to do. */
import { ShieldCheck, Stethoscope } from 'lucide-react';
import { useStore } from 'zustand';
import { stepNames } from '../../../shared/doctor-words.ts';
import type { DoctorStep } from '../../../shared/ipc/doctor.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckList } from '../../ui/check-list.tsx';
import { Field } from '../../ui/field.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Drawer } from '../../ui/sheet.tsx';
import { Fact, Facts } from '../../ui/surface.tsx';
import { stepLines } from './doctor-steps.ts';
import type { DoctorState, DoctorStore, Examination } from './doctor-store.ts';
import './doctor.css';

export function DoctorPanel({ store }: { readonly store: DoctorStore }) {
  const state = useStore(store);
  const { isOpen, close, target, setTarget, run, examination } = state;
  const isRunning = examination.kind === 'running';
  return (
    <Drawer
      isOpen={isOpen}
      onClose={close}
      title="Connection doctor"
      purpose="Finds where the way to a trust server breaks, and says what to do about it. Changes nothing."
    >
      <form
        className="doctor-form"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Field
          label="Image reference or server address"
          placeholder="registry.example.com/acme/app"
          value={target}
          onChange={setTarget}
          mono
          autoFocus
        />
        <Button
          type="submit"
          tone="primary"
          icon={Stethoscope}
          isDisabled={target.trim() === ''}
          isPending={isRunning}
        >
          {examination.kind === 'idle' || isRunning ? 'Examine' : 'Examine again'}
        </Button>
      </form>
      <Verdict examination={examination} />
      {state.trustError !== undefined && <Problem error={state.trustError} />}
      <Steps state={state} />
    </Drawer>
  );
}

function Verdict({ examination }: { readonly examination: Examination }) {
  if (examination.kind === 'failed') return <Problem error={examination.error} />;
  if (examination.kind !== 'ready') return null;
  return examination.report.healthy ? (
    <Banner tone="info" icon={ShieldCheck} title="Everything works." />
  ) : (
    <Banner tone="warn" title="Something is in the way.">
      See the step that is marked.
    </Banner>
  );
}

function Steps({ state: { examination, trustCa } }: { readonly state: DoctorState }) {
  if (examination.kind === 'idle' || examination.kind === 'failed') return null;
  const isRunning = examination.kind === 'running';
  const steps = isRunning ? examination.steps : examination.report.steps;
  return (
    <div aria-live="polite">
      <CheckList
        label={`Checks of ${examination.target}`}
        entries={stepLines(examination.target, steps, isRunning).map(({ id, state, step }, at) => ({
          id,
          title: stepNames[id],
          state,
          children: step !== undefined && !saysTheSame(step, steps[at - 1]) && (
            <StepText step={step} onTrust={trustCa} />
          ),
        }))}
      />
    </div>
  );
}

/** What was left out for the same reason as the step above needs no second sentence. */
function saysTheSame(step: DoctorStep, above: DoctorStep | undefined): boolean {
  return step.status === 'skipped' && above?.status === 'skipped' && above.found === step.found;
}

interface StepTextProps {
  readonly step: DoctorStep;
  readonly onTrust: (server: string, sha256: string) => Promise<void>;
}

function StepText({ step: { found, fix, unknownCa }, onTrust }: StepTextProps) {
  return (
    <>
      <p className="muted selectable">{found}</p>
      {fix !== undefined && <p className="doctor-fix selectable">{fix}</p>}
      {unknownCa !== undefined && <UnknownCa ca={unknownCa} onTrust={onTrust} />}
    </>
  );
}

interface UnknownCaProps {
  readonly ca: NonNullable<DoctorStep['unknownCa']>;
  readonly onTrust: (server: string, sha256: string) => Promise<void>;
}

/** SECURITY: what is trusted is the certificate with exactly this fingerprint, for this server alone. */
function UnknownCa({ ca: { server, sha256, subject, issuer }, onTrust }: UnknownCaProps) {
  return (
    <section className="doctor-ca" aria-label="Unknown certificate authority">
      <Facts>
        <Fact name="Server">
          <span className="mono">{server}</span>
        </Fact>
        <Fact name="Certificate">{subject}</Fact>
        {issuer !== subject && <Fact name="Issued by">{issuer}</Fact>}
        <Fact name="SHA-256">
          <Fingerprint sha256={sha256} />
        </Fact>
      </Facts>
      <p className="muted">Compare this fingerprint with the operator of the server before you trust it.</p>
      <div>
        <Button size="small" icon={ShieldCheck} onPress={() => void onTrust(server, sha256)}>
          Trust this CA for this server…
        </Button>
      </div>
    </section>
  );
}
