/** What can be done about what expires: one role, or all that can be signed from here. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { HealthBanner } from '../../../renderer/features/repository/health-banner.tsx';
import type { Finding } from '../../../renderer/features/repository/health.ts';

const finding = (role: string): Finding => ({
  tone: 'warn',
  title: `Signatures of ${role} expire in 41 days.`,
  text: '',
  fix: { renew: role },
});

function buttons(...renewable: readonly string[]): readonly string[] {
  const nothing = (): void => undefined;
  const html = renderToStaticMarkup(
    <HealthBanner
      findings={['root', 'targets', 'targets/jeff'].map(finding)}
      renewable={renewable}
      onRefresh={nothing}
      onDiagnose={nothing}
      onRenew={nothing}
      onCreate={nothing}
      onLostKeys={nothing}
      onStartSandbox={nothing}
    />,
  );
  return html
    .split('<button')
    .slice(1)
    .map((button) => button.replaceAll(/^[^>]*>|<[^>]*>/g, '').trim());
}

test('several roles are renewed with one button, one with its own', () => {
  expect(buttons('root', 'targets')).toEqual(['2 more', 'Renew all 2…']);
  expect(buttons('root')).toEqual(['2 more', 'Renew…']);
});
