import { expect, test } from 'vitest';
import { findReferences } from '../../../../electron/trust/references/find-references.ts';
import { pinText } from '../../../../electron/trust/references/pin-text.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

async function read(text: string) {
  return (await findReferences(text, 'Dockerfile')).references;
}

/** What the references read, and what they stand as in the text. */
async function found(text: string): Promise<string[]> {
  return (await read(text)).map(({ reference, problem, offset, length }) => {
    const written = text.slice(offset, offset + length);
    return problem !== undefined
      ? `? ${written}`
      : written === reference
        ? reference
        : `${written} = ${reference}`;
  });
}

/** The text with every reference pinned that can be. */
async function pinned(text: string): Promise<string> {
  return pinText(
    text,
    (await read(text)).map((one) => ({ found: one, digest })),
  );
}

test.each<[what: string, text: string, references: string[]]>([
  ['an empty file', '', []],
  ['FROM', 'FROM nginx:1.25\n', ['nginx:1.25']],
  ['any letter case', 'fRoM nginx AS Base\nfrom BASE\n', ['nginx']],
  ['a platform', 'FROM --platform=$BUILDPLATFORM nginx:1 AS build', ['nginx:1']],
  ['scratch', 'FROM scratch\nCOPY --from=scratch / /\n', []],
  ['a stage used later', 'FROM a AS b\nFROM c\nCOPY --from=b /x /y\nCOPY --from=0 / /\n', ['a', 'c']],
  ['a stage that is named below', 'FROM b\nFROM x AS b\n', ['b', 'x']],
  ['a copy from a stage below', 'FROM a\nCOPY --from=b / /\nFROM x AS b\n', ['a', 'x']],
  ['a copy from an image', 'FROM a\nCOPY --chown=1 --from=busybox:1.36 /bin/sh /sh\n', ['a', 'busybox:1.36']],
  ['a number that is no stage', 'FROM a\nCOPY --from=7 / /\n', ['a', '7']],
  ['a copy from a variable', 'ARG X=a\nFROM a\nCOPY --from=$X / /\n', ['a', '? $X']],
  [
    'a mount',
    'FROM a\nRUN --mount=type=bind,from=tools:2,target=/t --mount=from=a:3 x\n',
    ['a', 'tools:2', 'a:3'],
  ],
  ['a quoted mount', 'FROM a\nRUN --mount="type=bind,from=tools:2" x\n', ['a', 'tools:2']],
  ['an onbuild copy', 'FROM a\nONBUILD COPY --from=x:1 / /\n', ['a', 'x:1']],
  ['the reader of the file', '# syntax=docker/dockerfile:1\nFROM a\n', ['docker/dockerfile:1', 'a']],
  ['a comment of that form further down', '# hello\n# syntax=docker/dockerfile:1\nFROM a\n', ['a']],
  ['comments', '# FROM x\n  # FROM y\nFROM a # no comment here\n', ['a']],
  [
    'a global argument',
    'ARG V=1.25\nFROM nginx:$V\nFROM nginx:${V}\n',
    ['nginx:$V = nginx:1.25', 'nginx:${V} = nginx:1.25'],
  ],
  ['a default in its place', 'FROM ${X:-nginx:1}\n', ['${X:-nginx:1} = nginx:1']],
  [
    'a default beside an argument',
    'ARG X\nARG Y=\nFROM ${X:-a}\nFROM ${Y:-b}\nFROM ${Y-c}x\n',
    ['${X:-a} = a', '${Y:-b} = b', '${Y-c}x = x'],
  ],
  ['nested defaults', 'ARG Y=y\nFROM ${X:-${Z:-a/$Y}}:1\n', ['${X:-${Z:-a/$Y}}:1 = a/y:1']],
  ['an alternative', 'ARG X=1\nFROM a${X:+:2}\nFROM b${Z:+:2}\n', ['a${X:+:2} = a:2', 'b${Z:+:2} = b']],
  ['several arguments in one line', 'ARG A=a B="b c" C=\'d\'\nFROM $A$C\n', ['$A$C = ad']],
  ['an argument made of another', 'ARG A=1\nARG B=nginx:$A\nFROM $B\n', ['$B = nginx:1']],
  ['an argument of a stage', 'FROM a\nARG V=1\nFROM b:$V\n', ['a', '? b:$V']],
  ['an argument without a value', 'ARG V\nFROM b:$V\n', ['? b:$V']],
  [
    'what is built for',
    'FROM b-$TARGETARCH\nFROM c-${TARGETARCH:-amd64}\n',
    ['? b-$TARGETARCH', '? c-${TARGETARCH:-amd64}'],
  ],
  ['a pattern', 'ARG V=v1\nFROM b:${V#v}\n', ['? b:${V#v}']],
  ['continuations', 'FROM \\\n  # why\n\n  nginx:1 \\\n  AS x\nFROM x\n', ['nginx:1']],
  ['another escape', '# escape=`\nFROM `\n  nginx:1\nRUN dir C:\\\nFROM b\n', ['nginx:1', 'b']],
  ['a backslash that is escaped', 'FROM a\nRUN echo \\\\\nFROM b\n', ['a', 'b']],
  ['quotes', 'FROM "nginx:1"\nFROM \'b:2\'\n', ['"nginx:1" = nginx:1', "'b:2' = b:2"]],
  ['a quote that is never closed', 'FROM "nginx:1\nFROM b\n', ['? "nginx:1', 'b']],
  [
    'a here-document',
    'FROM a\nRUN <<EOF\nFROM no\nEOF\nCOPY <<-"X" <<Y /d/\nFROM no\n\tX\nFROM no\nY\nFROM b\n',
    ['a', 'b'],
  ],
  ['what only looks like one', 'FROM a\nRUN echo a<<EOF && x 1<<<2\nFROM b\n', ['a', 'b']],
  ['windows line ends and a mark', '\ufeffFROM a:1\r\nFROM b \\\r\n AS c\r\nFROM c\r\n', ['a:1', 'b']],
  ['a digest', `FROM a:1@${digest}\n`, [`a:1@${digest}`]],
  ['an empty variable', 'ARG A=\nFROM $A\n', ['? $A']],
  ['variables of variables', `ARG A=${'a'.repeat(900)}\nARG B=$A$A\nFROM $B\n`, ['? $B']],
])('%s', async (_, text, references) => {
  expect(await found(text)).toEqual(references);
});

