/** The first upload of a repository. */
import { parseGun } from '../../../electron/tuf/names.ts';
import { newTargets } from '../../../electron/tuf/new-metadata.ts';
import { newSigner } from '../../fakes/software-keys.ts';
import { rootSignerFor, withDelegation, withRoleKeys } from '../notary-simulator-publisher.ts';
import { accepted, invalid, badRoot, badTargets, untrusted } from './verdicts.ts';
import {
  DAY_MS,
  YEAR_2020,
  altered,
  upload,
  oneFile,
  noSnapshot,
  unsigned,
  timestampOf,
  withoutKeyOf,
  rootOf,
} from './upload-cases.ts';
import type { Row } from './upload-cases.ts';

export const firstRows: readonly Row[] = [
  ['root and targets', accepted, upload((p) => p.firstFiles())],
  [
    'files named with an extension, targets first',
    accepted,
    upload(async (p) =>
      (await p.firstFiles()).map((file) => ({ ...file, role: `${file.role}.json` })).reverse(),
    ),
  ],
  [
    'a first root of version 2',
    accepted,
    upload(async (p) => [await p.signedRoot({ version: 2 }), await p.signedTargets()]),
  ],
  [
    'of two files for one role the later one counts',
    accepted,
    upload(async (p) => [
      await p.signedRoot(),
      altered(await p.signedTargets({ version: 2 }), (text) => text.replace('"sig":"', '"sig":"AAAA')),
      await p.signedTargets(),
    ]),
  ],
  [
    'a delegation and its parent in one update',
    accepted,
    upload(async (p) => {
      const jeff = newSigner();
      return [
        await p.sign('targets/jeff', newTargets(p.now), jeff),
        await p.sign('targets', withDelegation(p.targets, 'targets/jeff', [jeff]), p.targetsSigner),
        await p.signedRoot(),
      ];
    }),
  ],
  [
    'a timestamp is ignored',
    accepted,
    upload(async (p) => [...(await p.firstFiles()), await timestampOf(p)]),
  ],
  [
    'targets without a root',
    invalid('ErrValidation', 'no pre-existing root and no root provided in update.'),
    upload(async (p) => [await p.signedTargets()]),
  ],
  [
    'nothing at all',
    invalid('ErrValidation', 'no pre-existing root and no root provided in update.'),
    upload(() => []),
  ],
  [
    'a root without targets',
    invalid('ErrValidation', 'targets must be loaded first'),
    upload(async (p) => [await p.signedRoot()]),
  ],
  [
    'a delegation without targets',
    badTargets('targets must be loaded first'),
    upload(async (p) => [await p.signedRoot(), await p.sign('targets/jeff', newTargets(p.now), newSigner())]),
  ],
  [
    'a first root of version 3',
    badRoot('Root modifications must increment the version. Current 1, new 3'),
    upload(async (p) => [await p.signedRoot({ version: 3 }), await p.signedTargets()]),
  ],
  [
    'an empty object as root',
    badRoot('Root modifications must increment the version. Current 1, new 0'),
    oneFile('root', '{}'),
  ],
  [
    'a root of another type',
    badRoot('root type metadata invalid: expected type Root, not Targets'),
    upload(async (p) => [
      altered(await p.signedRoot(), (text) => text.replace('"_type":"Root"', '"_type":"Targets"')),
    ]),
  ],
  [
    'a root without the timestamp role',
    badRoot('root type metadata invalid: missing timestamp role specification'),
    upload(async (p) => [altered(await p.signedRoot(), (text) => text.replace('"timestamp":', '"other":'))]),
  ],
  [
    'a threshold of 0',
    badRoot('root type metadata invalid: invalid threshold specified for targets: 0 '),
    upload(async (p) => [
      await p.sign('root', withRoleKeys(p.root, 'targets', [p.targetsSigner.key], 0), p.rootSigner),
    ]),
  ],
  [
    'a key ID without its key',
    badRoot('root type metadata invalid: key ID <id> specified in targets without corresponding key'),
    upload(async (p) => [await p.sign('root', withoutKeyOf(p), p.rootSigner)]),
  ],
  [
    'an expired root',
    badRoot('root expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload(async (p) => [await p.signedRoot(YEAR_2020), await p.signedTargets()]),
  ],
  [
    'a root without signatures',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => [unsigned(await p.signedRoot())]),
  ],
  [
    'a root with a spoiled signature',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => [
      altered(await p.signedRoot(), (text) => text.replace('"version":1', '"version":2')),
    ]),
  ],
  [
    'a root signed by another key',
    badRoot(untrusted('failed to validate integrity of roots')),
    upload(async (p) => [await p.signedRoot({}, newSigner())]),
  ],
  [
    'a root key without a certificate',
    badRoot(untrusted('unable to retrieve valid leaf certificates')),
    upload(async (p) => [await rootOf(p, newSigner())]),
  ],
  [
    'a root certificate of another repository',
    badRoot(untrusted('unable to retrieve valid leaf certificates')),
    upload(async (p) => [
      await rootOf(p, await rootSignerFor(parseGun('registry.example.test/other'), p.now)),
    ]),
  ],
  [
    'an expired root certificate',
    badRoot(untrusted('unable to retrieve valid leaf certificates')),
    upload(async (p) => [
      await rootOf(p, await rootSignerFor(p.gun, new Date(p.now.getTime() - 4000 * DAY_MS))),
    ]),
  ],
  [
    'a timestamp key that the server does not have',
    badRoot('no  timestamp keys exist on the server'),
    upload(async (p) => [
      await p.sign('root', withRoleKeys(p.root, 'timestamp', [newSigner().key]), p.rootSigner),
      await p.signedTargets(),
    ]),
  ],
  [
    'a snapshot key that the server does not have, and no snapshot',
    noSnapshot(),
    upload(async (p) => [
      await p.sign('root', withRoleKeys(p.root, 'snapshot', [newSigner().key]), p.rootSigner),
      await p.signedTargets(),
    ]),
  ],
];
