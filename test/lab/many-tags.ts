/**
 * Repositories with as many signed tags as a test or benchmark wants, made by the real notary:
 * the tags are staged as change files, as `notary addhash` would have done one by one, and published at once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workstation } from './workstation.ts';

export interface TagSpec {
  readonly name: string;
  /** Any text; its SHA-256 becomes the digest that is signed. */
  readonly content?: string;
  readonly size?: number;
}

const WRITES_AT_ONCE = 64;

/** `1.0.0`, `1.0.1`, ...: what tags of a long-lived repository look like. */
export const numberedTags = (count: number): readonly TagSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${Math.floor(index / 1000) + 1}.${Math.floor(index / 20) % 50}.${index % 20}`,
  }));

export const digestOf = (tag: TagSpec): Buffer =>
  createHash('sha256')
    .update(tag.content ?? tag.name)
    .digest();

function changeFile(role: string, tag: TagSpec): string {
  const meta = { length: tag.size ?? 1000, hashes: { sha256: digestOf(tag).toString('base64') } };
  const data = Buffer.from(JSON.stringify(meta)).toString('base64');
  return JSON.stringify({ action: 'create', role, type: 'target', path: tag.name, data });
}

/** Writes one change file per tag and role into the repository's changelist, in order. */
export async function stageTags(
  workstation: Workstation,
  gun: string,
  tags: readonly TagSpec[],
  roles: readonly string[] = ['targets'],
): Promise<void> {
  const folder = join(workstation.trustDirectory, 'tuf', ...gun.split('/'), 'changelist');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const changes = tags.flatMap((tag) => roles.map((role) => changeFile(role, tag)));
  const start = BigInt(Date.now()) * 1_000_000n;
  for (let first = 0; first < changes.length; first += WRITES_AT_ONCE) {
    const some = changes.slice(first, first + WRITES_AT_ONCE);
    await Promise.all(
      some.map((text, index) => {
        const time = (start + BigInt(first + index)).toString().padStart(20, '0');
        return writeFile(join(folder, `${time}_${randomUUID()}.change`), text, { mode: 0o600 });
      }),
    );
  }
}

/** A new repository with the tags signed by its targets key, published by the real notary. */
export async function publishManyTags(
  workstation: Workstation,
  gun: string,
  tags: readonly TagSpec[],
): Promise<void> {
  await workstation.must.notary(['init', gun]);
  // notary signs snapshots itself unless told that the server does, as docker always tells it.
  await workstation.must.notary(['publish', gun]);
  await workstation.must.notary(['key', 'rotate', gun, 'snapshot', '-r']);
  await stageTags(workstation, gun, tags);
  await workstation.must.notary(['publish', gun]);
}
