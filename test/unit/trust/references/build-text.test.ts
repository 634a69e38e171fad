/** A Dockerfile as it is built: every image by its digest, and nothing that a builder could read in another way. */
import { describe, expect, it } from 'vitest';
import { readBuildText, writeBuildText } from '../../../../electron/trust/references/build-text.ts';

function built(text: string, args: Record<string, string> = {}): string {
  const build = readBuildText(text, 'Dockerfile', new Map(Object.entries(args)));
  return writeBuildText(text, build, new Map(build.references.map((one) => [one, `<${one.reference}>`])));
}

describe('what is built', () => {
  it.each<[string, string, string, Record<string, string>?]>([
    ['a tag', 'FROM app:1.0\n', 'FROM <app:1.0>\n'],
    [
      'every image, no stage',
      'FROM app AS a\nFROM a\nCOPY --from=a /x /y\nCOPY --from=tool:2 /x /y\n',
      'FROM <app> AS a\nFROM a\nCOPY --from=a /x /y\nCOPY --from=<tool:2> /x /y\n',
    ],
    ['nothing of scratch', 'FROM scratch\nCOPY x /\n', 'FROM scratch\nCOPY x /\n'],
    ['no variable is left', 'ARG V=1.0\nFROM app:$V\n', 'ARG V=1.0\nFROM <app:1.0>\n'],
    [
      'what is given goes before the default',
      'ARG V=1.0\nFROM app:${V}\n',
      'ARG V=1.0\nFROM <app:2.0>\n',
      { V: '2.0' },
    ],
    ['also where there is none', 'ARG V\nFROM app:${V:-3}\n', 'ARG V\nFROM <app:2.0>\n', { V: '2.0' }],
    ['a default of the file where nothing is given', 'ARG V\nFROM app:${V:-3}\n', 'ARG V\nFROM <app:3>\n'],
    ['what is given for no ARG is nothing', 'FROM app:${V:-3}\n', 'FROM <app:3>\n', { V: '2.0' }],
    [
      'variables of what is given are text',
      'ARG A=x\nARG V=1\nFROM app:$V\n',
      'ARG A=x\nARG V=1\nFROM <app:$A>\n',
      { V: '$A' },
    ],
    [
      'everything else stays',
      '\ufeff# x\r\nFROM  app:1 \\\r\n  AS y\r\nRUN echo app:1\r\n',
      '\ufeff# x\r\nFROM  <app:1> \\\r\n  AS y\r\nRUN echo app:1\r\n',
    ],
    [
      'no variable that names a stage',
      'ARG V=b\nFROM app AS a-b\nFROM a-$V\n',
      'ARG V=b\nFROM <app> AS a-b\nFROM a-b\n',
    ],
    [
      'a number names a stage for COPY, and an image for RUN',
      'FROM app\nCOPY --from=0 /x /y\nRUN --mount=from=0,target=/x y\n',
      'FROM <app>\nCOPY --from=0 /x /y\nRUN --mount=from=<0>,target=/x y\n',
    ],
    [
      'what looks like a comment below a mark',
      'FROM app\nRUN echo \\\n  # x\n  a\nCOPY --from=b /x /y\n',
      'FROM <app>\nRUN echo \\\n  # x\n  a\nCOPY --from=<b> /x /y\n',
    ],
    [
      'an escape behind what is no directive',
      '# made=by hand\n# escape=`\nFROM app\nRUN echo `\nCOPY --from=b /x /y\n',
      '# made=by hand\n# escape=`\nFROM <app>\nRUN echo `\nCOPY --from=<b> /x /y\n',
    ],
    [
      'an escape with a blank that Go does not know there',
      '# escape\u00a0=`\nFROM app\nRUN echo `\nCOPY --from=b /x /y\n',
      '# escape\u00a0=`\nFROM <app>\nRUN echo `\nCOPY --from=<b> /x /y\n',
    ],
    [
      'the image that reads it, below the line of a program',
      '#!/bin/x\n# syntax=reader:1\nFROM app\n',
      '#!/bin/x\n# syntax=<reader:1>\nFROM <app>\n',
    ],
    [
      'a list in JSON has no here-document',
      'FROM app\nRUN ["sh", "-c", "x"]\nCOPY --from=b /x /y\n',
      'FROM <app>\nRUN ["sh", "-c", "x"]\nCOPY --from=<b> /x /y\n',
    ],
    ['the image that reads it', '# syntax=reader:1\nFROM app\n', '# syntax=<reader:1>\nFROM <app>\n'],
  ])('%s', (_, text, expected, args) => {
    expect(built(text, args)).toBe(expected);
  });

  it('a stage that is not finished needs BuildKit, because for the older builder its name is an image', () => {
    const needs = (text: string) => readBuildText(text, 'Dockerfile', new Map()).needsBuildKit;
    expect(needs('FROM app\nCOPY --from=b /x /y\nFROM app AS b\n')).toBe(true);
    expect(needs('FROM app AS b\nFROM app\nCOPY --from=b /x /y\n')).toBe(false);
  });

  it('a here-document needs BuildKit, which alone leaves its lines alone', () => {
    const text = 'FROM app\nRUN <<EOF\nFROM other\nEOF\n';
    expect(readBuildText(text, 'Dockerfile', new Map()).needsBuildKit).toBe(true);
    expect(built(text)).toBe('FROM <app>\nRUN <<EOF\nFROM other\nEOF\n');
    expect(readBuildText('FROM app\nRUN echo\n', 'Dockerfile', new Map()).needsBuildKit).toBe(false);
  });

  it.each([
    [
      'an image that only a variable of the builder names',
      'FROM app:$TARGETARCH\n',
      'reference/unresolvable',
    ],
    ['a variable without a value', 'ARG V\nFROM app:$V\n', 'reference/unresolvable'],
    [
      'a variable where none is filled in',
      'ARG V=1\nFROM app\nCOPY --from=tool:$V /x /y\n',
      'reference/unresolvable',
    ],
    [
      'another way to name the image that reads it',
      '// syntax=reader:1\nFROM app\n',
      'reference/file-malformed',
    ],
    ['the same in JSON', '{"syntax": "reader:1"}\nFROM app\n', 'reference/file-malformed'],
    [
      'a value that is not known where it would be taken for none',
      'ARG Y=b\nARG X=${Y/q/q}\nFROM app AS base\nFROM ${X:-base}\n',
      'reference/unresolvable',
    ],
    ['quotes in the name of an option', 'FROM app\nCOPY --"from=b" /x /y\n', 'reference/file-malformed'],
    ['escapes there', 'FROM app\nCOPY --fr\\om=b /x /y\n', 'reference/file-malformed'],
    ['quotes in a mount', "FROM app\nRUN --mo'unt=from=b',target=/x y\n", 'reference/file-malformed'],
    ['escapes in a mount', 'FROM app\nRUN --mount=fr\\om=b,target=/x y\n', 'reference/file-malformed'],
    [
      'quotes of a list in a mount',
      'FROM app\nRUN --mount=type=bind,\\"from=b\\",target=/x y\n',
      'reference/file-malformed',
    ],
    [
      'bytes that a builder takes for a blank',
      'FROM app\nRUN --mount=type=cache,target=/\u00e0--mount=from=b,target=/x y\n',
      'reference/file-doubtful',
    ],
    [
      'the same behind ONBUILD',
      'FROM app\nONBUILD COPY --chown=\u00e0--from=b /x /y\n',
      'reference/file-doubtful',
    ],
    [
      'a byte order mark before what is then no comment',
      'FROM app\nRUN echo \\\n\ufeff# x\nCOPY --from=b /x /y\n',
      'reference/file-doubtful',
    ],
    [
      'carriage returns behind the end of a here-document',
      'FROM app\nRUN <<A\nA\r\r\nCOPY --from=b /x /y\nA\n',
      'reference/file-doubtful',
    ],
    ['a here-document without an end', 'FROM app\nRUN <<A\nCOPY --from=b /x /y\n', 'reference/file-doubtful'],
    [
      'a here-document with a blank before its name',
      'FROM app\nRUN << A\nRUN <<B\nA\nCOPY --from=b /x /y\nB\n',
      'reference/file-doubtful',
    ],
    [
      'one where the lexer gives up',
      'FROM app\nRUN ${} <<A\nCOPY --from=b /x /y\nA\n',
      'reference/file-doubtful',
    ],
    [
      'one beside an open quote',
      "FROM app\nRUN <<A it's\nCOPY --from=b /x /y\nA\n",
      'reference/file-doubtful',
    ],
    [
      'one behind an escape that is none for the lexer',
      '# escape=`\nFROM app\nRUN ["a`", " <<A "]\nCOPY --from=b /x /y\nA\n',
      'reference/file-doubtful',
    ],
    [
      'ONBUILD that a later stage reads with another escape',
      '# escape=`\nFROM app AS a\nONBUILD COPY --fr\\om=b /x /y\nFROM a\n',
      'reference/file-doubtful',
    ],
    ['an instruction that nobody knows', 'FROM app\nIMPORT other\n', 'reference/file-malformed'],
  ])('refuses %s', (_, text, code) => {
    expect(() => built(text)).toThrow(expect.objectContaining({ code }));
  });
});
