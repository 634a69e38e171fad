/** Files that an operation has read before: the same bytes are the same file, other bytes never are. */
import { expect, test } from 'vitest';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { ReadMemories, ReadMemory } from '../../../electron/notary/read-memory.ts';
import type { MetadataFile } from '../../../electron/tuf/model.ts';

const targets = 'targets' as RoleName;
const releases = 'targets/releases' as RoleName;
const fileOf = (role: RoleName, bytes: Uint8Array): MetadataFile => ({
  role,
  bytes,
  body: { type: 'Snapshot', version: 1, expires: '', expiresAt: 0, meta: new Map() },
  signatures: [],
  message: bytes,
  unknownFields: [],
});

test('equal bytes of one role become one array; those of another role and other bytes do not', () => {
  const memory = new ReadMemory(nodeCrypto);
  const first = Buffer.from('one');
  expect(memory.same(targets, first)).toBe(first);
  expect(memory.same(targets, Buffer.from('one'))).toBe(first);
  expect(memory.same(releases, Buffer.from('one'))).not.toBe(first);
  const other = Buffer.from('two');
  expect(memory.same(targets, other)).toBe(other);
  expect(memory.same(targets, Buffer.from('one'))).toBe(first);
});

test('what was parsed is known by its array and role', () => {
  const memory = new ReadMemory(nodeCrypto);
  const file = fileOf(targets, Buffer.from('one'));
  memory.keepParsed(file);
  expect(memory.parsed(targets, file.bytes)).toBe(file);
  expect(memory.parsed(releases, file.bytes)).toBeUndefined();
  expect(memory.parsed(targets, Buffer.from('one'))).toBeUndefined();
});

test('a file that was signed here is known when the server shows its bytes', () => {
  const memory = new ReadMemory(nodeCrypto);
  const file = fileOf(targets, Buffer.from('one'));
  memory.add(file);
  const shown = memory.same(targets, Buffer.from('one'));
  expect(memory.parsed(targets, shown)).toBe(file);
});

test('only the last versions of a role and the last repositories are kept', () => {
  const memory = new ReadMemory(nodeCrypto);
  const first = memory.same(targets, Buffer.from('0'));
  for (const text of ['1', '2', '3', '4']) memory.same(targets, Buffer.from(text));
  expect(memory.same(targets, Buffer.from('0'))).not.toBe(first);
  const memories = new ReadMemories(nodeCrypto);
  const oldest = memories.of('registry.test/0' as Gun);
  for (let i = 1; i <= 16; i += 1) memories.of(`registry.test/${String(i)}` as Gun);
  expect(memories.of('registry.test/0' as Gun)).not.toBe(oldest);
});
