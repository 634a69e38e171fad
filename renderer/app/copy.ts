/** Copying: by the privileged side in the desktop app, by the page itself in a browser. */
import { errorText, toWireError } from '../copy/error-text.ts';
import type { CopyAct } from '../ui/clipboard.tsx';
import type { Stores } from './stores.ts';

export function copyWith({ app, bridge }: Stores): CopyAct {
  return (text, what) => {
    const { info, say } = app.getState();
    const isBrowser = info.kind === 'ready' && info.value.mode === 'browser';
    const copying = isBrowser ? navigator.clipboard.writeText(text) : bridge.app.copyText({ text });
    copying.then(
      () => say(`Copied ${what}`),
      (thrown: unknown) => say(errorText(toWireError(thrown)).title, 'bad'),
    );
  };
}
