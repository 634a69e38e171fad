/** Uploads of targets and delegations into a repository that is there. */
import { newTargets } from '../../../electron/tuf/new-metadata.ts';
import { newSigner } from '../../fakes/software-keys.ts';
import { withDelegation } from '../notary-simulator-publisher.ts';
import { accepted, badTargets, oldVersion } from './verdicts.ts';
import { YEAR_2020, IN_ANOTHER_ZONE, altered, upload, unsigned, signedAs, withJeff } from './upload-cases.ts';
import type { Row } from './upload-cases.ts';

export const targetsRows: readonly Row[] = [
  ['new targets', accepted, upload(async (p) => [await p.signedTargets({ version: 2 })])],
  ['nothing new', accepted, upload(() => [])],
  ['a gap in the versions', accepted, upload(async (p) => [await p.signedTargets({ version: 40 })])],
  ['targets of the same version', oldVersion, upload(async (p) => [await p.signedTargets()])],
  [
    'targets without signatures',
    badTargets('tuf: data has no signatures'),
    upload(async (p) => [unsigned(await p.signedTargets())]),
  ],
  [
    'targets signed by another key',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [await p.signedTargets({ version: 2 }, newSigner())]),
  ],
  [
    'targets changed after signing',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [
      altered(await p.signedTargets(), (text) => text.replace('"version":1', '"version":2')),
    ]),
  ],
  [
    'expired targets',
    badTargets('targets expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload(async (p) => [await p.signedTargets(YEAR_2020)]),
  ],
  [
    'targets that expired in another time zone',
    badTargets('targets expired at Thu Jan 2 03:04:05 +0100 2020'),
    upload(async (p) => [await p.signedTargets(IN_ANOTHER_ZONE)]),
  ],
  [
    'targets of another type',
    badTargets('targets type metadata invalid: expected type Targets, not Root'),
    upload(async (p) => [await signedAs(p, '"_type":"Targets"', '"_type":"Root"')]),
  ],
  [
    'targets of version 0',
    badTargets('targets type metadata invalid: version cannot be less than one'),
    upload(async (p) => [await p.signedTargets({ version: 0 })]),
  ],
  [
    'a fraction in custom data',
    badTargets('json: unsupported value: 1.5'),
    upload(async (p) => [
      altered(await p.signedTargets(), (text) =>
        text.replace('"targets":{"1.0":{', '"targets":{"1.0":{"custom":1.5,'),
      ),
    ]),
  ],
  [
    'a delegation that is no direct child',
    badTargets('targets type metadata invalid: delegation role targets/a/b invalid'),
    upload(async (p) => [
      await p.sign('targets', withDelegation(p.targets, 'targets/a/b', [newSigner()]), p.targetsSigner),
    ]),
  ],
  [
    'a delegation with a threshold of 0',
    badTargets('targets type metadata invalid: invalid threshold specified for targets/a: 0 '),
    upload(async (p) => [
      await p.sign('targets', withDelegation(p.targets, 'targets/a', [newSigner()], 0), p.targetsSigner),
    ]),
  ],
  [
    'a delegation whose key is not there',
    badTargets('targets type metadata invalid: key ID <id> specified in targets/a without corresponding key'),
    upload(async (p) => {
      const body = withDelegation(p.targets, 'targets/a', [newSigner()]);
      return [await p.sign('targets', { ...body, delegationKeys: new Map() }, p.targetsSigner)];
    }),
  ],
  [
    'a delegation that nobody made',
    badTargets('tuf: invalid role targets/jeff. delegation does not exist'),
    upload(async (p) => [await p.sign('targets/jeff', newTargets(p.now), newSigner())]),
  ],
  [
    'a delegation below one that nobody made',
    badTargets('tuf: invalid role targets/a/b. delegation does not exist'),
    upload(async (p) => [await p.sign('targets/a/b', newTargets(p.now), newSigner())]),
  ],
  [
    'a delegation signed by another key',
    badTargets('valid signatures did not meet threshold for targets/jeff'),
    upload((p) => withJeff(p, newTargets(p.now), newSigner())),
  ],
  [
    'an expired delegation',
    badTargets('targets/jeff expired at Thu Jan 2 03:04:05 UTC 2020'),
    upload((p) => withJeff(p, { ...newTargets(p.now), ...YEAR_2020 })),
  ],
  [
    'a delegation of which the structure and the signature are wrong',
    badTargets('targets/jeff type metadata invalid: version cannot be less than one'),
    upload((p) => withJeff(p, { ...newTargets(p.now), version: 0 }, newSigner())),
  ],
  [
    'the shallow role is judged first',
    badTargets('valid signatures did not meet threshold for targets'),
    upload(async (p) => [
      await p.sign('targets/jeff', newTargets(p.now), newSigner()),
      await p.signedTargets({ version: 2 }, newSigner()),
    ]),
  ],
];
