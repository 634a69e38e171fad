/** Browser mode's end of the WebSocket: the handshake, calls before and after it, and what happens when it goes. */
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../renderer/bridge/connection.ts';
import { type SocketEvents, socketLink } from '../../../renderer/bridge/socket-link.ts';
import { closeCodes, halvesOf } from '../../../shared/ipc/socket.ts';

/** As long as a real one, with halves that differ. */
const secretOf = (name: string): string => `${name.padEnd(22, '-')}${name.padEnd(21, '+')}`;
const greetingOf = (name: string) => ({ hello: halvesOf(secretOf(name)).greeting });

/** A link whose sockets and timers are moved by hand. */
function linked() {
  const sockets: { events: SocketEvents; sent: unknown[] }[] = [];
  const strangers: unknown[] = [];
  const timers: { act: () => void; milliseconds: number }[] = [];
  const kept: string[] = [];
  const link = socketLink({
    open: (events) => {
      const sent: unknown[] = [];
      sockets.push({ events, sent });
      return { send: (text) => sent.push(JSON.parse(text)), close: () => strangers.push(sent) };
    },
    secret: secretOf('token'),
    keep: (session) => kept.push(session),
    later: (act, milliseconds) => timers.push({ act, milliseconds }),
  });
  const socket = () => sockets.at(-1)!;
  const receive = (frame: unknown) => socket().events.received(JSON.stringify(frame));
  const welcome = (session = 'session-1') => {
    socket().events.opened();
    receive({ welcome: secretOf(session), proof: halvesOf(kept.at(-1) ?? secretOf('token')).proof });
  };
  const retry = () => timers.shift()!.act();
  return { link, sockets, socket, receive, welcome, retry, timers, kept, strangers };
}

const lostCode = 1006;
const value = { ok: true, value: 1 } as const;

describe('the handshake', () => {
  test('shows the token first and keeps the session that replaces it', () => {
    const { socket, welcome, kept, link } = linked();
    welcome();
    expect(socket().sent).toEqual([greetingOf('token')]);
    expect(kept).toEqual([secretOf('session-1')]);
    expect(link.state()).toEqual({ kind: 'open' });
  });

  test('that came too late on a busy computer is made again with the same token', () => {
    const { socket, sockets, welcome, retry, link } = linked();
    socket().events.closed(closeCodes.late);
    expect(link.state()).toEqual({ kind: 'opening' });
    retry();
    expect(sockets).toHaveLength(2);
    welcome();
    expect([socket().sent, link.state()]).toEqual([[greetingOf('token')], { kind: 'open' }]);
  });

  test('calls made before it wait for it', async () => {
    const { link, socket, welcome, receive } = linked();
    const answer = link.transport.invoke('keys.list', undefined);
    expect(socket().sent).toEqual([]);
    welcome();
    expect(socket().sent).toEqual([greetingOf('token'), { id: 1, call: 'keys.list' }]);
    receive({ id: 1, reply: value });
    expect(await answer).toEqual(value);
  });
});

describe('calls and events', () => {
  test('replies find their call in whatever order', async () => {
    const { link, welcome, receive } = linked();
    welcome();
    const first = link.transport.invoke('a.b', { x: 1 });
    const second = link.transport.invoke('c.d', undefined);
    receive({ id: 2, reply: { ok: true, value: 'second' } });
    receive({ id: 1, reply: { ok: true, value: 'first' } });
    expect(await Promise.all([first, second])).toMatchObject([{ value: 'first' }, { value: 'second' }]);
  });

  test('a reply that nobody waits for is let go', () => {
    const { welcome, receive, link } = linked();
    welcome();
    receive({ id: 77, reply: value });
    expect(link.state().kind).toBe('open');
  });

  test('events reach those who listen, until they stop', () => {
    const { link, welcome, receive } = linked();
    welcome();
    const heard: unknown[] = [];
    const stop = link.transport.listen('keys.changed', (payload) => heard.push(payload));
    receive({ event: 'keys.changed', payload: 1 });
    receive({ event: 'other.changed', payload: 2 });
    stop();
    receive({ event: 'keys.changed', payload: 3 });
    expect(heard).toEqual([1]);
  });
});

