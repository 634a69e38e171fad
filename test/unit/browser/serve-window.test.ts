/** The doors of browser mode, on a real loopback port: what is served to whom, and what is not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_FRAME_BYTES, parseFrame } from '../../../electron/browser/frames.ts';
import { serveWindow, type ServedWindow } from '../../../electron/browser/serve-window.ts';
import { GONE_MS } from '../../../electron/browser/sessions.ts';
import { FAREWELL_MS, HELLO_MS } from '../../../electron/browser/socket-door.ts';
import type { Dispatch } from '../../../electron/ipc/dispatch.ts';
import { openBundle } from '../../../electron/window/bundle.ts';
import { contentSecurityPolicy } from '../../../electron/window/policy.ts';
import { closeCodes, halvesOf, type ServerFrame } from '../../../shared/ipc/socket.ts';
import { manualTimers, type ManualTimers } from '../../fakes/manual-timers.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

let folder = '';
let window: ServedWindow;
let timers: ManualTimers;
let log: ReturnType<typeof recordingLog>;
const events = { onLeft: vi.fn(), onAway: vi.fn<(address: string) => void>(), onGone: vi.fn() };
const dispatch = vi.fn<Dispatch>((name, input) => Promise.resolve({ ok: true, value: { name, input } }));
let sockets: WebSocket[] = [];

beforeEach(async () => {
  vi.clearAllMocks();
  folder = mkdtempSync(join(tmpdir(), 'trustdesk-window-'));
  writeFileSync(join(folder, 'index.html'), '<p>page</p>');
  timers = manualTimers();
  log = recordingLog();
  window = await serveWindow({ bundle: openBundle(folder), dispatch, port: 0, log, timers, ...events });
});
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  sockets = [];
  await window.close();
  rmSync(folder, { recursive: true });
});

const port = () => Number(new URL(window.address).port);
const token = () => new URL(window.address).hash.slice(1);
const origin = () => `http://127.0.0.1:${port()}`;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const get = (path: string, options: RequestOptions = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port: port(), path, agent: false, ...options }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    asking.once('error', reject).end();
  });

/** A socket that keeps its frames and says how it ended. */
function open(options: { origin?: string; headers?: Record<string, string>; path?: string } = {}) {
  const headers = {
    ...(options.origin === '' ? {} : { Origin: options.origin ?? origin() }),
    ...options.headers,
  };
  const socket = new WebSocket(`ws://127.0.0.1:${port()}${options.path ?? '/socket'}`, { headers });
  sockets.push(socket);
  const frames: ServerFrame[] = [];
  const waiting: ((frame: ServerFrame) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as ServerFrame;
    const next = waiting.shift();
    if (next === undefined) frames.push(frame);
    else next(frame);
  });
  const opened = new Promise<'open' | number>((resolve) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (_request, { statusCode }) => {
      resolve(statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const next = () =>
    new Promise<ServerFrame>((resolve) => {
      const frame = frames.shift();
      if (frame === undefined) waiting.push(resolve);
      else resolve(frame);
    });
  const send = (frame: unknown) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return { socket, opened, closed, next, send };
}

const greetingOf = (secret: string) => ({ hello: halvesOf(secret).greeting });

async function admitted(secret = token()) {
  const client = open();
  await client.opened;
  client.send(greetingOf(secret));
  const frame = await client.next();
  if (!('welcome' in frame)) throw new Error('the window was not welcomed');
  expect(frame.proof).toBe(halvesOf(secret).proof);
  return { ...client, session: frame.welcome };
}

/** A socket without any manners: it answers no farewell. */
async function rawSocket() {
  const stream = connect({ host: '127.0.0.1', port: port() });
  let text = '';
  stream.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  stream.on('error', () => undefined);
  const head = [
    'GET /socket HTTP/1.1',
    `Host: 127.0.0.1:${port()}`,
    `Origin: ${origin()}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${'A'.repeat(22)}==`,
  ];
  stream.write(`${head.join('\r\n')}\r\n\r\n`);
  await vi.waitFor(() => expect(text).toContain('101 Switching'));
  // a whole text frame under a mask of zeros
  const send = (frame: unknown) => {
    const body = Buffer.from(JSON.stringify(frame));
    stream.write(Buffer.concat([Buffer.of(0x81, 0x80 | body.length, 0, 0, 0, 0), body]));
  };
  return { stream, send, received: () => text };
}

const closeFrame = (code: number) => Buffer.of(0x88, 2, code >> 8, code & 0xff).toString('latin1');

describe('the address', () => {
  it('has 256 random bits in its fragment and nothing in its query', () => {
    const { hash, search, pathname, hostname } = new URL(window.address);
    expect(Buffer.from(hash.slice(1), 'base64url')).toHaveLength(32);
    expect([search, pathname, hostname]).toEqual(['', '/', '127.0.0.1']);
  });
  it('is reachable on loopback only', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    const reached = await Promise.all(
      [...others.map(({ address }) => address), '127.0.0.2'].map(
        (host) =>
          new Promise((resolve) =>
            connect({ host, port: port() })
              .once('connect', () => resolve(host))
              .once('error', () => resolve(undefined)),
          ),
      ),
    );
    expect(reached.filter((host) => host !== undefined)).toEqual([]);
  });
  it('of a port in use is an outcome', async () => {
    const again = serveWindow({ bundle: openBundle(folder), dispatch, port: port(), log, timers, ...events });
    await expect(again).rejects.toMatchObject({
      code: 'app/port-unavailable',
      details: { port: port(), reason: 'EADDRINUSE' },
    });
  });
});

describe('a file', () => {
  it('is served with the policy that names its own socket and nothing else', async () => {
    const { status, headers, body } = await get('/');
    expect([status, body]).toEqual([200, '<p>page</p>']);
    expect(headers['content-security-policy']).toBe(contentSecurityPolicy(`ws://127.0.0.1:${port()}`));
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });
  it('is served without its content for HEAD', async () => {
    expect(await get('/index.html', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('is not served for %s', async (method) => {
    expect(await get('/', { method })).toMatchObject({ status: 405, body: '' });
  });
  it.each([
    '/../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/%2e%2e/x',
    '//etc/passwd',
    '/index.html?x',
    '/index.html/',
    '/package.json',
    '/socket',
    '/constructor',
    '*',
    'http://127.0.0.1/index.html',
  ])('is not served for %s', async (path) =>
    expect(await get(path)).toMatchObject({ status: 404, body: '' }),
  );
  it.each(['localhost', '127.0.0.1', 'evil.example', '127.0.0.1.evil.example', '[::1]', '127.0.0.1:1', ''])(
    'is not served to the host %j',
    async (host) => {
      expect(await get('/', { headers: { Host: host }, setHost: false })).toMatchObject({
        status: 421,
        body: '',
      });
    },
  );
  it('is not served to the right port of another name', async () => {
    expect(await get('/', { headers: { Host: `localhost:${port()}` } })).toMatchObject({ status: 421 });
  });
  it.each(['null', 'https://evil.example', 'http://127.0.0.1', 'http://localhost:1'])(
    'is not served to the origin %s',
    async (from) => {
      expect(await get('/', { headers: { Origin: from } })).toMatchObject({ status: 403, body: '' });
    },
  );
});

describe('the socket is refused', () => {
  it.each([
    ['without an origin', { origin: '' }],
    ['from no origin', { origin: 'null' }],
    ['from another site', { origin: 'https://evil.example' }],
    ['from another port', { origin: 'http://127.0.0.1:1' }],
    ['from the same host without port', { origin: 'http://127.0.0.1' }],
    ['with another host', { headers: { Host: 'evil.example' } }],
    ['with the host localhost', { headers: { Host: 'localhost' } }],
    ['on another path', { path: '/' }],
    ['with the token in the query', { path: '/socket?token=x' }],
  ])('%s', async (_what, options) => {
    const { opened } = open(options);
    expect(await opened).toBe(403);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { why: 'host, origin or path' } }]);
  });

  it('from https of the same name', async () => {
    expect(await open({ origin: `https://127.0.0.1:${port()}` }).opened).toBe(403);
  });

  it('when too many wait', async () => {
    const opened = [];
    for (let i = 0; i < 9; i++) opened.push(await open().opened);
    expect(opened.filter((state) => state === 'open')).toHaveLength(8);
    expect(opened.at(-1)).toBe(403);
  });
});

describe('a greeting', () => {
  it('with the token opens a session', async () => {
    const { session } = await admitted();
    expect(session).toMatch(/^[\w-]{43}$/);
    expect(session).not.toBe(token());
  });

  it.each<[string, unknown, number]>([
    ['with a guess', { hello: 'x'.repeat(43) }, closeCodes.refused],
    ['with nothing', { hello: '' }, closeCodes.refused],
    ['that is too long', { hello: 'x'.repeat(200) }, closeCodes.malformed],
    ['that is a call', { id: 1, call: 'keys.list' }, closeCodes.malformed],
    ['that is no JSON', 'hello', closeCodes.malformed],
    ['with more in it', { hello: 'x', admin: true }, closeCodes.malformed],
    ['that is a list', [{ hello: 'x' }], closeCodes.malformed],
  ])('%s is refused', async (_what, frame, code) => {
    const { opened, send, closed } = open();
    await opened;
    send(frame);
    expect(await closed).toBe(code);
    expect(dispatch).not.toHaveBeenCalled();
    expect((await admitted()).session).not.toBe('');
  });

  it('in bytes is refused', async () => {
    const { opened, socket, closed } = open();
    await opened;
    socket.send(Buffer.from(JSON.stringify(greetingOf(token()))));
    expect(await closed).toBe(closeCodes.malformed);
  });

  it('that does not come ends the connection', async () => {
    const { opened, closed } = open();
    await opened;
    timers.advance(HELLO_MS);
    expect(await closed).toBe(closeCodes.late);
  });

  it('that comes too late uses nothing up', async () => {
    const { stream, send, received } = await rawSocket();
    timers.advance(HELLO_MS);
    send(greetingOf(token()));
    await vi.waitFor(() => expect(received()).toContain(closeFrame(closeCodes.late)));
    stream.end();
    await once(stream, 'close');
    expect(received()).not.toContain('welcome');
    expect((await admitted()).session).not.toBe('');
  });

  it.each([
    ['refused', { hello: 'x' }, closeCodes.refused],
    ['no greeting', { id: 1, call: 'keys.list' }, closeCodes.malformed],
  ])(
    'that is %s ends the connection, whether the farewell is answered or not',
    async (_what, frame, code) => {
      const { stream, send, received } = await rawSocket();
      send(frame);
      await vi.waitFor(() => expect(received()).toContain(closeFrame(code)));
      timers.advance(FAREWELL_MS);
      await once(stream, 'close');
      expect(timers.pending()).toBe(0);
    },
  );

  it('of a second window is refused while the first is there', async () => {
    const { session } = await admitted();
    const second = open();
    await second.opened;
    second.send(greetingOf(session));
    expect(await second.closed).toBe(closeCodes.busy);
    const third = open();
    await third.opened;
    third.send(greetingOf(token()));
    expect(await third.closed).toBe(closeCodes.refused);
    expect(events.onLeft).not.toHaveBeenCalled();
  });

  it('leaves no secret in the log', async () => {
    const { session } = await admitted();
    const second = open();
    await second.opened;
    second.send({ hello: 'a-guess-that-is-wrong' });
    await second.closed;
    const lines = JSON.stringify(log.lines);
    const halves = [token(), session].flatMap((secret) => Object.values(halvesOf(secret)));
    for (const secret of [...halves, 'a-guess']) expect(lines).not.toContain(secret);
  });
});

describe('the window', () => {
  it('calls and is answered by number', async () => {
    const { send, next } = await admitted();
    send({ id: 7, call: 'keys.list' });
    expect(await next()).toEqual({ id: 7, reply: { ok: true, value: { name: 'keys.list' } } });
    send({ id: 8, call: 'doctor.run', input: { target: 'x' } });
    expect(await next()).toMatchObject({ id: 8 });
    expect(dispatch.mock.calls).toEqual([
      ['keys.list', undefined],
      ['doctor.run', { target: 'x' }],
    ]);
  });

  it('hears events', async () => {
    const { next } = await admitted();
    window.send('sandbox.changed', { kind: 'stopped' });
    expect(await next()).toEqual({ event: 'sandbox.changed', payload: { kind: 'stopped' } });
  });

  it.each<[string, unknown]>([
    ['another greeting', { hello: 'x' }],
    ['no number', { call: 'keys.list' }],
    ['a negative number', { id: -1, call: 'keys.list' }],
    ['a number that is none', { id: '1', call: 'keys.list' }],
    ['more than a call has', { id: 1, call: 'keys.list', sudo: true }],
    ['no JSON', '{'],
    ['null', 'null'],
  ])('is put out for %s', async (_what, frame) => {
    const { send, closed } = await admitted();
    send(frame);
    expect(await closed).toBe(closeCodes.malformed);
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('is put out for a frame without end', async () => {
    const { send, closed } = await admitted();
    send(JSON.stringify({ id: 1, call: 'keys.list', input: 'x'.repeat(MAX_FRAME_BYTES) }));
    expect(await closed).toBe(1009);
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('that left is noticed; it may come back with its session, and after a minute it is over', async () => {
    const first = await admitted();
    first.socket.close();
    await vi.waitFor(() => expect(events.onLeft).toHaveBeenCalledOnce());
    const second = await admitted(first.session);
    timers.advance(10 * GONE_MS);
    expect(events.onGone).not.toHaveBeenCalled();
    second.socket.terminate();
    await vi.waitFor(() => expect(events.onLeft).toHaveBeenCalledTimes(2));
    timers.advance(GONE_MS - 1);
    expect(events.onAway.mock.calls[0]?.[0]).toMatch(new RegExp(`^${origin()}/#[\\w-]{43}$`));
    expect(events.onGone).not.toHaveBeenCalled();
    timers.advance(1);
    expect(events.onGone).toHaveBeenCalledOnce();
  });

  it('is told when the process ends', async () => {
    const { closed } = await admitted();
    await window.close();
    expect(await closed).toBe(closeCodes.ending);
    expect(timers.pending()).toBeLessThanOrEqual(1); // the farewell, which has nobody left to cut off
  });

  it('gets no answer meant for the one before it', async () => {
    let answer: (value: { ok: true; value: string }) => void = () => undefined;
    dispatch.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const first = await admitted();
    first.send({ id: 1, call: 'keys.list' });
    await vi.waitFor(() => expect(dispatch).toHaveBeenCalled());
    first.socket.terminate();
    await vi.waitFor(() => expect(events.onLeft).toHaveBeenCalledOnce());
    const second = await admitted(first.session);
    answer({ ok: true, value: 'for the first' });
    second.send({ id: 2, call: 'keys.list' });
    expect(await second.next()).toMatchObject({ id: 2 });
  });
});

describe('rubbish', () => {
  it.each([
    'GET / HTTP/1.1\r\n\r\n',
    'NONSENSE\r\n\r\n',
    'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n',
    '\u0016\u0003\u0001',
  ])('%j ends the connection, not the server', async (bytes) => {
    const stream = connect({ host: '127.0.0.1', port: port() });
    let answer = '';
    stream.on('data', (chunk: Buffer) => (answer += chunk.toString())).on('error', () => undefined);
    stream.end(bytes);
    await once(stream, 'close');
    expect(answer).not.toContain(' 200 ');
    expect((await get('/')).status).toBe(200);
  });
});

it.each([
  '',
  '{}',
  '[]',
  '1',
  'null',
  '{"hello":1}',
  '{"id":1}',
  '{"id":1.5,"call":"x"}',
  '{"id":1e400,"call":"x"}',
  `{"id":1,"call":"${'x'.repeat(129)}"}`,
])('%j is no frame', (text) => expect(parseFrame(text)).toBeUndefined());
