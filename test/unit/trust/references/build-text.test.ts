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
    ['the image that reads it', '# syntax=reader:1\nFROM app\n', '# syntax=<reader:1>\nFROM <app>\n'],
  ])('%s', (_, text, expected, args) => {
    expect(built(text, args)).toBe(expected);
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
    ['an instruction that nobody knows', 'FROM app\nIMPORT other\n', 'reference/file-malformed'],
  ])('refuses %s', (_, text, code) => {
    expect(() => built(text)).toThrow(expect.objectContaining({ code }));
  });
});
