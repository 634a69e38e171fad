/** Everything behind the window put together: calls reach services, questions reach the window and come back. */
import { describe, expect, it, vi } from 'vitest';
import { openDoorway, type Doorway } from '../../../electron/ipc/doorway.ts';
import type { Prompts } from '../../../electron/prompts/prompts.ts';
import type { PassphraseQuestion } from '../../../electron/keystore/unlock.ts';
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
const key = { label: 'kim.pub', content: 'AAAA' };
const keyRef = { id: sha256, sandbox: false };
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
    [
      'keys.generate',
      { wish: { kind: 'root' } },
      ({ services }) => services.keys.generate,
      [{ kind: 'root' }],
    ],
    ['keys.import', {}, ({ services }) => services.keys.import, [undefined, undefined]],
    ['keys.import', { name: 'kim', gun }, ({ services }) => services.keys.import, ['kim', gun]],
    [
      'keys.export',
      { keys: [keyRef], format: 'bundle' },
      ({ services }) => services.keys.export,
      [[keyRef], 'bundle'],
    ],
    ['keys.change', { key: keyRef, shared: true }, ({ services }) => services.keys.change, [keyRef, true]],
    [
      'keys.certify',
      { key: keyRef, want: 'request', subject: { commonName: 'kim' }, days: 1 },
      ({ services }) => services.keys.certify,
      [{ key: keyRef, want: 'request', subject: { commonName: 'kim' }, days: 1 }],
    ],
    ['keys.removal', { key: keyRef }, ({ services }) => services.keys.removal, [keyRef]],
    ['keys.remove', { key: keyRef }, ({ services }) => services.keys.remove, [keyRef]],
    ['keys.remembered', { key: keyRef }, ({ services }) => services.keys.remembered, [keyRef]],
    ['keys.forget', { key: keyRef }, ({ services }) => services.keys.forget, [keyRef]],
    ['keys.holdings', { gun }, ({ services }) => services.keys.holdings, [gun]],
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
    [
      'plans.sign',
      { gun, tags: [{ tag: '1' }] },
      ({ services }) => services.plans.sign,
      [gun, [{ tag: '1' }], undefined, undefined],
    ],
    [
      'plans.revoke',
      { gun, tags: ['1'], signAs: 'kim' },
      ({ services }) => services.plans.revoke,
      [gun, ['1'], 'kim'],
    ],
    [
      'plans.addSigner',
      { gun, name: 'kim', keys: [key] },
      ({ services }) => services.plans.addSigner,
      [gun, 'kim', [key], undefined],
    ],
    [
      'plans.removeSigner',
      { gun, name: 'kim' },
      ({ services }) => services.plans.removeSigner,
      [gun, 'kim', undefined],
    ],
    [
      'plans.addDelegation',
      { gun, role: 'targets/kim', keys: [key], keyIds: [sha256], prefixes: ['v1'], signAs: 'lee' },
      ({ services }) => services.delegations.add,
      [{ gun, role: 'targets/kim', signAs: 'lee' }, { files: [key], keyIds: [sha256] }, ['v1']],
    ],
    [
      'plans.addDelegationKeys',
      { gun, role: 'targets/kim', keys: [], keyIds: [sha256] },
      ({ services }) => services.delegations.addKeys,
      [
        { gun, role: 'targets/kim', signAs: undefined },
        { files: [], keyIds: [sha256] },
      ],
    ],
    [
      'plans.removeDelegationKeys',
      { gun, role: 'targets/kim', keyIds: [sha256] },
      ({ services }) => services.delegations.removeKeys,
      [{ gun, role: 'targets/kim', signAs: undefined }, [sha256]],
    ],
    [
      'plans.changeDelegationPaths',
      { gun, role: 'targets/kim', from: [''], to: ['v1'] },
      ({ services }) => services.delegations.changePaths,
      [{ gun, role: 'targets/kim', signAs: undefined }, [''], ['v1']],
    ],
    [
      'plans.removeDelegation',
      { gun, role: 'targets/kim' },
      ({ services }) => services.delegations.remove,
      [{ gun, role: 'targets/kim', signAs: undefined }],
    ],
    [
      'plans.purgeKeys',
      { gun, keyIds: [sha256] },
      ({ services }) => services.delegations.purge,
      [{ gun, signAs: undefined }, [sha256]],
    ],
    [
      'plans.witness',
      { gun, roles: ['targets/kim'] },
      ({ services }) => services.plans.witness,
      [gun, ['targets/kim'], undefined],
    ],
    [
      'plans.rotate',
      { gun, role: 'targets', key: 'new' },
      ({ services }) => services.plans.rotate,
      [gun, 'targets', 'new'],
    ],
    ['plans.initialise', { gun }, ({ services }) => services.plans.initialise, [gun, undefined]],
    [
      'plans.restore',
      { gun, planId: 'plan-0', signAs: 'kim' },
      ({ services }) => services.plans.restore,
      [gun, 'plan-0', 'kim'],
    ],
    ['plans.staged', { gun }, ({ services }) => services.plans.staged, [gun]],
    ['plans.publish', { id: 'p' }, ({ services }) => services.plans.publish, ['p']],
    ['plans.cancel', { id: 'p' }, ({ services }) => services.plans.cancel, ['p']],
    ['plans.discard', { id: 'p' }, ({ services }) => services.plans.discard, ['p']],
    ['plans.save', { id: 'p' }, ({ services }) => services.plans.save, ['p']],
    ['plans.signSaved', { id: 'p' }, ({ services }) => services.plans.signSaved, ['p']],
    ['plans.identifyKeys', { keys: [key] }, ({ services }) => services.plans.identify, [[key]]],
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
    ['plans.knownKeys', ({ services }) => services.delegations.knownKeys],
    ['plans.stagedChanges', ({ services }) => services.plans.stagedChanges],
    ['plans.unfinished', ({ services }) => services.plans.unfinished],
    ['activity.list', ({ services }) => services.activity.list],
    ['activity.export', ({ services }) => services.activity.export],
    ['lock.state', ({ services }) => services.lock.state],
    ['lock.lock', ({ services }) => services.lock.lock],
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
    ['plans.sign', { gun: '..', tags: [{ tag: '1' }] }, 'reference/invalid-gun'],
    ['plans.witness', { gun, roles: ['targets/kim', '../root'] }, 'reference/invalid-role'],
    ['repositories.rawMetadata', { gun, role: '../root' }, 'reference/invalid-role'],
    ['repositories.rawMetadata', { gun, role: '__proto__' }, 'reference/invalid-role'],
  ])('%s %j is refused before any service', async (name, input, code) => {
    const opened = await doorway();
    await expect(opened.dispatch(name, input)).resolves.toMatchObject({ ok: false, error: { code } });
    const { repositories, plans } = opened.services;
    for (const service of [...Object.values(repositories), ...Object.values(plans)]) {
      expect(service).not.toHaveBeenCalled();
    }
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
    ['when the screen is locked', ({ lock }) => lock()],
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

it('forgets remembered passphrases when the screen is locked', async () => {
  const { lock, services } = await doorway();
  lock();
  expect(services.lock.lock).toHaveBeenCalledOnce();
});

describe('a passphrase', () => {
  const question: PassphraseQuestion = {
    kind: 'open',
    gun: undefined,
    problem: undefined,
    keyId: sha256,
    role: 'kim',
    purpose: ['Signs localhost:5000/app 1'],
    attempt: 0,
    canRemember: ['no', 'session'],
  };
  it('comes in as the answer to its question, and leaves no trace', async () => {
    const opened = await doorway();
    const answered = opened.surroundings.prompts.askPassphrase(question);
    const [, { id, ...shown }] = opened.send.mock.calls[0] as [string, { id: string }];
    expect(shown).toMatchObject({
      kind: 'passphrase',
      keyId: sha256,
      owner: 'kim',
      purpose: question.purpose,
    });
    const value = { kind: 'passphrase', passphrase: 'hunter2', remember: 'no' };
    await expect(opened.dispatch('prompts.answer', { id, value })).resolves.toEqual({
      ok: true,
      value: undefined,
    });
    await expect(answered).resolves.toMatchObject({ remember: 'no' });
    expect(JSON.stringify([await answered, opened.send.mock.calls, opened.log.lines])).not.toContain(
      'hunter2',
    );
  });
  it.each([
    ['to nothing', 'f'.repeat(32), {}],
    ['with more in it', undefined, { keep: true }],
    ['of another kind', undefined, { remember: 'for ever' }],
  ])('that is an answer %s is refused and not repeated', async (_what, other, more) => {
    const opened = await doorway();
    const answered = opened.surroundings.prompts.askPassphrase(question);
    const [, asked] = opened.send.mock.calls[0] as [string, { id: string }];
    const value = { kind: 'passphrase', passphrase: 'hunter2', remember: 'no', ...more };
    const reply = await opened.dispatch('prompts.answer', { id: other ?? asked.id, value });
    expect(reply).toMatchObject({ ok: false });
    expect(JSON.stringify([reply, opened.log.lines])).not.toContain('hunter2');
    opened.cancelPrompts();
    await expect(answered).rejects.toMatchObject({ code: 'prompt/cancelled' });
  });
});

it('ends its services once', async () => {
  const { close, services } = await doorway();
  await close();
  expect(services.close).toHaveBeenCalledOnce();
});