describe('a connection that goes', () => {
  test('rejects what was sent, because it may or may not have been done', async () => {
    const { link, welcome, socket } = linked();
    welcome();
    const answer = link.transport.invoke('settings.removeServer', { id: 'a' });
    socket().events.closed(lostCode);
    await expect(answer).rejects.toMatchObject({ code: 'network/interrupted' });
    expect(link.state()).toEqual({ kind: 'lost' });
  });

  test('comes back with the session, not the token', () => {
    const { welcome, socket, retry, sockets, link } = linked();
    welcome('session-1');
    socket().events.closed(lostCode);
    retry();
    welcome('session-2');
    expect(sockets).toHaveLength(2);
    expect(socket().sent[0]).toEqual(greetingOf('session-1'));
    expect(link.state()).toEqual({ kind: 'open' });
  });

  test('events are heard on the new connection too', () => {
    const { welcome, socket, retry, receive, link } = linked();
    welcome();
    const heard: unknown[] = [];
    link.transport.listen('e.e', (payload) => heard.push(payload));
    socket().events.closed(lostCode);
    retry();
    welcome();
    receive({ event: 'e.e', payload: 'again' });
    expect(heard).toEqual(['again']);
  });

  test('waits longer each time, then takes the process to have ended', () => {
    const { welcome, socket, timers, link } = linked();
    welcome();
    const waits: number[] = [];
    socket().events.closed(lostCode);
    for (let timer = timers.shift(); timer !== undefined; timer = timers.shift()) {
      waits.push(timer.milliseconds);
      timer.act();
      socket().events.closed(lostCode);
    }
    expect(waits).toEqual([150, 300, 600, 1200, 2500]);
    expect(link.state()).toEqual({ kind: 'closed', why: 'ended' });
  });

  test.each<[code: number, tries: number, state: Connection]>([
    [closeCodes.refused, 1, { kind: 'closed', why: 'refused' }],
    [closeCodes.ending, 1, { kind: 'closed', why: 'ended' }],
    [closeCodes.busy, 6, { kind: 'closed', why: 'busy' }],
  ])('close code %d is final after %d tries', (code, tries, state) => {
    const { socket, timers, sockets, link } = linked();
    socket().events.closed(code);
    while (timers.length > 0) {
      timers.shift()!.act();
      socket().events.closed(code);
    }
    expect([sockets.length, link.state()]).toEqual([tries, state]);
  });

  test('calls after the end are rejected at once', async () => {
    const { link, socket } = linked();
    const waiting = link.transport.invoke('a.b', undefined);
    socket().events.closed(closeCodes.refused);
    await expect(waiting).rejects.toMatchObject({ code: 'network/interrupted' });
    await expect(link.transport.invoke('a.b', undefined)).rejects.toMatchObject({
      code: 'network/interrupted',
    });
  });
});

describe('somebody else on the port of a process that died', () => {
  const stranger = () => {
    const all = linked();
    all.welcome();
    all.socket().events.closed(lostCode);
    all.retry();
    all.socket().events.opened();
    return all;
  };
  const answer = { id: 'x', value: { kind: 'passphrase', passphrase: 'correct horse', remember: 'no' } };

  test.each<[string, unknown]>([
    ['no proof', { welcome: secretOf('mine') }],
    ['a guess', { welcome: secretOf('mine'), proof: 'x'.repeat(21) }],
    ['the half that was shown', { welcome: secretOf('mine'), proof: greetingOf('session-1').hello }],
    ['the proof of before', { welcome: secretOf('mine'), proof: halvesOf(secretOf('token')).proof }],
    ['a question', { event: 'prompts.asked', payload: { kind: 'passphrase' } }],
    ['an answer', { id: 1, reply: value }],
  ])('with %s is left', async (_what, frame) => {
    const { link, socket, receive, strangers, kept, timers } = stranger();
    const heard: unknown[] = [];
    link.transport.listen('prompts.asked', (payload) => heard.push(payload));
    const waiting = link.transport.invoke('prompts.answer', answer);
    receive(frame);
    receive({ event: 'prompts.asked', payload: 'once more' });
    await expect(waiting).rejects.toMatchObject({ code: 'network/interrupted' });
    expect(link.state()).toEqual({ kind: 'closed', why: 'ended' });
    expect([heard, kept, strangers.length, timers.length]).toEqual([[], [secretOf('session-1')], 1, 0]);
    expect(socket().sent).toEqual([greetingOf('session-1')]);
  });

  test('is not believed by a page without any secret either', () => {
    const sent: string[] = [];
    const events: SocketEvents[] = [];
    const link = socketLink({
      open: (given) => {
        events.push(given);
        return { send: (text) => sent.push(text), close: () => undefined };
      },
      secret: '',
      keep: () => undefined,
      later: () => undefined,
    });
    events[0]!.opened();
    events[0]!.received(JSON.stringify({ welcome: secretOf('mine'), proof: '' }));
    expect([sent, link.state()]).toEqual([['{"hello":""}'], { kind: 'closed', why: 'ended' }]);
  });
});
