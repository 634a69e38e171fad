/** CHANGES, SIGNED BY and AFTERWARDS of a plan. Shows only; a plan cannot be altered here. */
import { TriangleAlert, CircleAlert, FileKey2, Send, Sparkles, Usb } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { PlanLineView, PlanView } from '../../../shared/ipc/plans.ts';
import { dayText } from '../../copy/times.ts';
import { Identifier } from '../../ui/identifier.tsx';
import { Pill } from '../../ui/status.tsx';
import { Section } from '../../ui/surface.tsx';
import { summariseAfterwards } from './plan-words.ts';

const mostShown = 200;

export function Changes({ plan: { lines, roles } }: { readonly plan: Pick<PlanView, 'lines' | 'roles'> }) {
  return (
    <Section title="Changes">
      {/* What does not fit is scrolled to with the keyboard, too. */}
      <ul className="plan-list plan-scroll" tabIndex={0} aria-label="Changes">
        {lines.slice(0, mostShown).map((line) => (
          <Line key={JSON.stringify(line)} line={line} roles={roles} />
        ))}
        {lines.length > mostShown && (
          <li className="plan-row muted">and {lines.length - mostShown} more of the same kinds</li>
        )}
      </ul>
    </Section>
  );
}

type Sign = '+' | '~' | '−' | '=';
const signWords: Readonly<Record<Sign, string>> = {
  '+': 'added',
  '~': 'changed',
  '−': 'removed',
  '=': 'signed again',
};

function Row({
  sign,
  name,
  children,
}: {
  readonly sign: Sign;
  readonly name: string;
  readonly children?: ReactNode;
}) {
  return (
    <li className="plan-row" data-sign={sign}>
      <span className="plan-sign mono" aria-hidden>
        {sign}
      </span>
      <span className="visually-hidden">{signWords[sign]}</span>
      <span className="mono plan-name truncate" title={name}>
        {name}
      </span>
      <span className="plan-what muted">{children}</span>
    </li>
  );
}

interface LineProps {
  readonly line: PlanLineView;
  readonly roles: PlanView['roles'];
}

function Line({ line, roles }: LineProps) {
  switch (line.kind) {
    case 'tag-added':
      return (
        <Row sign="+" name={line.tag}>
          <Identifier value={line.digest} />
        </Row>
      );
    case 'tag-changed':
      return (
        <Row sign="~" name={line.tag}>
          <Identifier value={line.from} /> <span aria-label="to">→</span> <Identifier value={line.to} />
        </Row>
      );
    case 'tag-signed-again':
      return (
        <Row sign="=" name={line.tag}>
          <Identifier value={line.digest} />
        </Row>
      );
    case 'tag-removed':
      return (
        <Row sign="−" name={line.tag}>
          <Identifier value={line.digest} />
        </Row>
      );
    case 'delegation-added':
      return (
        <Row sign="+" name={line.role}>
          {keysText(line.keyIds)}
          {line.paths.includes('') ? '' : `, paths ${pathsText(line.paths)}`}
        </Row>
      );
    case 'delegation-removed':
      return (
        <Row sign="−" name={line.role}>
          {keysText(line.keyIds)}
        </Row>
      );
    case 'key-added':
    case 'key-removed':
      return (
        <Row sign={line.kind === 'key-added' ? '+' : '−'} name={line.role}>
          key <Identifier value={line.keyId} />
        </Row>
      );
    case 'paths-changed':
      return (
        <Row sign="~" name={line.role}>
          paths {pathsText(line.from)} → {pathsText(line.to)}
        </Row>
      );
    case 'base-keys-replaced':
      return (
        <Row sign="~" name={line.role}>
          <ReplacedKeys from={line.from} to={line.to} />
        </Row>
      );
    case 'signed-again':
      return (
        <Row sign="=" name={line.role}>
          signed again as it is{untilText(line.role, roles)}
        </Row>
      );
    case 'repository-created':
      return (
        <Row sign="+" name={line.gun}>
          a new repository
        </Row>
      );
    case 'repository-deleted':
      return (
        <Row sign="−" name={line.gun}>
          all its trust data
        </Row>
      );
  }
}

