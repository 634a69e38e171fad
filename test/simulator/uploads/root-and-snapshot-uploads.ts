/** Uploads of roots and of snapshots that the client signs. */
import { newSigner } from '../../fakes/software-keys.ts';
import { rootSignerFor, withRoleKeys } from '../notary-simulator-publisher.ts';
import { accepted, badRoot, badTargets, badSnapshot, oldVersion, untrusted } from './verdicts.ts';
import { YEAR_2020, otherFile, upload, noSnapshot, unsigned, nextWithSnapshot } from './upload-cases.ts';
import type { Row } from './upload-cases.ts';

export const rootRows: readonly Row[] = [
  [
    'a new targets key with new targets',
    accepted,
    upload(async (p) => {
      const fresh = newSigner();
      const root = { ...withRoleKeys(p.root, 'targets', [fresh.key]), version: 2 };
      return [await p.sign('root', root, p.rootSigner), await p.signedTargets({ version: 2 }, fresh)];
    }),
  ],
  [
    'a new root key, signed by both',
    accepted,
    upload(async (p) => {
      const fresh = await rootSignerFor(p.gun, p.now);
      const root = { ...withRoleKeys(p.root, 'root', [fresh.key]), version: 2 };
      return [await p.sign('root', root, fresh, p.rootSigner)];
    }),
  ],
  ['a root of the same version', oldVersion, upload(async (p) => [await p.signedRoot()])],
  [
    'a root that skips a version',
    badRoot('Root modifications must increment the version. Current 1, new 3'),
    upload(async (p) => [await p.signedRoot({ version: 3 })]),
  ],
  [
    'a new root key, not signed by the old one',
    badRoot(
      'could not rotate trust to a new trusted root: failed to validate data with current trusted certificates',
    ),
    upload(async (p) => {
      const fresh = await rootSignerFor(p.gun, p.now);
      return [await p.sign('root', { ...withRoleKeys(p.root, 'root', [fresh.key]), version: 2 }, fresh)];
    }),
  ],
  [
    'a new root key, signed by the old one only',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => {
      const fresh = await rootSignerFor(p.gun, p.now);
      return [
        await p.sign('root', { ...withRoleKeys(p.root, 'root', [fresh.key]), version: 2 }, p.rootSigner),
      ];
    }),
  ],
  [
    'targets of the old key under a new root',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [
      await p.sign(
        'root',
        { ...withRoleKeys(p.root, 'targets', [newSigner().key]), version: 2 },
        p.rootSigner,
      ),
      await p.signedTargets({ version: 2 }),
    ]),
  ],
];

export const snapshotRows: readonly Row[] = [
  ['targets and snapshot', accepted, upload((p) => nextWithSnapshot(p))],
  ['targets without a snapshot', noSnapshot(), upload(async (p) => [await p.signedTargets({ version: 2 })])],
  [
    'a snapshot of the same version',
    oldVersion,
    upload(async (p) => (await nextWithSnapshot(p, { version: 1 })).slice(1)),
  ],
  [
    'a snapshot without signatures',
    badSnapshot('tuf: data has no signatures'),
    upload(async (p) => (await nextWithSnapshot(p)).map((file, i) => (i === 1 ? unsigned(file) : file))),
  ],
  [
    'a snapshot signed by another key',
    badSnapshot('valid signatures did not meet threshold for snapshot'),
    upload(async (p) => {
      const [targets] = await nextWithSnapshot(p);
      const files = [await p.signedRoot(), targets!];
      return [targets!, await p.signedSnapshot(files, { version: 2 }, newSigner())];
    }),
  ],
  [
    'an expired snapshot',
    badSnapshot('snapshot expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload((p) => nextWithSnapshot(p, { ...YEAR_2020 })),
  ],
  [
    'a snapshot of version 0',
    badSnapshot('snapshot type metadata invalid: version cannot be less than one'),
    upload((p) => nextWithSnapshot(p, { version: 0 })),
  ],
  [
    'a snapshot without targets',
    badSnapshot('snapshot type metadata invalid: missing targets sha256 checksum information'),
    upload((p) => nextWithSnapshot(p, {}, (meta) => meta.delete('targets'))),
  ],
  [
    'a snapshot over other targets',
    badSnapshot('sha256 checksum for targets did not match: expected <id>'),
    upload((p) => nextWithSnapshot(p, {}, (meta) => meta.set('targets', otherFile))),
  ],
  [
    'a snapshot over another root',
    badSnapshot('sha256 checksum for root did not match: expected <id>'),
    upload((p) => nextWithSnapshot(p, {}, (meta) => meta.set('root', otherFile))),
  ],
];
