/** Which of the two programs a command line is run by: the small one for reading, the whole one for everything else. */
import { expect, test } from 'vitest';
import { programFor } from '../../../electron/cli/program-file.ts';

test.each([
  [['inspect', '--pretty', 'alpine'], 'reader'],
  [['list', 'docker.io/library/alpine'], 'reader'],
  [['lookup', 'docker.io/library/alpine', 'latest'], 'reader'],
  [['delegation', 'list', 'docker.io/library/alpine'], 'reader'],
  [['delegation', 'add', 'docker.io/library/alpine', 'targets/kim', 'kim.pub'], 'program'],
  [['delegation'], 'program'],
  [['key', 'list'], 'program'],
  [['sign', 'alpine:1'], 'program'],
  [['-s', 'https://trust.example', 'list', 'alpine'], 'program'],
  [['--help'], 'program'],
  [[], 'program'],
])('%j', (words, program) => {
  expect(programFor(words)).toBe(program);
});