/** What signing again is for. */
function untilText(role: string, roles: PlanView['roles']): string {
  const expires = roles.find((planned) => planned.role === role)?.expires;
  return expires === undefined ? '' : `, good until ${dayText(Date.parse(expires))}`;
}

interface ReplacedKeysProps {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

function ReplacedKeys({ from, to }: ReplacedKeysProps) {
  if (from.join() === to.join())
    return (
      <>
        key <Identifiers ids={from} /> gets a new certificate
      </>
    );
  return (
    <>
      key <Identifiers ids={from} /> <span aria-label="to">→</span> <Identifiers ids={to} />
    </>
  );
}

function Identifiers({ ids }: { readonly ids: readonly string[] }) {
  return ids.map((id) => (
    <Fragment key={id}>
      {isKeyId(id) ? <Identifier value={id} /> : <span className="plan-new-key">{newKeyName(id)}</span>}{' '}
    </Fragment>
  ));
}

/** Keys that are made when the plan is carried out have names until then. */
const isKeyId = (id: string): boolean => /^[0-9a-f]{64}$/.test(id);
const newKeyName = (name: string): string =>
  name === 'new-server-key' ? 'a new key of the server' : 'a new key';

function keysText(ids: readonly string[]): string {
  if (ids.length === 0) return 'without a key';
  const [id = '', ...others] = ids;
  if (others.length === 0 && !isKeyId(id)) return newKeyName(id);
  return `${others.length === 0 ? 'key' : 'keys'} ${ids.map((one) => (isKeyId(one) ? one.slice(0, 12) : newKeyName(one))).join(', ')}`;
}

function pathsText(paths: readonly string[]): string {
  return paths.length === 0 ? 'none' : paths.map((path) => (path === '' ? 'all' : `“${path}”`)).join(', ');
}

const places = {
  file: { icon: FileKey2, text: 'This computer' },
  yubikey: { icon: Usb, text: 'YubiKey' },
  new: { icon: Sparkles, text: 'New key' },
  elsewhere: { icon: Send, text: 'Not here' },
} as const;

export function SignedBy({ plan: { roles } }: { readonly plan: PlanView }) {
  if (roles.length === 0) return null;
  return (
    <Section title="Signed by">
      <ul className="plan-list">
        {roles.flatMap(({ role, fromVersion, toVersion, signatures }) =>
          signatures.map(({ keyId, owner, place }, at) => (
            <li key={`${role} ${keyId} ${at}`} className="plan-row plan-role">
              <span className="mono plan-name truncate">{role}</span>
              <span className="muted numeric">
                {fromVersion === 0 ? '' : `v${fromVersion} → `}v{toVersion}
              </span>
              <span className="plan-what">
                {owner}{' '}
                {place.kind !== 'new' && (
                  <span className="mono muted" title={keyId}>
                    {keyId.slice(0, 12)}
                  </span>
                )}
              </span>
              <Pill icon={places[place.kind].icon}>
                {places[place.kind].text}
                {place.kind === 'yubikey' ? ` ${place.serial}` : ''}
              </Pill>
            </li>
          )),
        )}
      </ul>
    </Section>
  );
}

export function Afterwards({ plan }: { readonly plan: PlanView }) {
  const { shown, more } = summariseAfterwards(plan, 8);
  if (shown.length === 0) return null;
  return (
    <Section title="Afterwards">
      <ul className="plan-afterwards">
        {shown.map(({ tone, text }) => (
          <li key={text} data-tone={tone}>
            {tone === 'warn' && <TriangleAlert className="icon" size={15} aria-hidden />}
            {tone === 'bad' && <CircleAlert className="icon" size={15} aria-hidden />}
            <span>{text}</span>
          </li>
        ))}
        {more > 0 && <li className="muted">and {more} more.</li>}
      </ul>
    </Section>
  );
}
