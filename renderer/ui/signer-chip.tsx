/** A signer: a dot whose colour belongs to the name for good, and the name. */
import { countText } from '../copy/sizes.ts';
import './signer-chip.css';

const hues = 8;

/** The same name has the same colour in every repository and on every computer. */
export function signerHue(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % hues;
}

export function SignerChip({ name }: { readonly name: string }) {
  return (
    <span className="signer-chip" title={name}>
      <span className="signer-dot" data-hue={signerHue(name)} aria-hidden />
      <span className="truncate">{name}</span>
    </span>
  );
}

/** Signed by the repository key alone: docker prints "(Repo Admin)". */
export function RepoAdminChip() {
  return (
    <span className="signer-chip" title="Signed with the repository key only">
      <span className="signer-dot" data-hue="admin" aria-hidden />
      <span className="truncate">Repo Admin</span>
    </span>
  );
}

const mostChips = 3;

/** Signers in a cell of a table: each by name while they fit, then how many more. */
export function SignerChips({ names }: { readonly names: readonly string[] }) {
  const shown = names.length <= mostChips ? names : names.slice(0, mostChips - 1);
  const more = names.length - shown.length;
  return (
    <span className="signer-chips" title={names.join(', ')}>
      {shown.map((name) => (
        <SignerChip key={name} name={name} />
      ))}
      {more > 0 && (
        <span className="signer-more">
          +{countText(more)}
          <span className="visually-hidden"> more</span>
        </span>
      )}
    </span>
  );
}
