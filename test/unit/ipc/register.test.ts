/** Electron's doorway: who may call, what the preload hands to the page, where events go. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebContents } from 'electron';
import { registerCalls, sendToWindow } from '../../../electron/ipc/register.ts';
import { callNames, channelOf, eventNames } from '../../../shared/ipc/channels.ts';
import type { Exposed } from '../../../shared/ipc/bridge.ts';
import * as electron from '../../fakes/electron.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

vi.mock('electron', () => import('../../fakes/electron.ts'));

const page = 'app://bundle/index.html';
type Event = { sender: unknown; senderFrame: unknown };

function registered() {
  const contents = new electron.WebContents();
  contents.mainFrame.url = page;
  const dispatch = vi.fn(() => Promise.resolve({ ok: true as const, value: 1 }));
  const log = recordingLog();
  registerCalls(dispatch, () => contents as unknown as WebContents, log);
  const invoke = (event: Event, ...args: unknown[]) =>
    electron.recorded.handlers.get('trustdesk:keys.list')!(event, ...args);
  return { contents, dispatch, log, invoke };
}

beforeEach(() => electron.resetElectron());

it('registers every call of the contract, once, and nothing else', () => {
  registered();
  expect([...electron.recorded.handlers.keys()]).toEqual(callNames.map(channelOf));
});

it('hands a call of the window to the dispatcher', async () => {
  const { contents, dispatch, invoke } = registered();
  await expect(invoke({ sender: contents, senderFrame: contents.mainFrame }, { a: 1 })).resolves.toEqual({
    ok: true,
    value: 1,
  });
  expect(dispatch).toHaveBeenCalledExactlyOnceWith('keys.list', { a: 1 });
});

describe('a call is refused and logged when', () => {
  type Case = readonly [string, (window: electron.WebContents) => Event];
  const at = (url: string) => (window: electron.WebContents) => ({
    sender: window,
    senderFrame: { ...window.mainFrame, url },
  });
  it.each<Case>([
    ['its frame is gone', (window) => ({ sender: window, senderFrame: null })],
    [
      'it comes from a frame inside the page',
      (window) => ({ sender: window, senderFrame: { ...window.mainFrame, parent: window.mainFrame } }),
    ],
    [
      'it comes from another frame of the same contents',
      (window) => ({ sender: window, senderFrame: { ...window.mainFrame, routingId: 99 } }),
    ],
    [
      'it comes from another process',
      (window) => ({ sender: window, senderFrame: { ...window.mainFrame, processId: 99 } }),
    ],
    [
      'it comes from other contents',
      (window) => ({ sender: new electron.WebContents(), senderFrame: window.mainFrame }),
    ],
    ['the page is not of the bundle', at('https://bundle/index.html')],
    ['the host is another', at('app://bundle.evil/index.html')],
    ['the host only begins like ours', at('app://bundle@evil/index.html')],
    ['there is a user name', at('app://x@bundle/index.html')],
    ['there is a port', at('app://bundle:1/index.html')],
    ['the page is a file', at('file:///index.html')],
    ['the page is data', at('data:text/html,x')],
    ['the page is blank', at('about:blank')],
    ['the address cannot be read', at('::')],
    ['the address is empty', at('')],
    [
      'the window was destroyed',
      (window) => {
        window.destroyed = true;
        return { sender: window, senderFrame: window.mainFrame };
      },
    ],
  ])('%s', async (_what, event) => {
    const { contents, dispatch, log, invoke } = registered();
    await expect(invoke(event(contents))).rejects.toMatchObject({ code: 'ipc/refused' });
    expect(dispatch).not.toHaveBeenCalled();
    expect(log.lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('keys.list') as unknown },
    ]);
  });

  it('it has more than one argument', async () => {
    const { contents, dispatch, invoke } = registered();
    await expect(invoke({ sender: contents, senderFrame: contents.mainFrame }, 1, 2)).rejects.toMatchObject({
      code: 'ipc/refused',
    });
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('there is no window', async () => {
    const dispatch = vi.fn();
    const contents = new electron.WebContents();
    registerCalls(dispatch, () => undefined, recordingLog());
    const handler = electron.recorded.handlers.get('trustdesk:keys.list')!;
    await expect(handler({ sender: contents, senderFrame: contents.mainFrame })).rejects.toMatchObject({
      code: 'ipc/refused',
    });
    expect(dispatch).not.toHaveBeenCalled();
  });
});

describe('an event', () => {
  const sendTo = (change: (contents: electron.WebContents) => void) => {
    const contents = new electron.WebContents();
    contents.mainFrame.url = page;
    change(contents);
    sendToWindow(() => contents as unknown as WebContents)('prompts.closed', { id: 'x' });
    return electron.recorded.sent;
  };
  it('reaches the page of the bundle', () => {
    expect(sendTo(() => undefined)).toEqual([{ channel: 'trustdesk:prompts.closed', payload: { id: 'x' } }]);
  });
  it.each<[string, (contents: electron.WebContents) => void]>([
    [
      'another page',
      (contents) => {
        contents.mainFrame.url = 'https://example.com/';
      },
    ],
    [
      'a destroyed window',
      (contents) => {
        contents.destroyed = true;
      },
    ],
  ])('does not reach %s', (_what, change) => expect(sendTo(change)).toEqual([]));
  it('is dropped without a window', () => {
    expect(() => sendToWindow(() => undefined)('prompts.closed', { id: 'x' })).not.toThrow();
  });
});

describe('the preload', () => {
  async function exposed(): Promise<Exposed> {
    vi.resetModules();
    await import('../../../electron/preload.ts');
    // resetModules gave it a fake of its own
    const { recorded } = (await import('electron')) as unknown as typeof electron;
    expect([...recorded.exposed.keys()]).toEqual(['trustdesk']);
    return recorded.exposed.get('trustdesk') as Exposed;
  }

  it('exposes exactly the names of the contract', async () => {
    const { calls, events, ...more } = await exposed();
    expect(Object.keys(calls)).toEqual(callNames);
    expect(Object.keys(events)).toEqual(eventNames);
    expect(more).toEqual({});
  });

  it('passes one input on, to its own channel', async () => {
    const { calls } = await exposed();
    const fake = (await import('electron')) as unknown as typeof electron;
    await expect((calls['keys.list'] as (...args: unknown[]) => Promise<unknown>)('a', 'b')).resolves.toEqual(
      { ok: true, value: 'trustdesk:keys.list' },
    );
    expect(fake.recorded.invoked).toEqual([{ channel: 'trustdesk:keys.list', args: ['a'] }]);
  });

  it('gives listeners the payload and never the event', async () => {
    const { events } = await exposed();
    const fake = (await import('electron')) as unknown as typeof electron;
    const listener = vi.fn();
    const stop = events['sandbox.changed']!(listener);
    fake.ipcRenderer.emit('trustdesk:sandbox.changed', { sender: 'dangerous' }, { kind: 'stopped' });
    stop();
    fake.ipcRenderer.emit('trustdesk:sandbox.changed', { sender: 'dangerous' }, { kind: 'absent' });
    expect(listener.mock.calls).toEqual([[{ kind: 'stopped' }]]);
  });
});
