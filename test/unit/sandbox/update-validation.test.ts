/** Every verdict of the trust server over uploads; interop asks the real server for the same verdicts. */
import { describe, expect, it } from 'vitest';
import { NotarySimulator } from '../../simulator/notary-simulator.ts';
import { Publisher } from '../../simulator/notary-simulator-publisher.ts';
import { uploadCases } from '../../simulator/notary-simulator-uploads.ts';
import type { UploadCase } from '../../simulator/uploads/upload-cases.ts';
import { verdictOf } from '../../simulator/uploads/verdicts.ts';

async function prepare({
  before,
}: UploadCase): Promise<{ simulator: NotarySimulator; publisher: Publisher }> {
  const simulator = new NotarySimulator();
  const owner = before === 'client-snapshot' ? 'client' : 'server';
  const publisher = await Publisher.create(
    simulator.send,
    'registry.example.test/acme/app',
    simulator.now,
    owner,
  );
  if (before !== 'nothing') await publisher.init();
  return { simulator, publisher };
}

describe('an upload', () => {
  it.each(uploadCases)('$before: $name', async (upload) => {
    const { simulator, publisher } = await prepare(upload);
    const feedBefore = simulator.store.changes().length;
    const answer = await upload.send(publisher);
    expect(verdictOf(answer)).toEqual(upload.verdict);
    // All or nothing: one more timestamp when it was taken, no trace when it was not.
    expect(simulator.store.changes().length - feedBefore).toBe(upload.verdict.status === 200 ? 1 : 0);
  });
});

describe('an upload that two readers could read differently', () => {
  it.each([
    '{"signed":{"version":1,"version":2},"signatures":[]}',
    '{"signed":{},"signed":{"version":1},"signatures":[]}',
    '{"signed":{"version":1},"signatures":[{"keyid":"a","keyid":"b"}]}',
  ])('is refused: %s', async (text) => {
    const simulator = new NotarySimulator();
    const publisher = await Publisher.create(simulator.send, 'registry.example.test/acme/app', simulator.now);
    const { status, body } = await publisher.upload([
      { role: 'root', bytes: new TextEncoder().encode(text) },
    ]);
    expect([status, body.toString()]).toEqual([400, expect.stringContaining('"MALFORMED_JSON"')]);
  });
});
