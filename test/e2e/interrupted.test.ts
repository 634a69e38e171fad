/** A publish that was cut off: the next start asks the trust server which state holds, and says so until it was seen. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, sitDown } from './desk.ts';

const gun = 'registry.example.test/acme/app';

interface DryRun {
  readonly id: string;
  readonly title: string;
}

describeWithPeers('an interrupted publish', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const station = await makeWorkstation(scope, { notary });
    const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
    const sign = (tag: string, letter: string, ...more: readonly string[]) =>
      station.must.trustdesk(['sign', `${gun}:${tag}`, '--digest', digest(letter), '--size', '7', ...more]);
    await station.must.trustdesk(['key', 'generate', 'jeff']);
    await station.must.trustdesk(['signer', 'add', '--key', 'jeff.pub', 'jeff', gun]);
    // As a crash leaves it: the note that an upload was about to happen, of a process that is no more.
    const journal = join(station.trustdeskHome, 'publishing');
    await mkdir(journal, { recursive: true });
    const leave = (plan: DryRun, uploads: object) =>
      writeFile(join(journal, `${plan.id}.json`), JSON.stringify({ plan, uploads, pid: 999_999_999 }));
    const planOf = async (tag: string, letter: string) =>
      JSON.parse((await sign(tag, letter, '--dry-run', '--json')).stdout) as DryRun;
    const arrived = await planOf('1.0', 'a');
    const { stdout } = await sign('1.0', 'a', '--json');
    const { roles } = JSON.parse(stdout) as { roles: readonly { role: string; sha256: string }[] };
    // Every changing command resolves what it finds, so both are left at the very end.
    const lost = await planOf('2.0', 'b');
    await leave(arrived, Object.fromEntries(roles.map(({ role, sha256 }) => [role, sha256])));
    await leave({ ...lost, title: 'Sign another tag' }, { 'targets/jeff': '0'.repeat(64) });
    return { desk: await sitDown(scope, station.environment) };
  });
  const banner = () =>
    place()
      .desk.page.getByRole('status')
      .filter({ hasText: /interrupted/ });

  it('says of each what the trust server has', async () => {
    await banner().waitFor();
    const text = (await banner().textContent()) ?? '';
    expect(text).toContain('Publishes were interrupted.');
    expect(text).toContain(`Sign 1 tag in ${gun}: the trust server has it: everything was published.`);
    expect(text).toContain(
      `Sign another tag in ${gun}: the trust server does not have it: nothing was published.`,
    );
    expect(await accessibilityFindings(place().desk.page)).toEqual([]);
  });

  it('stays until it was seen, and is written down', async () => {
    const { page } = place().desk;
    await page.getByRole('navigation').getByRole('button', { name: 'Activity' }).click();
    await page.getByText('Found published after an interruption').waitFor();
    await page.getByText('Found not published after an interruption').waitFor();
    await banner().getByRole('button', { name: 'Understood' }).click();
    await banner().waitFor({ state: 'detached' });
    expectQuiet(place().desk);
  });
});
