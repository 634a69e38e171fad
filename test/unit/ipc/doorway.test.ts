/** Everything behind the window put together: calls reach services, questions reach the window and come back. */
import { describe, expect, it, vi } from 'vitest';
import { openDoorway, type Doorway } from '../../../electron/ipc/doorway.ts';
import type { Prompts } from '../../../electron/prompts/prompts.ts';
import { windowFiles } from '../../../electron/prompts/window-prompts.ts';
import { manualTimers } from '../../fakes/manual-timers.ts';
import { recordingLog } from '../../fakes/recording-log.ts';
import { fakeCompose, fakeServices } from '../../fakes/window-services.ts';

async function doorway() {
  const services = fakeServices();
  const compose = fakeCompose(services);
  const send = vi.fn<(name: string, payload: unknown) => void>();
  const desktop = { openLink: vi.fn(() => Promise.resolve()), copyText: vi.fn(() => Promise.resolve()) };
  const log = recordingLog();
  const opened = await openDoorway({
    compose,
    mode: 'browser',
    version: '1.2.3',
    env: {},
    log,
    desktop,
    send,
    files: (broker) => windowFiles(broker),
    timers: manualTimers(),
  });
  const surroundings = compose.mock.calls[0]![0];
  return { ...opened, services, desktop, send, log, surroundings };
}

const gun = 'localhost:5000/app';
const sha256 = 'ab'.repeat(32);
type Opened = Awaited<ReturnType<typeof doorway>>;

describe('a call', () => {
  it.each<[string, unknown, (opened: Opened) => ReturnType<typeof vi.fn>, unknown[]]>([
    ['app.openLink', { link: 'tuf' }, ({ desktop }) => desktop.openLink, ['tuf']],
    ['app.copyText', { text: 'docker pull' }, ({ desktop }) => desktop.copyText, ['docker pull']],
    [
      'repositories.add',
      { references: ['alpine'] },
      ({ services }) => services.repositories.add,
      [['alpine']],
    ],
    ['repositories.hide', { gun }, ({ services }) => services.repositories.hide, [gun]],
    ['repositories.refresh', {}, ({ services }) => services.repositories.refresh, [undefined]],
    ['repositories.refresh', { guns: [gun] }, ({ services }) => services.repositories.refresh, [[gun]]],
    ['repositories.detail', { gun }, ({ services }) => services.repositories.detail, [gun]],
    ['repositories.tags', { gun }, ({ services }) => services.repositories.tags, [gun]],
    [
      'repositories.registryDigests',
      { gun, tags: ['1'] },
      ({ services }) => services.repositories.registryDigests,
      [gun, ['1']],
    ],
    ['repositories.unsignedTags', { gun }, ({ services }) => services.repositories.unsignedTags, [gun]],
    [
      'repositories.rawMetadata',
      { gun, role: 'root', version: 2 },
      ({ services }) => services.repositories.rawMetadata,
      [gun, 'root', 2],
    ],
    ['settings.setTheme', { theme: 'dark' }, ({ services }) => services.settings.setTheme, ['dark']],
    ['settings.removeServer', { id: 'a' }, ({ services }) => services.settings.removeServer, ['a']],
    ['settings.addServerCa', { server: 'a' }, ({ services }) => services.settings.addServerCa, ['a']],
    [
      'settings.trustShownCa',
      { server: 'a', sha256 },
      ({ services }) => services.settings.trustShownCa,
      ['a', sha256],
    ],
    [
      'settings.removeServerCa',
      { server: 'a', sha256 },
      ({ services }) => services.settings.removeServerCa,
      ['a', sha256],
    ],
    ['doctor.run', { target: 'alpine' }, ({ services }) => services.doctor.run, ['alpine']],
  ])('%s %j reaches its service', async (name, input, find, args) => {
    const opened = await doorway();
    await expect(opened.dispatch(name, input)).resolves.toMatchObject({ ok: true });
    expect(find(opened)).toHaveBeenCalledExactlyOnceWith(...args);
  });

  it.each<[string, (opened: Opened) => ReturnType<typeof vi.fn>]>([
    ['app.info', ({ services }) => services.info],
    ['repositories.list', ({ services }) => services.repositories.list],
    ['keys.list', ({ services }) => services.keys.list],
    ['settings.get', ({ services }) => services.settings.view],
    ['settings.chooseTrustDirectory', ({ services }) => services.settings.chooseTrustDirectory],
    ['sandbox.status', ({ services }) => services.sandbox.status],
    ['sandbox.start', ({ services }) => services.sandbox.start],
    ['sandbox.stop', ({ services }) => services.sandbox.stop],
    ['sandbox.reset', ({ services }) => services.sandbox.reset],
  ])('%s reaches its service', async (name, find) => {
    const opened = await doorway();
    await expect(opened.dispatch(name, undefined)).resolves.toMatchObject({ ok: true });
    expect(find(opened)).toHaveBeenCalledOnce();
  });

  it.each([
    ['repositories.tags', { gun: '../../etc' }, 'reference/invalid-gun'],
    ['repositories.detail', { gun: 'a/../b' }, 'reference/invalid-gun'],
    ['repositories.refresh', { guns: [gun, '..'] }, 'reference/invalid-gun'],
    ['repositories.rawMetadata', { gun, role: '../root' }, 'reference/invalid-role'],
    ['repositories.rawMetadata', { gun, role: '__proto__' }, 'reference/invalid-role'],
  ])('%s %j is refused before any service', async (name, input, code) => {
    const opened = await doorway();
    await expect(opened.dispatch(name, input)).resolves.toMatchObject({ ok: false, error: { code } });
    const { tags, detail, refresh, rawMetadata } = opened.services.repositories;
    for (const service of [tags, detail, refresh, rawMetadata]) expect(service).not.toHaveBeenCalled();
  });
});

