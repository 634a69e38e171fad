/** The most urgent finding with its one fix; the others unfold. */
import { ChevronDown, ChevronUp, FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { Finding } from './health.ts';

interface HealthBannerProps {
  readonly findings: readonly Finding[];
  readonly onRefresh: () => void;
  readonly onDiagnose: () => void;
  /** Everything that one publish from here can renew. */
  readonly renewable: readonly string[];
  readonly onRenew: (roles: readonly string[]) => void;
  readonly onCreate: () => void;
  readonly onLostKeys: () => void;
  readonly onStartSandbox: () => void;
}

export function HealthBanner({ findings, ...acts }: HealthBannerProps) {
  const { onRefresh, onDiagnose, renewable, onRenew, onCreate, onLostKeys, onStartSandbox } = acts;
  const [unfolded, setUnfolded] = useState(false);
  const others = findings.length - 1;
  // Folded, it stands in the place of the one role's button, which unfolding brings.
  const hasAll = renewable.length > 1;
  return findings.slice(0, unfolded ? findings.length : 1).map(({ tone, title, text, fix }, at) => (
    <Banner
      key={title}
      tone={tone}
      title={title}
      action={
        <>
          {at === 0 && others > 0 && (
            <Button
              tone="quiet"
              size="small"
              icon={unfolded ? ChevronUp : ChevronDown}
              onPress={() => setUnfolded(!unfolded)}
            >
              {unfolded ? 'Less' : `${others} more`}
            </Button>
          )}
          {at === 0 && hasAll && (
            <Button size="small" onPress={() => onRenew(renewable)}>
              Renew all {renewable.length}…
            </Button>
          )}
          {typeof fix === 'object' && (unfolded || !hasAll) && (
            <Button size="small" onPress={() => onRenew([fix.renew])}>
              Renew…
            </Button>
          )}
          {fix === 'refresh' && (
            <Button size="small" onPress={onRefresh}>
              Check again
            </Button>
          )}
          {fix === 'lost-keys' && (
            <Button size="small" onPress={onLostKeys}>
              Is the key lost?…
            </Button>
          )}
          {fix === 'create' && (
            <Button size="small" onPress={onCreate}>
              Create it empty…
            </Button>
          )}
          {fix === 'start-sandbox' && (
            <Button size="small" icon={FlaskConical} onPress={onStartSandbox}>
              Start the sandbox
            </Button>
          )}
          {fix === 'diagnose' && (
            <Button size="small" onPress={onDiagnose}>
              Diagnose…
            </Button>
          )}
        </>
      }
    >
      {text}
    </Banner>
  ));
}
