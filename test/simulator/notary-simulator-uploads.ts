/**
 * Uploads that a trust server must judge, right and wrong, with its verdict. The same table is put to the sandbox's
 * server (unit tests) and to the real notary-server (interop), so the verdicts are the real server's.
 */
import { firstRows } from './uploads/first-uploads.ts';
import { formRows } from './uploads/form-uploads.ts';
import { rootRows, snapshotRows } from './uploads/root-and-snapshot-uploads.ts';
import { targetsRows } from './uploads/targets-uploads.ts';
import { rows, type UploadCase } from './uploads/upload-cases.ts';

export const uploadCases: readonly UploadCase[] = [
  ...rows('nothing', formRows),
  ...rows('nothing', firstRows),
  ...rows('server-snapshot', targetsRows),
  ...rows('server-snapshot', rootRows),
  ...rows('client-snapshot', snapshotRows),
];
