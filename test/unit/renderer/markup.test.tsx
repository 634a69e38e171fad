/** What assistive technology gets from the parts that carry meaning: rendered without a browser. */
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { RegistryCell } from '../../../renderer/features/repository/registry-cell.tsx';
import { Banner } from '../../../renderer/ui/banner.tsx';
import { CheckList } from '../../../renderer/ui/check-list.tsx';
import { CodeView } from '../../../renderer/ui/code-view.tsx';
import { DataGrid } from '../../../renderer/ui/data-grid.tsx';
import { Fingerprint } from '../../../renderer/ui/fingerprint.tsx';
import { Identifier } from '../../../renderer/ui/identifier.tsx';
import { Problem } from '../../../renderer/ui/problem.tsx';
import { Progress } from '../../../renderer/ui/progress.tsx';
import { RepoAdminChip, SignerChip, SignerChips } from '../../../renderer/ui/signer-chip.tsx';
import { Status } from '../../../renderer/ui/status.tsx';
import { Table } from '../../../renderer/ui/table.tsx';
import { Toasts } from '../../../renderer/ui/toast.tsx';
import { StepBar } from '../../../renderer/ui/wizard.tsx';
import { hex } from '../../fakes/trust-data.ts';

const html = (element: ReactElement): string => renderToStaticMarkup(element);
/** What is read: without the tags, and without what is hidden from assistive technology. */
const text = (element: ReactElement): string =>
  html(element)
    .replace(/<svg[^>]*>.*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, '');

describe('never colour alone', () => {
  test.each<[what: string, element: ReactElement, word: string]>([
    ['a signer', <SignerChip name="jeff" />, 'jeff'],
    ['the repository key', <RepoAdminChip />, 'Repo Admin'],
    ['a state', <Status tone="bad">Failed</Status>, 'Failed'],
    ['same', <RegistryCell state={{ kind: 'same' }} />, 'Same'],
    ['different', <RegistryCell state={{ kind: 'different', digest: hex('x') }} />, 'Different'],
    ['not there', <RegistryCell state={{ kind: 'absent' }} />, 'Not there'],
    ['not asked', <RegistryCell state={undefined} />, 'Not asked yet'],
  ])('%s is a word', (_, element, word) => {
    expect(text(element)).toBe(word);
  });

  test('more signers than a cell has room for are counted', () => {
    const names = Array.from({ length: 100 }, (_, at) => `signer${at}`);
    expect(text(<SignerChips names={names} />)).toBe('signer0signer1+98 more');
    expect(html(<SignerChips names={names} />)).toContain('signer99"');
    expect(text(<SignerChips names={['a', 'b', 'c']} />)).toBe('abc');
  });

  test('an unknown registry says why in its hint', () => {
    const error = { code: 'registry/error', details: { registry: 'r.example', status: 503 } };
    expect(html(<RegistryCell state={{ kind: 'unknown', error }} />)).toContain(
      'r.example answered with status 503',
    );
  });

  test('a check says its state before its name', () => {
    const list = (
      <CheckList
        label="Checks"
        entries={[
          { id: 'a', title: 'Name resolution', state: 'ok' },
          { id: 'b', title: 'Encryption', state: 'failed' },
          { id: 'c', title: 'Access', state: 'waiting' },
        ]}
      />
    );
    expect(text(list)).toBe('good: Name resolutionfailed: Encryptionnot yet: Access');
  });
});

describe('what must be heard', () => {
  test.each<[tone: 'info' | 'warn' | 'bad', role: string]>([
    ['info', 'status'],
    ['warn', 'status'],
    ['bad', 'alert'],
  ])('a banner of tone %s has the role %s', (tone, role) => {
    expect(html(<Banner tone={tone} title="T" />)).toContain(`role="${role}"`);
  });

  test('a problem names what is wrong and what to do', () => {
    const said = text(<Problem error={{ code: 'network/dns', details: { host: 'nowhere.example' } }} />);
    expect(said).toMatch(/nowhere\.example.*Check/);
  });

  test('the live region is there before it has anything to say', () => {
    expect(html(<Toasts entries={[]} />)).toMatch(/role="status" aria-live="polite"/);
  });
});

describe('values are whole', () => {
  test('an ID that is cut to the eye is not cut to the ear or the clipboard', () => {
    const id = hex('key');
    expect(text(<Identifier value={id} />)).toBe(id);
    expect(html(<Identifier value={id} />)).toContain(`title="${id}"`);
  });

  test('a fingerprint keeps every digit, in groups of four', () => {
    const fingerprint = html(<Fingerprint sha256={hex('ca')} />);
    expect(fingerprint.replace(/<[^>]+>/g, '')).toBe(hex('ca'));
    expect(fingerprint.match(/<span>[0-9a-f]{4}<\/span>/g)).toHaveLength(16);
  });

  test('text from a server is text', () => {
    const name = '<img src=x onerror=alert(1)>';
    expect(html(<SignerChip name={name} />)).not.toContain('<img');
  });
});

describe('roles', () => {
  test('a grid knows of all its rows and draws a few', () => {
    const grid = html(
      <DataGrid
        label="Signed tags"
        className="x"
        columns={[{ id: 'tag', title: 'Tag', isRowHeader: true, render: (row) => `tag ${row}` }]}
        count={75_000}
        active={3}
        onActive={() => undefined}
      />,
    );
    expect(grid).toMatch(/role="grid" tabindex="0" aria-label="Signed tags" aria-rowcount="75001"/);
    expect(grid).toMatch(/aria-activedescendant="[^"]+-3"/);
    expect(grid).toMatch(/aria-rowindex="5" aria-selected="true"/);
    expect(grid.match(/role="rowheader"/g)!.length).toBeLessThan(60);
  });

  test('an active row that is not drawn is not named', () => {
    const grid = html(
      <DataGrid
        label="g"
        className="x"
        columns={[]}
        count={75_000}
        active={60_000}
        onActive={() => undefined}
      />,
    );
    expect(grid).not.toContain('aria-activedescendant');
  });

  test('columns of buttons have a heading for the ear', () => {
    const table = (
      <Table label="Files" heads={['Role', { title: 'Show', isHidden: true }]}>
        {null}
      </Table>
    );
    expect(html(table)).toMatch(/<th scope="col"[^>]*><span class="visually-hidden">Show<\/span><\/th>/);
  });

  test.each<[what: string, element: ReactElement, expected: RegExp]>([
    ['progress', <Progress label="Refreshing" done={3} total={9} />, /aria-valuemax="9" aria-valuenow="3"/],
    ['steps', <StepBar label="Backup" steps={6} current={3} />, /aria-valuetext="Step 4 of 6"/],
    [
      'code',
      <CodeView label="root.json" lines={['{', '}']} />,
      /role="region" aria-label="root.json" tabindex="0"/,
    ],
  ])('%s', (_, element, expected) => {
    expect(html(element)).toMatch(expected);
  });
});
