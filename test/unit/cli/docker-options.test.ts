/** Which word behind `docker run` is the image: whoever is wrong there starts what nobody looked at. */
import { describe, expect, it } from 'vitest';
import { splitAtImage } from '../../../electron/cli/docker-options.ts';

const imageOf = (line: string): readonly [string, string] => {
  const { image, command } = splitAtImage(line.split(' '));
  return [image, command.join(' ')];
};

describe('the image of a container', () => {
  it.each([
    ['app', ''],
    ['--rm app', ''],
    ['-it app sh', 'sh'],
    ['-it --name web app --name other', '--name other'],
    ['--name=web app', ''],
    ['--newer=value app', ''],
    ['-p 80:80 app', ''],
    ['-p80:80 app', ''],
    ['-dp 80:80 app', ''],
    ['-itv /a:/b app', ''],
    ['-t=false app', ''],
    ['-e -it app', ''],
    ['-e=A app', ''],
    ['--env --rm app', ''],
    ['--detach=false app', ''],
    ['--sig-proxy app', ''],
    ['--disable-content-trust=false app', ''],
    ['-- app --rm', '--rm'],
    ['--net host app -c x', '-c x'],
  ])('docker run %s', (line, command) => {
    expect(imageOf(line)).toEqual(['app', command]);
  });

  it('what stands before it is passed on as it was, with the values of options', () => {
    const words = ['-q', '--pull', 'never', '--platform=linux/arm64', '--label', 'a=b', 'app', 'x'];
    expect(splitAtImage(words)).toEqual({
      options: words.slice(0, 6),
      image: 'app',
      command: ['x'],
      values: new Map([
        ['pull', 'never'],
        ['platform', 'linux/arm64'],
        ['label', 'a=b'],
      ]),
    });
  });

  it.each([
    ['--newer app', 'unknown flag: --newer'],
    ['-z app', "unknown shorthand flag: 'z' in -z"],
    ['-itz app', "unknown shorthand flag: 'z' in -itz"],
    ['--rm', 'no image is named'],
    ['--name app', 'no image is named'],
    ['--name', 'flag needs an argument: --name'],
    ['--', 'no image is named'],
    ['--mount type=image,source=other,target=/x app', '--mount type=image cannot be used here'],
    ['--mount=source=other,"type=image",target=/x --mount type=tmpfs,target=/y app', 'cannot be used here'],
    ['--disable-content-trust app', 'use docker itself'],
    ['--disable-content-trust=true app', 'use docker itself'],
  ])('docker run %s is refused', (line, words) => {
    expect(() => imageOf(line)).toThrow(
      expect.objectContaining({
        code: 'cli/usage',
        details: expect.objectContaining({ message: expect.stringContaining(words) as string }) as object,
      }),
    );
  });
});
