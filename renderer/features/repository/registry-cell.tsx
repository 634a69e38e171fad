/** What the registry holds under a signed tag, in a word; and in a sentence for the detail. */
import { errorText } from '../../copy/error-text.ts';
import { Status } from '../../ui/status.tsx';
import type { RegistryState } from './tag-view.ts';

export function RegistryCell({ state }: { readonly state: RegistryState | undefined }) {
  switch (state?.kind) {
    case undefined:
      return <span className="visually-hidden">Not asked yet</span>;
    case 'asking':
      return <span className="asking">Asking</span>;
    case 'same':
      return <Status tone="ok">Same</Status>;
    case 'different':
      return (
        <Status tone="warn" title={`The registry holds sha256:${state.digest}`}>
          Different
        </Status>
      );
    case 'absent':
      return <Status tone="muted">Not there</Status>;
    case 'unknown': {
      const { title, fix } = errorText(state.error);
      return (
        <Status tone="plain" title={`${title} ${fix}`}>
          Unknown
        </Status>
      );
    }
  }
}

export function registrySentence(state: RegistryState | undefined): string {
  switch (state?.kind) {
    case undefined:
    case 'asking':
      return 'The registry is being asked what it holds under this tag.';
    case 'same':
      return 'The registry holds exactly this image under this tag.';
    case 'different':
      return 'The registry holds another image under this tag than the one that was signed.';
    case 'absent':
      return 'The registry has no such tag now. The signature remains.';
    case 'unknown':
      return `The registry could not be asked. ${errorText(state.error).title}`;
  }
}
