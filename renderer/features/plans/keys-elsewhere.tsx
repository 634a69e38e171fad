/** Said before a plan whose keys are on another computer: it is made and saved here, and signed there. Shows only. */
import { Send } from 'lucide-react';
import { Banner } from '../../ui/banner.tsx';

const titles = {
  signers: 'No signer’s key is on this computer.',
  repository: 'The repository key is not on this computer.',
} as const;

interface KeysElsewhereProps {
  /** Whose key is meant; a role where it is a delegation's. */
  readonly of: keyof typeof titles | { readonly role: string };
}

export function KeysElsewhere({ of }: KeysElsewhereProps) {
  const title = typeof of === 'string' ? titles[of] : `No key of ${of.role} is on this computer.`;
  return (
    <Banner tone="info" icon={Send} title={title}>
      Save the plan from its review, sign it where the key is, and publish it from here.
    </Banner>
  );
}
