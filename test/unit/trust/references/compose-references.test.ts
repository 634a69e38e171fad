import { expect, test } from 'vitest';
import { findReferences, kindOf } from '../../../../electron/trust/references/find-references.ts';
import { pinText } from '../../../../electron/trust/references/pin-text.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

async function read(text: string, name = 'compose.yaml') {
  return (await findReferences(text, name)).references;
}

async function found(text: string, name?: string): Promise<string[]> {
  return (await read(text, name)).map(({ reference, problem, line }) =>
    problem === undefined ? `${String(line)} ${reference}` : `${String(line)} ? ${reference}`,
  );
}

async function pinned(text: string, name?: string): Promise<string> {
  return pinText(
    text,
    (await read(text, name)).map((one) => ({ found: one, digest })),
  );
}

test.each<[what: string, text: string, references: string[]]>([
  ['an empty file', '', []],
  ['no services', 'volumes:\n  a:\n', []],
  ['services', 'services:\n  a:\n    image: nginx:1\n  b: {image: "b", x: 1}\n', ['3 nginx:1', '4 b']],
  ['what is built', 'services:\n  a: {build: .}\n  b:\n    build: .\n    image: b:1\n  c:\n', ['5 b:1']],
  [
    'other images',
    'x-image: a\nservices:\n  a:\n    environment: {image: b}\n    labels:\n      image: c\n',
    [],
  ],
  ['no image', 'services:\n  a: {image: }\n  b: {image: ""}\n  c: {image: ~}\n', []],
  ['an image that is no text', 'services:\n  d: {image: [x]}\n', ['file is malformed']],
  ['an image in base64', 'services:\n  d: {image: !!binary aGhoaGho}\n', ['file is malformed']],
  ['a key that is an alias', 'x: &k image\nservices:\n  a:\n    *k : a:1\n', ['4 a:1']],
  ['services by an alias', 'x: &k services\n*k :\n  a: {image: a:1}\n', ['3 a:1']],
  ['a key that is no text', 'services:\n  a:\n    ? [image]\n    : a:1\n', ['file is malformed']],
  [
    'defaults',
    'services:\n  a: {image: "nginx:${V:-1.25}"}\n  b: {image: "${I-b}"}\n',
    ['2 nginx:1.25', '3 b'],
  ],
  [
    'variables',
    'services:\n  a: {image: "nginx:$V"}\n  b: {image: "${I:?no}"}\n',
    ['2 ? nginx:$V', '3 ? ${I:?no}'],
  ],
  ['a dollar', 'services:\n  a: {image: a$$b}\n', ['2 a$b']],
  ['a number', 'services:\n  a: {image: 1.10}\n', ['2 1.10']],
  ['an alias', 'x-i: &i nginx:1\nservices:\n  a: {image: *i}\n  b: {image: *i}\n', ['1 nginx:1']],
  [
    'a merge',
    'x-b: &b {image: base:1}\nservices:\n  a: {<<: *b}\n  b: {<<: *b, image: own}\n  c: {<<: [{}, *b]}\n',
    ['1 base:1', '4 own'],
  ],
  ['services that are an alias', 'x: &s\n  a: {image: a}\nservices: *s\n', ['2 a']],
  ['a merge into itself', 'services:\n  a: &a\n    <<: *a\n', []],
  ['an alias of nothing', 'services:\n  a: {image: *no}\n', ['file is malformed']],
  ['a second document', 'services: {a: {image: a}}\n---\nservices: {b: {image: b}}\n', ['1 a', '3 b']],
  ['a key given twice', 'services:\n  a:\n    image: a\n    image: b\n', ['file is malformed']],
  ['a service given twice', 'services:\n  a: {image: a}\n  a: {image: b}\n', ['file is malformed']],
  ['what is no YAML', 'services: [\n', ['file is malformed']],
  ['a block', 'services:\n  a:\n    image: >-\n      nginx:1\n', ['3 nginx:1']],
  ['escapes', 'services:\n  a: {image: "ngin\\x78"}\n', ['2 nginx']],
  ['JSON', '{"services": {"a": {"image": "a:1"}}}', ['1 a:1']],
])('%s', async (_, text, references) => {
  const outcome = found(text).catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'reference/file-malformed' });
    return ['file is malformed'];
  });
  expect(await outcome).toEqual(references);
});

