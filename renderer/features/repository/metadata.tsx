/** The files that trust is made of: versions, expiry, signatures, bytes as received; and the chain of roots. */
import { Braces } from 'lucide-react';
import type { z } from 'zod/mini';
import { useStore } from 'zustand';
import type { RepositoryDetail, roleMetadata } from '../../../shared/ipc/repositories.ts';
import { countOf, sizeText } from '../../copy/sizes.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import { Button } from '../../ui/button.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { Panel, Section } from '../../ui/surface.tsx';
import { Table, type TableHead } from '../../ui/table.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RawMetadataView } from './raw-metadata-view.tsx';
import type { RepositoryStore } from './repository-store.ts';

type RoleMetadata = z.infer<typeof roleMetadata>;

/** Left out while a file is open beside the list. */
const spare = (title: string): TableHead => ({ title, className: 'spare' });
const show: TableHead = { title: 'Show', isHidden: true };

interface MetadataProps {
  readonly detail: RepositoryDetail;
  readonly store: RepositoryStore;
}

export function Metadata({ detail: { metadata, rootChain }, store }: MetadataProps) {
  const raw = useStore(store, (state) => state.raw);
  const { showRaw } = store.getState();
  return (
    <div className={raw === undefined ? 'pane-scroll' : 'split'}>
      <div className="metadata-lists">
        <Panel>
          <Table
            label="Metadata files"
            heads={['Role', 'Version', 'Expires', spare('Signatures'), spare('Size'), spare('SHA-256'), show]}
          >
            {metadata.map((file) => (
              <tr key={file.role} data-active={raw?.role === file.role && raw.version === undefined}>
                <td className="mono selectable">{file.role}</td>
                <td className="numeric">{file.version}</td>
                <td>
                  <Expiry at={file.expiresAt} isRenewedByServer={file.role === 'timestamp'} />
                </td>
                <td className="spare">
                  <Signatures file={file} />
                </td>
                <td className="numeric spare">{sizeText(file.bytes)}</td>
                <td className="hash-cell spare">
                  <Identifier value={file.sha256} />
                </td>
                <td className="table-act">
                  <ShowButton label={`Raw ${file.role}.json`} onPress={() => void showRaw(file.role)} />
                </td>
              </tr>
            ))}
          </Table>
        </Panel>
        <Section title="Root chain">
          <Panel>
            <Table label="Root chain" heads={['Version', 'Expires', spare('SHA-256'), show]}>
              {rootChain.map(({ version, expiresAt, sha256 }) => (
                <tr key={version} data-active={raw?.role === 'root' && raw.version === version}>
                  <td className="numeric">{version}</td>
                  <td>
                    <Expiry at={expiresAt} />
                  </td>
                  <td className="hash-cell spare">
                    <Identifier value={sha256} tail={8} />
                  </td>
                  <td className="table-act">
                    <ShowButton
                      label={`Raw root version ${version}`}
                      onPress={() => void showRaw('root', version)}
                    />
                  </td>
                </tr>
              ))}
            </Table>
          </Panel>
          <p className="muted">
            {rootChain.length === 1
              ? 'The root was never changed since it was first seen.'
              : `${countOf(rootChain.length, 'version')}, each signed by the keys of the one before it.`}
          </p>
        </Section>
      </div>
      {raw !== undefined && <RawMetadataView key={`${raw.role} ${raw.version ?? ''}`} raw={raw} />}
    </div>
  );
}

function ShowButton({ label, onPress }: { readonly label: string; readonly onPress: () => void }) {
  return (
    <Button size="small" tone="quiet" icon={Braces} aria-label={label} onPress={onPress}>
      Raw
    </Button>
  );
}

interface ExpiryProps {
  readonly at: number;
  /** Runs for two weeks only and nobody has to act: only its passing is news. */
  readonly isRenewedByServer?: boolean;
}

function Expiry({ at, isRenewedByServer = false }: ExpiryProps) {
  const now = useNow();
  const tone = isRenewedByServer && at > now ? 'muted' : expiryTone(at, now);
  return <span className={`expiry expiry-${tone}`}>{dayText(at)}</span>;
}

function Signatures({ file: { signatures } }: { readonly file: RoleMetadata }) {
  return (
    <ul className="stack">
      {signatures.map(({ keyId, method, signer }) => (
        <li key={keyId} title={keyId} className="signature">
          {signer === undefined ? (
            <span className="mono">{keyId.slice(0, 12)}</span>
          ) : (
            <span className="truncate" title={signer}>
              {signer}
            </span>
          )}{' '}
          <span className="mono muted">{method}</span>
        </li>
      ))}
    </ul>
  );
}
