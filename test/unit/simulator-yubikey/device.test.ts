/** Around the card: frames of the virtual reader, planned failures, the finger, the log, the remote control. */
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callControl, serveControl, type ControlHandlers } from '../../simulator/yubikey/control.ts';
import { Device } from '../../simulator/yubikey/device.ts';
import { makeFailurePlan } from '../../simulator/yubikey/failures.ts';
import { parseTlvs } from '../../simulator/yubikey/tlv.ts';
import { makeTouchSensor } from '../../simulator/yubikey/touch.ts';
import { encodeFrame, makeFrameReader } from '../../simulator/yubikey/vpcd.ts';
import { hex } from './terminal.ts';

describe('frames', () => {
  it('come out whole however they arrive', () => {
    const stream = Buffer.concat([hex('04'), hex('00fd000000'), Buffer.alloc(300, 7)].map(encodeFrame));
    for (const size of [1, 2, 3, 7, stream.length]) {
      const read = makeFrameReader();
      const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
        stream.subarray(index * size, (index + 1) * size),
      );
      expect(pieces.flatMap((piece) => read(piece)).map(({ length }) => length)).toEqual([1, 5, 300]);
    }
  });
});

describe('TLV', () => {
  it.each(['53', '5302', '530201', '53820001', '7f', '5384000000'])(
    '%s ends too early or is of another form',
    (text) => {
      expect(() => parseTlvs(hex(text))).toThrow();
    },
  );

  it('reads long lengths and tags of two bytes', () => {
    const elements = parseTlvs(hex(`53820003010203 7f49810102 8000`));
    expect(elements.map(({ tag, value }) => [tag, value.length])).toEqual([
      [0x53, 3],
      [0x7f49, 1],
      [0x80, 0],
    ]);
  });
});

describe('a planned failure', () => {
  const verify = hex('00200080');
  const sign = hex('0087119a');

  it('hits the command that it was planned for, once', () => {
    const plan = makeFailurePlan();
    plan.set({ kind: 'status', after: 1, ins: 0x87 });
    const hits = [sign, verify, sign, sign].map((apdu) => plan.next(apdu)?.kind);
    expect(hits).toEqual([undefined, undefined, 'status', undefined]);
  });

  it('hits every command where told to, until it is taken back', () => {
    const plan = makeFailurePlan();
    plan.set({ kind: 'stall', every: true });
    expect([plan.next(sign)?.kind, plan.next(verify)?.kind]).toEqual(['stall', 'stall']);
    plan.set(undefined);
    expect(plan.next(sign)).toBeUndefined();
  });
});

describe('the finger', () => {
  afterEach(() => vi.useRealTimers());

  it.each([
    ['at once', { kind: 'after', ms: 0 }, 0, true],
    ['late', { kind: 'after', ms: 1_500 }, 1_500, true],
    ['too late', { kind: 'after', ms: 15_001 }, 15_000, false],
    ['never', { kind: 'never' }, 15_000, false],
  ] as const)('touches %s', async (_, finger, ms, touched) => {
    vi.useFakeTimers();
    const sensor = makeTouchSensor();
    sensor.set(finger);
    let answer: boolean | undefined | 'waits' = 'waits';
    void sensor.wait().then((value) => (answer = value));
    await vi.advanceTimersByTimeAsync(Math.max(0, ms - 1));
    if (ms > 0) expect([answer, sensor.isWaiting]).toEqual(['waits', true]);
    await vi.advanceTimersByTimeAsync(1);
    expect([answer, sensor.isWaiting, sensor.asked]).toEqual([touched, false, 1]);
  });

  it('by hand touches when told, and not before somebody waits', async () => {
    const sensor = makeTouchSensor();
    sensor.set({ kind: 'by-hand' });
    expect(sensor.touch()).toBe(false);
    const waiting = sensor.wait();
    expect(sensor.touch()).toBe(true);
    expect(await waiting).toBe(true);
  });

  it('has nothing to touch once the key was pulled out', async () => {
    const sensor = makeTouchSensor();
    sensor.set({ kind: 'never' });
    const waiting = sensor.wait();
    sensor.leave();
    expect(await waiting).toBeUndefined();
  });
});

