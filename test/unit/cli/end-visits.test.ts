/** Visits that end with a publish: in one's own folder only, and whatever goes wrong, the publish stays a success. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ActivityLog } from '../../../electron/activity/activity-log.ts';
import { loadBackupRecords } from '../../../electron/backup/backup-records.ts';
import { endVisitsSaying, noteUseSaying } from '../../../electron/cli/end-visits.ts';
import { openPlanningLikeNotary } from '../../../electron/cli/planning.ts';
import type { Terminal } from '../../../electron/cli/terminal.ts';

const now = new Date('2026-06-01T12:00:00Z');
const rootId = 'ab'.repeat(32);
let home: string;
let recordsFile: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'td-visits-'));
  const folder = join(home, 'trustdesk');
  await mkdir(folder, { mode: 0o700 });
  await mkdir(join(home, '.docker', 'trust'), { recursive: true, mode: 0o700 });
  recordsFile = join(folder, 'backups.json');
  const visitor = { id: rootId, role: 'root', since: now.toISOString(), state: 'visiting', until: 'publish' };
  const records = { version: 1, backups: [], offline: [visitor] };
  await writeFile(recordsFile, JSON.stringify(records), { mode: 0o600 });
});
afterEach(() => rm(home, { recursive: true, force: true }));

function terminalWith(clock: () => Date): { readonly terminal: Terminal; readonly said: () => string } {
  let said = '';
  const output = { isTerminal: false, write: (text: string) => void (said += text) };
  const terminal: Terminal = {
    env: { DOCKER_CONFIG: join(home, '.docker'), TRUSTDESK_HOME: join(home, 'trustdesk') },
    workingDirectory: home,
    homeDirectory: home,
    now: clock,
    stdout: output,
    stderr: output,
  };
  return { terminal, said: () => said };
}

describe('a command that was pointed at a folder', () => {
  const visitorOf = async () => (await loadBackupRecords(recordsFile)).offline[0];
  const servicesFor = async (trustDir: string) => {
    const args = { operands: [], options: new Map([['trustDir', [trustDir]]]) };
    return (await openPlanningLikeNotary(args, terminalWith(() => now).terminal)).services;
  };

  it('of another trust directory notes no use and ends no visit', async () => {
    const { beforeUpload, afterPublish } = await servicesFor(join(home, 'another'));
    await beforeUpload?.([rootId]);
    await afterPublish?.([rootId]);
    expect(await visitorOf()).toEqual({
      id: rootId,
      role: 'root',
      since: now.toISOString(),
      state: 'visiting',
      until: 'publish',
    });
  });

  it('that is its own by another name notes the use', async () => {
    const link = join(home, 'link');
    await symlink(join(home, '.docker', 'trust'), link);
    await (await servicesFor(link)).beforeUpload?.([rootId]);
    expect(await visitorOf()).toMatchObject({ usedAt: now.toISOString() });
  });
});

describe('what nobody foresaw', () => {
  const broken = (): Date => {
    throw Object.assign(new TypeError('hunter2'), { code: 'EIO' });
  };

  it.each([
    ['noting the use', (terminal: Terminal) => noteUseSaying(recordsFile, [rootId], terminal)],
    [
      'ending the visit',
      (terminal: Terminal) => {
        const log = new ActivityLog(join(home, 'trustdesk', 'activity.jsonl'), () => now);
        return endVisitsSaying({ trustDir: join(home, 'trust'), recordsFile }, [rootId], log, terminal);
      },
    ],
  ])('while %s is said in one line without its words, and fails nothing', async (_name, act) => {
    const { terminal, said } = terminalWith(broken);
    await act({ ...terminal, blockDevices: () => Promise.resolve([]) });
    expect(said()).toBe(
      'Whether a key that visits this computer could leave is not known (EIO): trustdesk backup list\n',
    );
  });
});
