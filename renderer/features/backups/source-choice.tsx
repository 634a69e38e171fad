/** Which backup to open: one on a drive that is plugged in, or any file. */
import { FileArchive, HardDrive, Usb } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { CopyView, DestinationView, Found, RestoreSource, Source } from '../../../shared/ipc/backups.ts';
import { Pick, PickGroup } from './pick.tsx';

/** What is chosen: `file`, `picture`, `sheet`, or the ID of a known copy or of a backup that was found on a drive. */
export type Chosen = string;

interface SourceChoiceProps {
  readonly calls: Bridge['backups'];
  /** Drives that are there: looked into again when they change. */
  readonly destinations: readonly DestinationView[];
  /** Known copies, where they can be chosen here too. */
  readonly copies?: readonly CopyView[];
  readonly value: Chosen;
  readonly onChange: (value: Chosen) => void;
  /** Also a recovery sheet. */
  readonly offersSheet: boolean;
}

export function SourceChoice(props: SourceChoiceProps) {
  const { calls, destinations, copies = [], value, onChange, offersSheet } = props;
  const found = useFound(calls, destinations);
  const unknown = found.filter(
    ({ name, label }) => !copies.some((copy) => copy.name === name && copy.place.label === label),
  );
  return (
    <>
      <PickGroup label="Where it is" isHidden>
        {copies.map(({ id, name, place }) => (
          <Pick
            key={id}
            name="source"
            type="radio"
            title={<PlaceTitle isDrive={place.kind === 'drive'} label={place.label} />}
            isOn={value === id}
            onChange={() => onChange(id)}
          >
            <span className="mono">{name}</span>
          </Pick>
        ))}
        {unknown.map(({ id, name, label }) => (
          <Pick
            key={`${label} ${name}`}
            name="source"
            type="radio"
            title={<PlaceTitle isDrive label={label} />}
            isOn={value === id}
            onChange={() => onChange(id)}
          >
            <span className="mono">{name}</span>
          </Pick>
        ))}
        <Pick
          name="source"
          type="radio"
          title={
            <span className="place-title">
              <FileArchive className="icon" size={15} aria-hidden />A file
            </span>
          }
          isOn={value === 'file'}
          onChange={() => onChange('file')}
        >
          A backup of Trustdesk, any age file around a tar of a trust directory, or docker’s
          private_keys_backup.tar.gz.
        </Pick>
        {offersSheet && (
          <>
            <Pick
              name="source"
              type="radio"
              title="A picture of a recovery sheet"
              isOn={value === 'picture'}
              onChange={() => onChange('picture')}
            >
              A photograph or scan of its QR code, JPEG or PNG. Several for a key of several parts.
            </Pick>
            <Pick
              name="source"
              type="radio"
              title="The text of a recovery sheet"
              isOn={value === 'sheet'}
              onChange={() => onChange('sheet')}
            >
              What a reader of QR codes gives, or what is printed beside the code.
            </Pick>
          </>
        )}
      </PickGroup>
      <p className="muted" role="status">
        Backups on a drive appear here as soon as it is plugged in.
      </p>
    </>
  );
}

function PlaceTitle({ isDrive, label }: { readonly isDrive: boolean; readonly label: string }) {
  const Icon = isDrive ? Usb : HardDrive;
  return (
    <span className="place-title">
      <Icon className="icon" size={15} aria-hidden />
      <strong>{label}</strong>
    </span>
  );
}

/** A file that main asks for, or one that was found on a drive. */
export function fileSourceOf(chosen: Chosen): Source {
  return chosen === 'file' ? { from: 'chosen' } : { from: 'found', id: chosen };
}

/** Those, the known copy, or the text or pictures of a recovery sheet. */
export function sourceOf(chosen: Chosen, copy: CopyView | undefined): RestoreSource {
  if (copy !== undefined) return { from: 'copy', id: copy.id };
  return chosen === 'sheet' || chosen === 'picture' ? { from: chosen } : fileSourceOf(chosen);
}

/** The button that goes on to main's question, or to the work itself. */
export const openTitles: Readonly<Partial<Record<RestoreSource['from'], string>>> = {
  picture: 'Choose pictures…',
  sheet: 'Enter the text…',
};

function useFound(calls: Bridge['backups'], destinations: readonly DestinationView[]): readonly Found[] {
  const [found, setFound] = useState<readonly Found[]>([]);
  const drives = destinations
    .filter(({ kind }) => kind === 'drive')
    .map(({ id, where }) => `${id} ${where}`)
    .join('\n');
  useEffect(() => {
    let isCurrent = true;
    void calls.found().then((list) => {
      if (isCurrent) setFound(list);
    });
    return () => {
      isCurrent = false;
    };
  }, [calls, drives]);
  return found;
}

interface OpenerChoiceProps {
  readonly withShares: boolean;
  readonly onChange: (withShares: boolean) => void;
}

/** The passphrase itself, or shares of it. */
export function OpenerChoice({ withShares, onChange }: OpenerChoiceProps) {
  return (
    <PickGroup label="Opened with">
      <Pick
        name="opener"
        type="radio"
        title="Its passphrase"
        isOn={!withShares}
        onChange={() => onChange(false)}
      >
        Or your age key, or nothing, as the file asks for it.
      </Pick>
      <Pick
        name="opener"
        type="radio"
        title="Shares of its passphrase"
        isOn={withShares}
        onChange={() => onChange(true)}
      >
        Asked for one after the other, until there are enough.
      </Pick>
    </PickGroup>
  );
}
