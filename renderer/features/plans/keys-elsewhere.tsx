/** Said before a plan whose keys are on another computer: it is made and saved here, and signed there. Shows only. */
import { Send } from 'lucide-react';
import { Banner } from '../../ui/banner.tsx';

const titles = {
  signers: 'No signer’s key is on this computer.',
  repository: 'The repository key is not on this computer.',
} as const;

export function KeysElsewhere({ of }: { readonly of: keyof typeof titles }) {
  return (
    <Banner tone="info" icon={Send} title={titles[of]}>
      Save the plan from its review, sign it where the key is, and publish it from here.
    </Banner>
  );
}