describe('a question of a service', () => {
  const ask = (prompts: Prompts) =>
    prompts.confirm({
      title: 'Reset',
      text: 'Throws it away.',
      confirmLabel: 'Reset the sandbox',
      destructive: true,
    });
  const asked = ({ send }: Opened) =>
    send.mock.calls.find(([name]) => name === 'prompts.asked')?.[1] as { id: string };
  const answer = ({ dispatch }: Doorway, id: string) =>
    dispatch('prompts.answer', { id, value: { kind: 'confirm' } });

  it('goes to the window and its answer comes back, once', async () => {
    const opened = await doorway();
    const confirmed = ask(opened.surroundings.prompts);
    const { id } = asked(opened);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    await expect(answer(opened, id)).resolves.toEqual({ ok: true, value: undefined });
    await expect(confirmed).resolves.toBeUndefined();
    await expect(answer(opened, id)).resolves.toMatchObject({ error: { code: 'ipc/refused' } });
    expect(opened.send).toHaveBeenLastCalledWith('prompts.closed', { id });
  });

  it.each<[string, (opened: Opened) => unknown]>([
    ['when the window is lost', ({ cancelPrompts }) => cancelPrompts()],
    ['when all ends', ({ close }) => close()],
  ])('is cancelled %s', async (_what, happen) => {
    const opened = await doorway();
    const confirmed = ask(opened.surroundings.prompts);
    await happen(opened);
    await expect(confirmed).rejects.toMatchObject({ code: 'prompt/cancelled' });
    await expect(answer(opened, asked(opened).id)).resolves.toMatchObject({ error: { code: 'ipc/refused' } });
  });
});

describe('an event of a service', () => {
  it('goes to the window when it matches the contract, and not otherwise', async () => {
    const { surroundings, send, log } = await doorway();
    surroundings.emit('sandbox.changed', { kind: 'stopped' });
    surroundings.emit('sandbox.changed', { kind: 'stopped', key: 'x' } as never);
    expect(send.mock.calls).toEqual([['sandbox.changed', { kind: 'stopped' }]]);
    expect(log.lines).toMatchObject([{ level: 'error' }]);
  });
});

it('ends its services once', async () => {
  const { close, services } = await doorway();
  await close();
  expect(services.close).toHaveBeenCalledOnce();
});
