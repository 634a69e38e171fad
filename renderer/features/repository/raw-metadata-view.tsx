/** One metadata file as JSON: indented for reading, or as it was received. */
import { useMemo, useState } from 'react';
import { copiedAtOnce } from '../../../shared/ipc/app.ts';
import { countText } from '../../copy/sizes.ts';
import { CodeView } from '../../ui/code-view.tsx';
import { CopyButton } from '../../ui/clipboard.tsx';
import { ProblemText } from '../../ui/problem.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Waiting } from '../../ui/surface.tsx';
import type { RawMetadata, RawView } from './repository-store.ts';
import { indentJson, receivedLines } from './raw-lines.ts';

export function RawMetadataView({ raw: { role, version, content } }: { readonly raw: RawView }) {
  const name = version === undefined ? `${role}.json` : `${version}.${role}.json`;
  return (
    <aside className="detail raw" aria-label={name}>
      {content.kind === 'ready' ? (
        <Content name={name} file={content.value} />
      ) : content.kind === 'failed' ? (
        <ProblemText error={content.error} />
      ) : (
        <Waiting>Reading {name}</Waiting>
      )}
    </aside>
  );
}

type Form = 'indented' | 'received';

function Content({ name, file: { text, bytes } }: { readonly name: string; readonly file: RawMetadata }) {
  const [form, setForm] = useState<Form>('indented');
  const lines = useMemo(() => (form === 'indented' ? indentJson(text) : receivedLines(text)), [form, text]);
  return (
    <>
      <div className="detail-line">
        <h2 className="mono detail-title truncate" title={name}>
          {name}
        </h2>
        {text.length <= copiedAtOnce && (
          <CopyButton text={text} what={name}>
            Copy
          </CopyButton>
        )}
      </div>
      <div className="detail-line">
        <Segmented<Form>
          label="How to show it"
          value={form}
          onChange={setForm}
          segments={[
            { id: 'indented', label: 'Indented' },
            { id: 'received', label: 'As received' },
          ]}
        />
        <span className="muted">{countText(bytes)} bytes</span>
      </div>
      <CodeView label={`Content of ${name}`} lines={lines} />
    </>
  );
}
