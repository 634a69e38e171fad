/** What needs attention: an interruption, a key that is where it should not be, a drill that is due, a key without copy. */
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/banner.tsx';
import type { Overview } from '../../../shared/ipc/backups.ts';
import { countOf } from '../../copy/sizes.ts';
import { minuteText } from '../../copy/times.ts';
import type { BackupsState } from './backups-store.ts';

interface NoticesProps {
  readonly state: BackupsState;
  readonly overview: Overview;
}

export function Notices({ state, overview }: NoticesProps) {
  const { copies, keys, interrupted } = overview;
  const failed = copies.filter(({ standing }) => standing.kind === 'damaged');
  const unproven = copies.filter(({ standing: { kind } }) => kind === 'unproven' || kind === 'partly');
  const due = copies.filter(({ standing }) => standing.kind === 'lapsed');
  const bareRoots = keys.filter(({ role, copies: count }) => role === 'root' && count === 0);
  return (
    <>
      {interrupted.map(({ id, label, since }) => (
        <Banner
          key={id}
          tone="warn"
          title={`Writing a copy to ${label} was cut off.`}
          action={
            <Button size="small" onPress={() => void state.settleInterrupted(id)}>
              I have read this
            </Button>
          }
        >
          Trustdesk or the computer ended while it was written, {minuteText(since)}. What is on that drive may
          be nothing or a whole copy: check it, or write a new one.
        </Banner>
      ))}
      {failed.length > 0 && (
        <Banner
          tone="bad"
          title={`${failed.map(({ place }) => place.label).join(' and ')} failed the last check.`}
        >
          Do not rely on {failed.length === 1 ? 'this copy' : 'these copies'}: write and prove a new one.
        </Banner>
      )}
      {bareRoots.length > 0 && (
        <Banner
          tone="warn"
          title={
            bareRoots.length === 1
              ? 'The root key has no backup.'
              : `${bareRoots.length} root keys have no backup.`
          }
        >
          If this computer is lost, no repository can get a new key, and none can be made under its root.
        </Banner>
      )}
      {unproven.length > 0 && (
        <Banner tone="warn" title={`${countOf(unproven.length, 'copy is', 'copies are')} not proven.`}>
          A copy counts only after it was read back and every key in it signed a test message.
        </Banner>
      )}
      {due.length > 0 && (
        <Banner
          tone="warn"
          title={`${countOf(due.length, 'copy was', 'copies were')} proven more than a year ago.`}
        >
          It does not count until it is checked again: drives age and passphrases fade.
        </Banner>
      )}
    </>
  );
}
