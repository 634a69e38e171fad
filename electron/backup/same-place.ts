/**
 * Whether a place is still the one that was looked at before the person was asked: meanwhile a drive can be pulled out, so
 * that its folder lies on the disk of the keys, or a link can lead elsewhere. Privileged process. Looks only.
 */
import { realpath, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type Destination, inspectDestination } from './destination.ts';
import type { Surroundings } from './real-places.ts';

/** A place that was looked at, and what tells it from another one of the same name. */
export interface MarkedPlace {
  readonly destination: Destination;
  readonly mark: string;
}

/** Throws as `inspectDestination`. `path` is one without links. */
export async function markPlace(path: string, { trustDir, drives }: Surroundings): Promise<MarkedPlace> {
  const destination = await inspectDestination(path, trustDir, drives);
  return { destination, mark: await markOf(destination) };
}

/**
 * The place as it is now, at the `path` where it is found now.
 * SECURITY: asked after the last question and just before the first byte is written.
 * Throws `backup/place-changed`, and as `inspectDestination`: `files/no-folder` where nothing is there any more.
 */
export async function assertSamePlace(
  { mark }: MarkedPlace,
  path: string,
  around: Surroundings,
): Promise<Destination> {
  const now = await markPlace(path, around);
  if (now.mark !== mark) throw new AppError('backup/place-changed', { path });
  return now.destination;
}

/** A drive is known by its own ID, wherever it is mounted; another folder by its name and its place on its disk. */
async function markOf({ path, drive }: Destination): Promise<string> {
  const [real, { dev, ino }] = await Promise.all([realpath(path), stat(path, { bigint: true })]);
  if (drive === undefined) return `${String(dev)}:${String(ino)} ${real}`;
  return `drive ${drive.id} ${relative(await realpath(drive.mountPoint), real)}`;
}
