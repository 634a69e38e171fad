/** The copies that are known: where, what is in them, and whether they were proven. */
import {
  FileText,
  HardDrive,
  MoreHorizontal,
  RotateCcw,
  ShieldCheck,
  Split,
  Trash2,
  Usb,
} from 'lucide-react';
import type { CopyView } from '../../../shared/ipc/backups.ts';
import { sizeText } from '../../copy/sizes.ts';
import { dayText } from '../../copy/times.ts';
import { ActionMenu, type MenuAct } from '../../ui/action-menu.tsx';
import { Button } from '../../ui/button.tsx';
import { Status } from '../../ui/status.tsx';
import { Panel, Section } from '../../ui/surface.tsx';
import { Table } from '../../ui/table.tsx';
import { contentsText, keyTitle, proofWords } from './backup-words.ts';
import type { BackupsState } from './backups-store.ts';

interface CopiesProps {
  readonly state: BackupsState;
  readonly copies: readonly CopyView[];
  readonly hasKeys: boolean;
}

export function Copies({ state, copies, hasKeys }: CopiesProps) {
  return (
    <Section title="Copies">
      {copies.length === 0 ? (
        <p className="muted">
          {hasKeys
            ? 'None yet. Back up to two drives, prove both, and keep them in different buildings.'
            : 'None are known here.'}
        </p>
      ) : (
        <Panel>
          <Table
            label="Copies"
            heads={['Where', 'What is in it', 'Written', 'Proof', { title: 'Acts', isHidden: true }]}
          >
            {copies.map((copy) => (
              <Row key={copy.id} copy={copy} state={state} />
            ))}
          </Table>
        </Panel>
      )}
    </Section>
  );
}

function Row({ copy, state }: { readonly copy: CopyView; readonly state: BackupsState }) {
  const { place, name, keys, created, size, seal } = copy;
  const Icon = place.kind === 'drive' ? Usb : HardDrive;
  const { tone, text } = proofWords(copy);
  return (
    <tr>
      <td className="copy-where">
        <span className="copy-place">
          <Icon className="icon muted" size={15} aria-label={place.kind === 'drive' ? 'Drive' : 'Folder'} />
          <strong className="truncate selectable" title={place.label}>
            {place.label}
          </strong>
        </span>
        <span className="mono muted truncate selectable copy-name" title={name}>
          {name}
        </span>
      </td>
      <td>
        <span title={keys.map(({ role, id }) => `${keyTitle(role)} ${id}`).join('\n')}>
          {contentsText(keys)}
        </span>
        {seal === 'plain' && <div className="muted">No passphrase of its own</div>}
      </td>
      <td className="numeric copy-written">
        {dayText(created)}
        <div className="muted">{sizeText(size)}</div>
      </td>
      <td className="copy-proof">
        <Status tone={tone}>{text}</Status>
      </td>
      <td className="copy-acts">
        <span className="copy-buttons">
          <Button size="small" onPress={() => state.show({ kind: 'check', copy: copy.id })}>
            Check…
          </Button>
          <ActionMenu
            label={`More about the copy on ${place.label}`}
            icon={MoreHorizontal}
            acts={actsOf(copy, state)}
          />
        </span>
      </td>
    </tr>
  );
}

function actsOf({ id, seal }: CopyView, { show, forgetCopy }: BackupsState): readonly MenuAct[] {
  return [
    { id: 'check', label: 'Check…', icon: ShieldCheck, run: () => show({ kind: 'check', copy: id }) },
    {
      id: 'restore',
      label: 'Restore from it…',
      icon: RotateCcw,
      run: () => show({ kind: 'restore', copy: id }),
    },
    {
      id: 'sheet',
      label: 'Recovery sheet of it…',
      icon: FileText,
      run: () => show({ kind: 'sheet', copy: id }),
    },
    ...(seal === 'passphrase'
      ? [
          {
            id: 'shares',
            label: 'Split its passphrase…',
            icon: Split,
            run: () => show({ kind: 'shares', copy: id }),
          },
        ]
      : []),
    {
      id: 'forget',
      label: 'Forget this copy…',
      icon: Trash2,
      isDestructive: true,
      run: () => void forgetCopy(id),
    },
  ];
}