test.each<[what: string, text: string, changed: string]>([
  [
    'whatever else is there',
    '\ufeff# c\r\nservices:\r\n    "a" :\r\n        image:   nginx:1   # why\r\n',
    `\ufeff# c\r\nservices:\r\n    "a" :\r\n        image:   nginx:1@${digest}   # why\r\n`,
  ],
  [
    'in quotes',
    `services: {a: {image: "a"}, b: {image: 'b:1'}}`,
    `services: {a: {image: "a:latest@${digest}"}, b: {image: 'b:1@${digest}'}}`,
  ],
  [
    'in a default',
    'services:\n  a: {image: "${I:-a:1}"}\n',
    `services:\n  a: {image: "\${I:-a:1@${digest}}"}\n`,
  ],
  [
    'behind a default',
    'services:\n  a: {image: "${R:-r.example}/a:1"}\n',
    `services:\n  a: {image: "\${R:-r.example}/a:1@${digest}"}\n`,
  ],
  [
    'not behind half a tag',
    'services:\n  a: {image: "a:${V:-1}-slim"}\n',
    'services:\n  a: {image: "a:${V:-1}-slim"}\n',
  ],
  [
    'not into a tag alone',
    'services:\n  a: {image: "a:${V:-1}"}\n',
    'services:\n  a: {image: "a:${V:-1}"}\n',
  ],
  [
    'once for an alias',
    'x-i: &i a:1\nservices: {a: {image: *i}, b: {image: *i}}\n',
    `x-i: &i a:1@${digest}\nservices: {a: {image: *i}, b: {image: *i}}\n`,
  ],
  [
    'not into a block',
    'services:\n  a:\n    image: >-\n      nginx:1\n',
    'services:\n  a:\n    image: >-\n      nginx:1\n',
  ],
])('a digest is written %s', async (_, text, changed) => {
  expect(await pinned(text)).toBe(changed);
});

test('a list has one reference a line', async () => {
  const text = '\ufeff# images\r\n\r\n  nginx:1  # web\r\nr:5000/a b\r\nx@y\r\n#z\nlast';
  expect(await found(text, 'images.txt')).toEqual(['3 nginx:1', '4 r:5000/a b', '5 x@y', '7 last']);
  expect(await pinned('nginx:1 # web\r\nlast', 'a.txt')).toBe(
    `nginx:1@${digest} # web\r\nlast:latest@${digest}`,
  );
});

test.each([
  ['Dockerfile', '', 'dockerfile'],
  ['Dockerfile.release', '', 'dockerfile'],
  ['web.Dockerfile', '', 'dockerfile'],
  ['containerfile', '', 'dockerfile'],
  ['docker-compose.yml', '', 'compose'],
  ['x', '# c\n\nARG A=1\nFROM a', 'dockerfile'],
  ['x', '\ufeffversion: "3"\nservices:', 'compose'],
  ['x', '---\nservices:', 'compose'],
  ['x', 'nginx\nFROM a', 'list'],
  ['x', '', 'list'],
])('%s with %j is a %s', (name, text, kind) => {
  expect(kindOf(text, name)).toBe(kind);
});

const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

test.each([
  [
    'aliases of aliases',
    `x0: &a0 [a]\n${many(5000, (i) => `x${String(i + 1)}: &a${String(i + 1)} [*a${String(i)},*a${String(i)}]`)}\nservices: {a: {image: *a5000}}`,
  ],
  [
    'merges of merges',
    `x0: &a0 {}\n${many(5000, (i) => `x${String(i + 1)}: &a${String(i + 1)} {<<: [*a${String(i)},*a${String(i)}]}`)}\nservices: {a: *a5000}`,
  ],
  [
    'a large map merged a thousand times',
    `x: &a\n${many(9000, (i) => ` a${String(i)}: 1`)}\nservices:\n${many(9000, (i) => ` s${String(i)}: {<<: *a}`)}`,
  ],
  ['nesting', '['.repeat(200_000)],
  ['nesting in services', `services: ${'{a: '.repeat(50_000)}`],
  ['many services', `services:\n${many(9000, (i) => ` s${String(i)}: {a: b}`)}`],
  ['documents', '---\n'.repeat(60_000)],
])('%s take little time', async (_, text) => {
  const started = performance.now();
  await findReferences(text, 'a.yml').catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'reference/file-malformed' });
  });
  expect(performance.now() - started).toBeLessThan(10_000);
});
