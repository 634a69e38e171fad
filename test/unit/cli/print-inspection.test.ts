/** Byte for byte what docker printed for the very same metadata. */
import { hexDigestsOf } from '../../../electron/trust/hex-digests.ts';
import { describe, expect, it } from 'vitest';
import { inspectionAsText, inspectionsAsJson } from '../../../electron/cli/print-inspection.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { Inspection } from '../../../electron/trust/inspection.ts';
import { inspect } from '../../../electron/trust/inspect.ts';
import { vectorFiles, vectorGun, vectorText } from '../trust/vector-repository.ts';

const files = vectorFiles();
const view = (tag?: string): Inspection =>
  inspect(files, tag === undefined ? vectorGun : `${vectorGun}:${tag}`, tag, nodeCrypto);
const json = (...views: Inspection[]): string => [...inspectionsAsJson(views)].join('');
const text = (one: Inspection): string => [...inspectionAsText(one)].join('');

describe('inspect as JSON', () => {
  it('prints a repository as docker did', () => {
    expect(json(view())).toBe(vectorText('inspect.json'));
  });
  it('prints one tag as docker did', () => {
    expect(json(view('1.10'))).toBe(vectorText('inspect-tag.json'));
  });
  it('prints several, an unknown tag among them, as docker did', () => {
    // docker lists the two digests of one tag in random order; ours has the released one first.
    const docker = JSON.parse(vectorText('inspect-multi.json')) as { SignedTags: { SignedTag: string }[] }[];
    for (const { SignedTags } of docker) {
      const at = SignedTags.findIndex(({ SignedTag }) => SignedTag === 'dual');
      if (at >= 0) SignedTags.splice(at, 2, ...SignedTags.slice(at, at + 2).reverse());
    }
    expect(json(view(), view('nope'))).toBe(`${JSON.stringify(docker, undefined, 4)}\n`);
  });
  it('prints an empty list for nothing', () => {
    expect(json()).toBe('[]\n');
  });
  it('leaves out an empty list of keys, as Go does', () => {
    const bare = { ...view('nope'), signers: [{ name: 'ghost', keyIds: [] }], rootKeys: [] };
    expect(json(bare)).toContain('            {\n                "Name": "ghost"\n            }');
    expect(json(bare)).toContain('            {\n                "Name": "Root"\n            }');
    expect(JSON.parse(json(bare))).toMatchObject([{ SignedTags: [] }]);
  });
  it('prints "Signers": [] where there are none', () => {
    expect(json({ ...view('nope'), signers: [] })).toContain('\n        "Signers": [],\n');
  });
});

describe('inspect --pretty', () => {
  it('prints a repository as docker did', () => {
    expect(text(view())).toBe(vectorText('inspect-pretty.txt'));
  });
  it('prints several as docker did', () => {
    expect(`${text(view('1.10'))}\n\n${text(view('admin-tag'))}`).toBe(
      vectorText('inspect-pretty-two-tags.txt'),
    );
  });
  it('prints a repository without signatures as docker did', () => {
    const gun = 'registry.example.test:5000/acme/two';
    const unsigned = {
      name: gun,
      tags: { tags: [], digests: hexDigestsOf([]), sizes: [], signers: [], signerSets: [[]] },
      signers: [
        { name: 'ops', keyIds: ['e47b66321e7841e040cb78630a479f2cca644553e899ba992ffde8289eff06cd'] },
      ],
      rootKeys: ['6dcda8215f216843ffc8cab31fe92fa55266e6a2dfe4956757c237f12cca1869'],
      repositoryKeys: ['0eba51f961194d49c5632232eb9e6ce3d2ab54fa034feb2febdcf2d30bc64cca'],
    } as unknown as Inspection;
    expect(text(unsigned)).toBe(vectorText('inspect-pretty-two-after-signer-remove.txt'));
  });
  it('leaves the signers out where there are none', () => {
    expect(text({ ...view('nope'), signers: [] })).not.toContain('List of signers');
  });
});