/** The reader's side: gives power as soon as a card is there, sends APDUs one at a time. */
async function startReader() {
  let card: Socket | undefined;
  let answered: (frame: Buffer | undefined) => void = () => undefined;
  const server: Server = createServer((socket) => {
    card = socket;
    const read = makeFrameReader();
    socket.on('data', (chunk) => read(chunk).forEach((frame) => answered(frame)));
    socket.on('close', () => answered(undefined)).on('error', () => undefined);
    socket.write(encodeFrame(hex('01')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ask = (text: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      answered = (frame) => resolve(frame?.toString('hex'));
      card?.write(encodeFrame(hex(text)));
    });
  return { port: (server.address() as { port: number }).port, ask, close: () => server.close() };
}

describe('a device in a reader', () => {
  const selectPiv = '00a4040005a000000308';
  const wrongPin = '0020008008313131313131ffff';
  const plugged = async () => {
    const reader = await startReader();
    const device = new Device(reader.port, { serial: 5 });
    await device.insert();
    return { reader, device };
  };

  it('tells its answer to reset, answers commands, and counts them without keeping what they carried', async () => {
    const { reader, device } = await plugged();
    expect(await reader.ask('04')).toBe(device.card.atr.toString('hex'));
    await reader.ask(selectPiv);
    expect(await reader.ask(wrongPin)).toBe('63c2');
    expect(device.state).toMatchObject({ isPlugged: true, pinTries: 2, pinsSent: 1, apdus: 2 });
    expect(device.log.at(-1)).toEqual({ cla: 0, ins: 0x20, p1: 0, p2: 0x80, length: 8, sw: '63c2' });
    expect(JSON.stringify([device.state, device.log])).not.toContain('3131');
    device.remove();
    expect(device.state.isPlugged).toBe(false);
    reader.close();
  });

  it.each([
    ['status', { kind: 'status', status: '6f00' }, '6f00', 3],
    ['unplugged before', { kind: 'unplug-before' }, undefined, 3],
    ['unplugged after', { kind: 'unplug-after' }, undefined, 2],
    ['late', { kind: 'stall', ms: 20 }, '63c2', 2],
  ] as const)('fails as planned: %s', async (_, failure, answer, triesLeft) => {
    const { reader, device } = await plugged();
    await reader.ask(selectPiv);
    device.fail(failure);
    expect(await reader.ask(wrongPin)).toBe(answer);
    expect(device.state.pinTries).toBe(triesLeft);
    device.remove();
    reader.close();
  });

  it('says so when no reader gives it power', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const device = new Device((server.address() as { port: number }).port);
    await expect(device.insert()).rejects.toThrow('no power');
    expect(device.state.isPlugged).toBe(false);
    server.close();
  });
});

describe('the remote control', () => {
  it('reaches the device that is meant, and hands errors over', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'td-control-'));
    const path = join(folder, 'control');
    const devices = [new Device(1, { serial: 1 }), new Device(1, { serial: 2 })];
    const handlers = {
      state: (_: object, device: Device) => device.state,
      insert: () => {
        throw new Error('no reader');
      },
    } as unknown as ControlHandlers;
    const server = await serveControl(path, handlers, devices);
    expect((await callControl(path, 'state', 1, {})).serial).toBe(2);
    await expect(callControl(path, 'insert', 0, {})).rejects.toThrow('no reader');
    await expect(callControl(path, 'state', 2, {})).rejects.toThrow('no such call');
    await expect(callControl(path, 'log', 0, {})).rejects.toThrow('no such call');
    server.close();
    await rm(folder, { recursive: true });
  });
});
