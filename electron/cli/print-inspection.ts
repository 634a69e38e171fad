/**
 * Inspections byte for byte as `docker trust inspect` prints them, as JSON and with --pretty. Command line; pure.
 * Output comes in pieces, so that 100,000 tags never exist as one text.
 */
import { sortNaturally } from '../trust/natural-order.ts';
import type { Inspection, SignedTags, SignerKeys } from '../trust/inspection.ts';
import { compareUtf8 } from '../tuf/utf8.ts';
import { type Column, columnLines, columnOf, dockerTable, printable, tableLines } from './columns.ts';
import { goJsonString, insideGoString } from './go-json.ts';

type Pieces = Generator<string, void, void>;
const repoAdmin = 'Repo Admin';

/** docker: `[` elements `]` indented by four, `[]` when every reference failed. */
export function* inspectionsAsJson(inspections: readonly Inspection[]): Pieces {
  if (inspections.length === 0) {
    yield '[]\n';
    return;
  }
  yield '[\n';
  for (const [index, inspection] of inspections.entries()) {
    yield* inspectionAsJson(inspection);
    yield index === inspections.length - 1 ? '\n]\n' : ',\n';
  }
}

function* inspectionAsJson({ name, tags, signers, rootKeys, repositoryKeys }: Inspection): Pieces {
  yield `    {\n        "Name": ${goJsonString(name)},\n        "SignedTags": `;
  yield* tagsAsJson(tags);
  const people = [...signers].sort((a, b) => compareUtf8(b.name, a.name));
  yield `,\n        "Signers": ${keyListsAsJson(people)}`;
  const admins = [
    { name: 'Root', keyIds: rootKeys },
    { name: 'Repository', keyIds: repositoryKeys },
  ];
  yield `,\n        "AdministrativeKeys": ${keyListsAsJson(admins)}\n    }`;
}

const pieceLength = 65_536;

/** Few steps a row, and all of a piece joined at once: a short command is over before V8 has made fast code of this. */
function* tagsAsJson({ tags, digests, signers, signerSets }: SignedTags): Pieces {
  if (tags.length === 0) {
    yield '[]';
    return;
  }
  const head = '            {\n                "SignedTag": "';
  const middle = '",\n                "Digest": "';
  const tails = signerSets.map((names) => `",\n${signersAsJson(names)}            }`);
  const between = tails.map((tail) => `${tail},\n${head}`);
  const inside = insideGoString(tags);
  yield `[\n${head}`;
  let text = '';
  for (let row = 0; row < tags.length; row += 1) {
    const behind = row === tags.length - 1 ? tails : between;
    text += inside(tags[row] ?? '') + middle + digests.at(row) + (behind[signers[row] ?? 0] ?? '');
    if (text.length > pieceLength) {
      yield text;
      text = '';
    }
  }
  yield text;
  yield '\n        ]';
}

function signersAsJson(names: readonly string[]): string {
  const shown = (names.length === 0 ? [repoAdmin] : names).map(
    (name) => `                    ${goJsonString(name)}`,
  );
  return `                "Signers": [\n${shown.join(',\n')}\n                ]\n`;
}

/** Go leaves out an empty list of keys (`omitempty`). */
function keyListsAsJson(
  lists: readonly { readonly name: string; readonly keyIds: readonly string[] }[],
): string {
  if (lists.length === 0) return '[]';
  const items = lists.map(({ name, keyIds }) => {
    const ids = keyIds.map(
      (id) =>
        `                    {\n                        "ID": ${goJsonString(id)}\n                    }`,
    );
    const keys =
      ids.length === 0 ? '' : `,\n                "Keys": [\n${ids.join(',\n')}\n                ]`;
    return `            {\n                "Name": ${goJsonString(name)}${keys}\n            }`;
  });
  return `[\n${items.join(',\n')}\n        ]`;
}

/** One reference with --pretty; docker puts two line feeds between several. */
export function* inspectionAsText(inspection: Inspection): Pieces {
  const { tags, signers, rootKeys, repositoryKeys } = inspection;
  const name = printable(inspection.name);
  yield tags.tags.length > 0 ? `\nSignatures for ${name}\n\n` : `\nNo signatures for ${name}\n\n`;
  if (tags.tags.length > 0) yield* columnLines(dockerTable, tags.tags.length, tagColumns(tags));
  if (signers.length > 0) {
    yield `\nList of signers and their keys for ${name}\n\n`;
    yield* tableLines(dockerTable, signerRows(signers));
  }
  yield `\nAdministrative keys for ${name}\n\n`;
  yield `  Repository Key:\t${sortedIds(repositoryKeys)}\n  Root Key:\t${sortedIds(rootKeys)}\n`;
}

function tagColumns({ tags, digests, signers, signerSets }: SignedTags): readonly Column[] {
  const sets = signerSets.map((names) =>
    names.length === 0 ? `(${repoAdmin})` : [...names].sort(compareUtf8).join(', '),
  );
  return [
    columnOf(['SIGNED TAG'], (row) => tags[row] ?? ''),
    columnOf(['DIGEST'], digests.at, digests.longest),
    columnOf(['SIGNERS'], (row) => sets[signers[row] ?? 0] ?? ''),
  ];
}

function signerRows(signers: readonly SignerKeys[]): (readonly string[])[] {
  const rows = sortNaturally(signers, ({ name }) => name).map(({ name, keyIds }) => [
    name,
    [...keyIds]
      .sort()
      .map((id) => id.slice(0, 12))
      .join(', '),
  ]);
  return [['SIGNER', 'KEYS'], ...rows];
}

function sortedIds(ids: readonly string[]): string {
  return [...ids].sort().join(', ');
}