test.each<[what: string, text: string, line: number, words: string]>([
  ['a here-document without an end', 'FROM a\n\nRUN cat <<EOF\nFROM no\n', 3, 'has no end'],
  [
    'a here-document in quotes',
    'FROM a\nRUN echo "<<EOF"\nFROM b\nEOF\n',
    2,
    'for a here-document in RUN echo',
  ],
  ['a control character', 'FROM a\n# x\rFROM b\n', 2, 'control characters'],
  ['a blank of another script', 'FROM a\n\n\u00a0# x\n', 3, 'begins with a blank'],
  ['an option beyond ASCII', 'FROM a\nRUN x\nCOPY --chown=\u00e0--from=b / /\n', 3, 'letters beyond ASCII'],
  ['ONBUILD under another escape', '# escape=`\nFROM a\nONBUILD COPY --fr\\om=b / /\n', 3, 'another escape'],
  ['escape behind check', '# check=skip=all\n# escape=`\nFROM a\n', 1, '# escape='],
])('what not every builder reads alike is refused, with its line: %s', async (_, text, line, words) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'reference/file-doubtful',
    details: { name: 'Dockerfile', line, reason: expect.stringContaining(words) as string },
  });
});

test('another way to name the image that reads the file is no Dockerfile', async () => {
  await expect(read('// syntax=reader:1\nFROM a\n')).rejects.toMatchObject({
    code: 'reference/file-malformed',
  });
});

