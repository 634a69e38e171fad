/**
 * A server with its own snapshot and timestamp keys announces a delegation that nobody validly signed. Nothing that people
 * do about expiry signs it unseen, and what was reviewed is what is signed.
 */
import { expect, test, vi } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { runCommandLine } from '../../../electron/cli/command-line.ts';
import { createHttpClient } from '../../../electron/network/http-client.ts';
import { ServerKeys } from '../../../electron/sandbox/notary/server-keys.ts';
import { formatExpiry } from '../../../electron/tuf/expiry.ts';
import type { SnapshotBody, TimestampBody } from '../../../electron/tuf/model.ts';
import { encodeFile, fileMetaOf, signFile } from '../../../electron/tuf/write.ts';
import { gun, now, passphrase, role, tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

let serverKeys: ServerKeys;
const inMemory = ServerKeys.inMemory.bind(ServerKeys);
vi.spyOn(ServerKeys, 'inMemory').mockImplementation((...given) => (serverKeys = inMemory(...given)));

type Lab = Awaited<ReturnType<typeof withJeff>>;
const RELEASES = role('targets/releases');

/** Puts a file of `targets/releases` there whose signatures are void, and signs snapshot and timestamp over it. */
async function announce(lab: Lab, content: string): Promise<string> {
  const { root, snapshot, targets, unusable } = await lab.source();
  const before = (targets.get(RELEASES) ?? unusable.get(RELEASES))!;
  const evil = tagToSign('old', content);
  const soon = now.getTime() + 20 * 24 * 60 * 60 * 1000;
  const target = { name: 'old', length: 5, sha256: evil.sha256, sha512: undefined, custom: undefined };
  const body = {
    ...before.body,
    version: before.body.version + 1,
    expires: formatExpiry(soon),
    expiresAt: soon,
  };
  const bytes = encodeFile({ ...body, targets: [target] }, before.signatures);
  const signers = (name: 'snapshot' | 'timestamp') =>
    root.body.roles.get(name)!.keyids.flatMap((id) => serverKeys.signer(id) ?? []);
  const old = snapshot!.body;
  const meta = new Map(old.meta).set(RELEASES, fileMetaOf(bytes, nodeCrypto));
  const listing: SnapshotBody = { ...old, version: old.version + 1, meta };
  const signed = await signFile(role('snapshot'), listing, signers('snapshot'), nodeCrypto);
  const present = lab.served('timestamp')!.signed as unknown as { version: number; expires: string };
  const stamp: TimestampBody = {
    type: 'Timestamp',
    version: present.version + 1,
    expires: present.expires,
    expiresAt: Date.parse(present.expires),
    meta: new Map([['snapshot', fileMetaOf(signed.bytes, nodeCrypto)]]),
  };
  const stamped = await signFile(role('timestamp'), stamp, signers('timestamp'), nodeCrypto);
  await lab.simulator.store.updateMany(
    gun,
    [
      { role: RELEASES, version: body.version, bytes },
      { role: 'snapshot', version: listing.version, bytes: signed.bytes },
      { role: 'timestamp', version: stamp.version, bytes: stamped.bytes },
    ],
    now.getTime(),
  );
  return evil.sha256;
}

async function trustdesk(lab: Lab, words: readonly string[]) {
  let said = '';
  const output = { isTerminal: false, write: (text: string) => void (said += text) };
  const env = { ...lab.env, DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: passphrase };
  const http = createHttpClient({ env, timeouts: { idleMs: 2_000 } });
  const places = { workingDirectory: lab.home, homeDirectory: lab.home };
  const { Readable } = await import('node:stream');
  const input = Readable.from([]);
  const terminal = { env, ...places, now: () => now, stdout: output, stderr: output, http, input };
  const exitCode = await runCommandLine(words, terminal);
  http.close();
  return { exitCode, said };
}

const released = async (lab: Lab): Promise<unknown> => (await lab.source()).targets.get(RELEASES);

test('renewing names it, signs the others, and ends with 1', async () => {
  const lab = await withJeff();
  await announce(lab, 'evil');
  const some = await trustdesk(lab, ['renew', gun]);
  expect([some.exitCode, some.said]).toEqual([1, expect.stringContaining('targets/releases is not renewed')]);
  const all = await trustdesk(lab, ['renew', gun, '--within', '1200']);
  expect(all.exitCode).toBe(1);
  expect(all.said).toContain(`Successfully renewed targets, targets/jeff of ${gun}`);
  expect(await released(lab)).toBeUndefined();
});

test('witnessing it by name shows all of it and asks; nothing on standard input declines', async () => {
  const lab = await withJeff();
  await announce(lab, 'evil');
  const { exitCode, said } = await trustdesk(lab, ['witness', gun, 'targets/releases']);
  expect(exitCode).toBe(1);
  expect(said).toContain('+ old ');
  expect(said).toContain("Nobody's valid signature is on the present file of targets/releases");
  expect(await released(lab)).toBeUndefined();
  const agreed = await trustdesk(lab, ['witness', gun, 'targets/releases', '--yes']);
  expect(agreed.exitCode).toBe(0);
  expect(await released(lab)).toBeDefined();
});

test('another file in its place after the review is not signed', async () => {
  const lab = await withJeff();
  await announce(lab, 'evil');
  const plan = await lab.planner.witness({ gun, roles: [RELEASES] });
  expect(plan.consequences).toMatchObject([{ kind: 'role-revived', role: RELEASES }]);
  await announce(lab, 'evil');
  await expect(lab.publish(plan)).rejects.toMatchObject({ code: 'plan/moot' });
  expect(await released(lab)).toBeUndefined();
});
