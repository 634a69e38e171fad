/** The tests' simulator is only as good as its faults: each does what its name says, for the role it is about. */
import { describe, expect, it } from 'vitest';
import { get } from '../../lab/https-get.ts';
import { ConnectionLost, NotarySimulator } from '../../simulator/notary-simulator.ts';
import type { Fault } from '../../simulator/notary-simulator.ts';
import { Publisher } from '../../simulator/notary-simulator-publisher.ts';

async function open() {
  const simulator = new NotarySimulator();
  const publisher = await Publisher.create(simulator.send, 'a.example.test/b', simulator.now);
  await publisher.init();
  return { simulator, publisher };
}

const faults: readonly (readonly [string, Fault, number, RegExp])[] = [
  ['not found', { kind: 'status', status: 404 }, 404, /spoiled/],
  ['out of order', { kind: 'status', status: 503 }, 503, /spoiled/],
  ['no JSON', { kind: 'invalid-json' }, 200, /^\{"signed":$/],
  ['too much', { kind: 'oversized', bytes: 200_000 }, 200, /^ {200000}$/],
  ['something else', { kind: 'bytes', bytes: Buffer.from('else') }, 200, /^else$/],
];

describe('a fault', () => {
  it.each(faults)('%s, for one role under all its names', async (_, fault, status, text) => {
    const { simulator, publisher } = await open();
    simulator.break('root', fault);
    for (const name of ['root.json', '1.root.json']) {
      const answer = await publisher.get(name);
      expect(answer.status).toBe(status);
      expect(answer.body.toString()).toMatch(text);
    }
    expect((await publisher.get('targets.json')).body.toString()).toContain('"_type":"Targets"');
    simulator.repair();
    expect((await publisher.get('root.json')).body.toString()).toContain('"_type":"Root"');
  });

  it('ends a body early, also over HTTPS', async () => {
    const { simulator, publisher } = await open();
    simulator.break('timestamp', { kind: 'truncated', bytes: 10 });
    await expect(publisher.get('timestamp.json')).rejects.toThrow(ConnectionLost);
    const { endpoint, caPem } = await simulator.listen();
    try {
      await expect(get(`${endpoint.url}${publisher.path('timestamp.json')}`, { caPem })).rejects.toThrow(
        'aborted',
      );
      expect((await get(`${endpoint.url}${publisher.path('root.json')}`, { caPem })).status).toBe(200);
    } finally {
      await endpoint.close();
    }
  });

  it('makes an answer wait until it is released', async () => {
    const { simulator, publisher } = await open();
    simulator.break('timestamp', { kind: 'slow' });
    let arrived = false;
    const waiting = publisher.get('timestamp.json').then((answer) => {
      arrived = true;
      return answer;
    });
    await publisher.get('root.json');
    expect(arrived).toBe(false);
    simulator.release();
    expect((await waiting).status).toBe(200);
  });

  it.each([
    ['ping', 'GET', '/v2/'],
    ['update', 'POST', '/v2/a.example.test/b/_trust/tuf/'],
    ['targets/jeff', 'GET', '/v2/a.example.test/b/_trust/tuf/targets/jeff.json'],
  ])('of %s', async (subject, method, path) => {
    const { simulator } = await open();
    simulator.break(subject, { kind: 'status', status: 502 });
    expect((await simulator.send(method, path)).status).toBe(502);
  });
});

describe('the simulator', () => {
  it('remembers what it was asked', async () => {
    const { simulator, publisher } = await open();
    simulator.requests.length = 0;
    await publisher.get('root.json');
    await publisher.get('1.root.json');
    expect(simulator.requests).toEqual([
      'GET /v2/a.example.test/b/_trust/tuf/root.json',
      'GET /v2/a.example.test/b/_trust/tuf/1.root.json',
    ]);
  });

  it('travels in time', async () => {
    const { simulator, publisher } = await open();
    const late = await publisher.signedTargets({
      version: 2,
      expires: '2026-06-02T00:00:00Z',
      expiresAt: Date.UTC(2026, 5, 2),
    });
    simulator.travel(2 * 86_400_000);
    expect((await publisher.upload([late])).body.toString()).toContain(
      'targets expired at Tue Jun 2 00:00:00 UTC 2026',
    );
    simulator.travel(-2 * 86_400_000);
    expect((await publisher.upload([late])).status).toBe(200);
  });
});