test.each<[what: string, text: string, changed: string]>([
  ['plain', 'FROM nginx', `FROM nginx:latest@${digest}`],
  [
    'with a tag, a stage and a comment line',
    '#x\r\nFROM  nginx:1\tAS x\r\n',
    `#x\r\nFROM  nginx:1@${digest}\tAS x\r\n`,
  ],
  ['with a port', 'FROM r:5000/a\n', `FROM r:5000/a:latest@${digest}\n`],
  ['with another digest', `FROM a:1@sha256:${'0'.repeat(64)} AS b\n`, `FROM a:1@${digest} AS b\n`],
  ['in quotes', 'FROM "a:1"', `FROM "a:1@${digest}"`],
  ['in a default', 'FROM ${X:-a:1} AS b', `FROM \${X:-a:1@${digest}} AS b`],
  [
    'behind a registry of a variable',
    'ARG R=r.example\nFROM $R/a:1\n',
    `ARG R=r.example\nFROM $R/a:1@${digest}\n`,
  ],
  ['in an argument', 'ARG V="1"\nFROM a:${V}\n', 'ARG V="1"\nFROM a:${V}\n'],
  [
    'in an argument that is all of it',
    'ARG B=a:1\nFROM $B AS x\nFROM $B\n',
    `ARG B=a:1@${digest}\nFROM $B AS x\nFROM $B\n`,
  ],
  [
    'not where others need the value',
    'ARG B=a:1\nFROM $B\nFROM $B-alpine\n',
    `ARG B=a:1\nFROM $B\nFROM $B-alpine\n`,
  ],
  [
    'not where a stage takes it over',
    'ARG B=a:1\nFROM $B\nARG B\nRUN echo $B\n',
    'ARG B=a:1\nFROM $B\nARG B\nRUN echo $B\n',
  ],
  ['not where a variable is a part of the tag', 'ARG V=1\nFROM a:$V-slim\n', 'ARG V=1\nFROM a:$V-slim\n'],
  ['not over several lines', 'FROM a:\\\n1\n', 'FROM a:\\\n1\n'],
  [
    'in flags',
    'FROM a:1\nCOPY --from=b / /\nRUN --mount=from=c:1,target=/x y\n',
    `FROM a:1@${digest}\nCOPY --from=b:latest@${digest} / /\nRUN --mount=from=c:1@${digest},target=/x y\n`,
  ],
])('a digest is written %s', async (_, text, changed) => {
  expect(await pinned(text)).toBe(changed);
});

test('a file that is too large, no text or full of images is refused', async () => {
  await expect(findReferences('#'.repeat(262_145), 'Dockerfile')).rejects.toMatchObject({
    code: 'reference/file-malformed',
  });
  await expect(findReferences('FROM a\0', 'Dockerfile')).rejects.toMatchObject({
    code: 'reference/file-malformed',
  });
  await expect(findReferences('FROM a\n'.repeat(1001), 'Dockerfile')).rejects.toMatchObject({
    code: 'reference/file-malformed',
  });
});

test.each([
  [
    'stages without end',
    Array.from({ length: 990 }, (_, i) => `FROM a${String(i)} AS b${String(i)}`).join('\n'),
  ],
  ['arguments of arguments', `ARG A=${'a'.repeat(1000)}\n${'ARG B=$A\n'.repeat(25_000)}FROM $B`],
  ['references of long arguments', `ARG A=${'a'.repeat(1000)}\n${'FROM $A\n'.repeat(990)}`],
  ['blanks behind a directive', `# syntax=${' '.repeat(200_000)}`],
  ['blanks within a directive', `# syntax=a${' '.repeat(100_000)}b${' '.repeat(100_000)}`],
  ['what looks like here-documents', `RUN ${'1'.repeat(100_000)} ${'"<<'.repeat(40_000)}`],
  ['blanks', `FROM${' '.repeat(200_000)}a`],
  ['continuations', `FROM ${'\\\n'.repeat(100_000)}a`],
  ['quotes', `RUN ${'"'.repeat(200_001)}`],
  ['dollars', `FROM ${'${A:-'.repeat(40_000)}`],
  ['here-documents', `RUN ${'<<A '.repeat(60_000)}`],
  ['onbuild', `${'ONBUILD '.repeat(30_000)}FROM a`],
])('%s take no time', async (_, text) => {
  const started = performance.now();
  await findReferences(text, 'Dockerfile').catch(() => undefined);
  expect(performance.now() - started).toBeLessThan(3000);
});
