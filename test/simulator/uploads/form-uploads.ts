/** Uploads that are no proper form or no proper file. */
import { malformedUpload, noFilename, malformedJson, invalidRole } from './verdicts.ts';
import { bytes, upload, oneFile, rawPart } from './upload-cases.ts';
import type { Row } from './upload-cases.ts';

export const formRows: readonly Row[] = [
  ['no multipart body', malformedUpload, (p) => p.uploadRaw('application/json', bytes('{}'))],
  ['no boundary', malformedUpload, (p) => p.uploadRaw('multipart/form-data', bytes('{}'))],
  ['a part without a disposition', noFilename, rawPart('Content-Type: text/plain')],
  ['a part without a file name', noFilename, rawPart('Content-Disposition: form-data; name="files"')],
  ['an empty file name', noFilename, oneFile('', '{}')],
  ['nothing but an extension', noFilename, oneFile('.json', '{}')],
  ['an unknown role', invalidRole('foo'), oneFile('foo', '{}')],
  ['a role in capitals', invalidRole('Root'), oneFile('Root', '{}')],
  ['two extensions', invalidRole('root.json'), oneFile('root.json.json', '{}')],
  ['a delegation without a name', invalidRole('targets/'), oneFile('targets/', '{}')],
  ['a delegation in capitals', invalidRole('targets/A'), oneFile('targets/A', '{}')],
  ['a delegation with a parent folder', invalidRole('targets/a/../b'), oneFile('targets/a/../b', '{}')],
  [
    'a role of 256 characters',
    invalidRole(`targets/${'a'.repeat(248)}`),
    oneFile(`targets/${'a'.repeat(248)}`, '{}'),
  ],
  ['no JSON', malformedJson, oneFile('root', 'no JSON')],
  ['an empty file', malformedJson, oneFile('root', '')],
  ['a list', malformedJson, oneFile('root', '[]')],
  ['signed is a number', malformedJson, oneFile('root', '{"signed":1}')],
  ['signatures are no list', malformedJson, oneFile('root', '{"signatures":{}}')],
  ['the version is a text', malformedJson, oneFile('root', '{"signed":{"version":"1"}}')],
  ['the version is a fraction', malformedJson, oneFile('root', '{"signed":{"version":1.5}}')],
  ['the expiry is no time', malformedJson, oneFile('root', '{"signed":{"expires":"tomorrow"}}')],
  ['a signature is not base64', malformedJson, oneFile('root', '{"signatures":[{"sig":"?"}]}')],
  [
    'the first bad part decides',
    malformedJson,
    upload(() => [
      { role: 'root', bytes: bytes('no JSON') },
      { role: 'foo', bytes: bytes('{}') },
    ]),
  ],
  [
    'a bad part behind a good one',
    invalidRole('foo'),
    upload(async (p) => [await p.signedRoot(), { role: 'foo', bytes: bytes('{}') }]),
  ],
];
