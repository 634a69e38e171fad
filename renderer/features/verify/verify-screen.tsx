/** Which images are signed: references that are typed, and those in files that are dropped here; pinned to their digests. */
import { FileSearch, FileUp, ScanSearch, X } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { countOf } from '../../copy/sizes.ts';
import { visibleText } from '../../copy/visible-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Empty, PageBody, PageHead } from '../../ui/surface.tsx';
import { PinnedSheet } from './pinned-sheet.tsx';
import { VerifyResults } from './verify-results.tsx';
import { textsOf, type VerifyStore } from './verify-store.ts';
import './verify.css';

export interface VerifyScreenProps {
  readonly store: VerifyStore;
  readonly onSaved: () => void;
  readonly onOpenRepository: (gun: string) => void;
}

export function VerifyScreen(props: VerifyScreenProps) {
  const { store } = props;
  const { looking, tooLarge, addFiles, stop } = useStore(store);
  const [isOver, setOver] = useState(false);
  return (
    <div
      className="verify-page"
      data-over={isOver}
      {...dropHandlers(setOver, (files) => void addFiles(files))}
    >
      <PageHead title="Verify" facts={<span>Which images are signed, by whom, with which digest</span>} />
      <PageBody>
        <Asking store={store} />
        {tooLarge.length > 0 && (
          <Banner tone="warn" title={`${visibleText(tooLarge.join(', '))} was not taken.`}>
            Text of up to 64 KB is looked at, in up to 19 files. For more there is trustdesk pin on the
            command line.
          </Banner>
        )}
        {looking.kind === 'failed' && <Problem error={looking.error} />}
        {looking.kind === 'running' && (
          <div className="verify-running" role="status">
            <Progress label="Repositories asked for" done={looking.done} total={looking.total} />
            <span className="muted">
              {looking.total === 0
                ? 'Reading'
                : `${String(looking.done)} of ${countOf(looking.total, 'repository', 'repositories')} asked for`}
            </span>
            <Button size="small" onPress={stop}>
              Cancel
            </Button>
          </div>
        )}
        {looking.kind === 'idle' && (
          <Empty icon={ScanSearch} title="Nothing looked up yet">
            Type image references, or drop a Dockerfile, a compose file or a list. Each image is shown with
            its signed digest and signers, or the reason why not. Nothing is downloaded but trust data.
          </Empty>
        )}
        {looking.kind === 'ready' && <VerifyResults {...props} report={looking.report} />}
      </PageBody>
      <PinnedSheet store={store} onSaved={props.onSaved} />
    </div>
  );
}

/** Files are read here as text, and go on as text. */
function dropHandlers(setOver: (isOver: boolean) => void, onFiles: (files: readonly File[]) => void) {
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    onDragOver: (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent): void => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      onFiles([...event.dataTransfer.files]);
    },
  };
}

function Asking({ store }: Pick<VerifyScreenProps, 'store'>) {
  const { typed, files, looking, setTyped, addFiles, removeFile, check } = useStore(store);
  const input = useRef<HTMLInputElement>(null);
  return (
    <section className="verify-asking" aria-label="What to look up">
      <Field
        label="Image references"
        placeholder="registry.example.com/acme/app:1.0"
        description="One per line. A digest is compared with what is signed."
        value={typed}
        onChange={setTyped}
        lines={3}
        mono
      />
      <div className="verify-files">
        <div className="verify-drop">
          <FileUp className="icon" size={18} aria-hidden />
          <span className="muted">Or drop files here</span>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            aria-label="Files to look through"
            onChange={(event) => {
              void addFiles([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
          <Button icon={FileSearch} onPress={() => input.current?.click()}>
            Choose files…
          </Button>
        </div>
        {files.length > 0 && (
          <ul className="verify-names" aria-label="Files">
            {files.map(({ name }) => (
              <li key={name} className="verify-name">
                <span className="mono truncate" title={name}>
                  {visibleText(name)}
                </span>
                <IconButton icon={X} label={`Leave out ${name}`} onPress={() => removeFile(name)} />
              </li>
            ))}
          </ul>
        )}
        <Button
          tone="primary"
          icon={ScanSearch}
          isDisabled={textsOf({ typed, files }).length === 0}
          isPending={looking.kind === 'running'}
          onPress={() => void check()}
        >
          Look up
        </Button>
      </div>
    </section>
  );
}
