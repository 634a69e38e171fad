/** What `docker build` is told: the file that is looked up must be the one that is built. */
import { describe, expect, it } from 'vitest';
import { readBuildWords } from '../../../electron/cli/build-options.ts';

const env = { VERSION: '2.0' };
const read = (line: string) => readBuildWords(line.split(' '), env);

describe('the words of docker build', () => {
  it.each<[string, { file?: string; args?: Record<string, string> }]>([
    ['.', {}],
    ['-t app .', {}],
    ['. -t app', {}],
    ['-tapp --no-cache .', {}],
    ['-f other/Dockerfile .', { file: 'other/Dockerfile' }],
    ['--file=a -f b .', { file: 'b' }],
    ['-qf b .', { file: 'b' }],
    ['--build-arg A=1 --build-arg=B=x=y .', { args: { A: '1', B: 'x=y' } }],
    ['--build-arg VERSION --build-arg NONE .', { args: { VERSION: '2.0' } }],
    ['--build-arg A=1 --build-arg A=2 .', { args: { A: '2' } }],
    ['--newer=value .', {}],
    ['--sbom=false --attest type=provenance,mode=max .', {}],
    ['-- .', {}],
  ])('docker build %s', (line, { file, args = {} }) => {
    const words = read(line);
    expect([words.file, words.folder, words.buildArgs]).toEqual([file, '.', new Map(Object.entries(args))]);
  });

  it('options are passed on as they were typed, wherever the folder stood', () => {
    expect(read('-t app . --build-arg A=1 -q').options).toEqual(['-t', 'app', '--build-arg', 'A=1', '-q']);
  });

  it.each([
    ['--newer .', 'unknown flag: --newer'],
    ['-z .', "unknown shorthand flag: 'z'"],
    ['-t', 'flag needs an argument'],
    ['-t app', 'requires 1 argument'],
    ['. other', 'requires 1 argument'],
    ['-f - .', 'from standard input'],
    ['-', 'cannot be built here'],
    ['https://git.example.test/app.git', 'cannot be built here'],
    ['git@git.example.test:app.git', 'cannot be built here'],
    ['--cache-from app .', 'cannot be used here'],
    ['--build-context base=docker-image://app .', 'cannot be used here'],
    ['--build-arg BUILDKIT_SYNTAX=app .', 'cannot be used here'],
    ['--sbom=true .', 'cannot be used here'],
    ['--sbom generator=app .', 'cannot be used here'],
    ['--attest type=sbom,generator=app .', 'cannot be used here'],
    ['--disable-content-trust .', 'use docker itself'],
  ])('docker build %s is refused', (line, words) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({
        code: 'cli/usage',
        details: expect.objectContaining({ message: expect.stringContaining(words) as string }) as object,
      }),
    );
  });

  it('a policy that lets other images take the place of signed ones is refused', () => {
    expect(() => readBuildWords(['.'], { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: 'policy.json' })).toThrow(
      expect.objectContaining({ code: 'cli/usage' }),
    );
  });
});
