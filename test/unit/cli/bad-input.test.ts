/**
 * Bad input of every kind: a coded outcome that names the fix, docker's words where scripts look for them, the right
 * exit code, and nothing in the trust directory changes. The same on a computer that never saw the repository and on
 * one that knows it.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RequestListener } from 'node:http';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { textOf } from '../../../shared/error-texts.ts';
import { RepositoryBuilder } from '../../simulator/repository-builder.ts';
import {
  type Desk,
  type Interference,
  type LabServer,
  makeDesk,
  now,
  type Ran,
  serve,
  useCommandLab,
} from './command-lab.ts';

useCommandLab();

const gun = 'registry.example.test:5000/acme/app' as Gun;
const targets = 'targets' as RoleName;
const day = 24 * 60 * 60 * 1000;

interface Case {
  readonly code: ErrorCode;
  readonly image?: string;
  readonly interfere?: Interference;
  /** Another server than the one of the lab. */
  readonly server?: string;
  readonly trusts?: Parameters<typeof makeDesk>[1];
  readonly at?: Date;
  /** The first line on stderr; docker's own for whatever reading runs into. */
  readonly words?: string;
  /** What `trustdesk list` says after `* fatal: `. */
  readonly fatal?: string | RegExp;
  /** Does a computer that read the repository before still answer from its cache? */
  readonly cacheHelps?: boolean;
}

const answer =
  (status: number, body: string | Uint8Array = '', headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
const always =
  (listener: RequestListener): Interference =>
  () =>
    listener;
const only =
  (wanted: string, listener: RequestListener): Interference =>
  (name) =>
    name === wanted ? listener : undefined;

/** A gibibyte, as far as anybody reads it. */
const endless: RequestListener = (_request, response) => {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  response.writeHead(200, { 'content-length': String(1024 ** 3) });
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};
const silent: RequestListener = () => undefined;
const offline = 'client is offline';

const cases: Record<string, Case> = {
  'unknown image': {
    code: 'trust/no-data',
    image: 'registry.example.test:5000/none/none',
    fatal: /^localhost:\d+ does not have trust data for registry\.example\.test:5000\/none\/none$/,
  },
  'malformed reference': {
    code: 'reference/malformed',
    image: 'registry.example.test:5000/acme/App',
    words: 'invalid reference format: repository name (acme/App) must be lowercase',
    fatal: /./,
  },
  'unreachable server': {
    code: 'network/refused',
    server: 'https://127.0.0.1:9',
    fatal: offline,
    cacheHelps: true,
  },
  'http address': {
    code: 'notary/not-https',
    server: 'http://localhost:4443',
    words: 'valid https URL required for trust server, got http://localhost:4443',
    fatal: 'valid https URL required for trust server, got http://localhost:4443',
  },
  'wrong CA': { code: 'network/unknown-ca', trusts: 'another CA', fatal: offline, cacheHelps: true },
  'no CA': { code: 'network/unknown-ca', trusts: 'nothing', fatal: offline, cacheHelps: true },
  '401 without a challenge': {
    code: 'notary/unauthorised',
    interfere: always(answer(401)),
    fatal: 'you are not authorized to perform this operation: server returned 401.',
    cacheHelps: true,
  },
  '401 with Basic': {
    code: 'notary/unauthorised',
    interfere: always(answer(401, '', { 'www-authenticate': 'Basic realm="x"' })),
    fatal: 'you are not authorized to perform this operation: server returned 401.',
    cacheHelps: true,
  },
  '403': {
    code: 'notary/unauthorised',
    interfere: always(answer(403)),
    fatal: 'unable to reach trust server at this time: 403.',
    cacheHelps: true,
  },
  '503': {
    code: 'notary/server-error',
    interfere: always(answer(503)),
    fatal: 'unable to reach trust server at this time: 503.',
    cacheHelps: true,
  },
  'expired metadata': {
    code: 'trust/expired',
    at: new Date(now.getTime() + 20 * day),
    fatal: /^timestamp expired at \w{3} \w{3} \d+ \d\d:\d\d:\d\d UTC 2026$/,
  },
  'broken JSON': {
    code: 'trust/malformed',
    interfere: only('timestamp', answer(200, '{"signed":')),
    fatal: /./,
  },
  'a page instead of metadata': {
    code: 'notary/bad-answer',
    interfere: only('timestamp', answer(200, '<html>hello</html>')),
    fatal: /./,
  },
  'a gibibyte': {
    code: 'network/too-large',
    interfere: only('timestamp', endless),
    fatal: 'trust server returned a bad response.',
  },
  'a slow answer': { code: 'network/timeout', interfere: always(silent), fatal: offline, cacheHelps: true },
  'a redirect to http': {
    code: 'network/redirect-refused',
    interfere: always(answer(302, '', { location: 'http://elsewhere.example/' })),
    fatal: /./,
  },
};

/** Made once: making keys takes longer than anything that is done with them here. */
let shared: RepositoryBuilder;
beforeAll(async () => {
  shared = await makeRepository();
});

/** A published repository with two signed tags. */
async function makeRepository(): Promise<RepositoryBuilder> {
  const builder = await RepositoryBuilder.create(gun, now);
  return builder.addTarget(targets, '1.0').addTarget(targets, '1.1').publish();
}

interface Stage {
  readonly builder: RepositoryBuilder;
  readonly good: LabServer;
  readonly desk: Desk;
}

/** @param knows whether the computer read the repository before anything went wrong */
async function setStage(one: Case, knows: boolean): Promise<Stage> {
  const builder = shared;
  const broken = { now: false };
  const good = await serve(
    gun,
    () => builder.published(),
    (name) => (broken.now ? one.interfere?.(name) : undefined),
  );
  const desk = await makeDesk(good);
  if (knows) expect((await desk.run('inspect', gun)).exitCode).toBe(0);
  broken.now = true;
  return { builder, good, desk };
}

/** The window's words for the outcome that `json` names. */
function expectWords(ran: Ran, json: string, code: ErrorCode): void {
  const outcome = JSON.parse(json) as { code: ErrorCode; details: unknown };
  expect(outcome.code).toBe(code);
  const { title, fix } = textOf(outcome);
  expect(outcome).toMatchObject({ title, fix });
  expect(ran.stderr).toContain(title.replace(/\.$/, ''));
  expect(ran.stderr).toContain(fix);
}

describe.each(Object.entries(cases))('%s', (_, one) => {
  const image = one.image ?? gun;
  const at = one.at ?? now;

  async function runBroken(
    knows: boolean,
    words: (image: string) => string[],
  ): Promise<{ ran: Ran; same: boolean; json: string }> {
    const { desk, good } = await setStage(one, knows);
    const lastDesk = one.trusts === undefined ? desk : await withOtherCa(desk, good, one.trusts);
    if (one.server !== undefined) lastDesk.env['DOCKER_CONTENT_TRUST_SERVER'] = one.server;
    const before = await lastDesk.trustTree();
    const ran = await lastDesk.runAt(at, ...words(image));
    const { stderr: json } = await lastDesk.runAt(at, 'list', '--json', image);
    const after = await lastDesk.trustTree();
    return { ran, same: JSON.stringify(before) === JSON.stringify(after), json };
  }

  it('inspect says so and changes nothing', async () => {
    const { ran, same, json } = await runBroken(false, (name) => ['inspect', name]);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '[]\n' });
    expect(ran.stderr.split('\n')[0]).toBe(one.words ?? `no signatures or cannot access ${image}`);
    if (one.code === 'reference/malformed')
      expect(ran.stderr).toContain('Write it like registry.example.com');
    else expectWords(ran, json, one.code);
    expect(same).toBe(true);
  });

  it('inspect --pretty prints nothing on standard output', async () => {
    const { ran, same } = await runBroken(false, (name) => ['inspect', '--pretty', name]);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    expect(same).toBe(true);
  });

  // For notary a name in capitals is a name like any other.
  if (one.code !== 'reference/malformed') {
    it('list says it as notary does and changes nothing', async () => {
      const { ran, same, json } = await runBroken(false, (name) => ['list', name]);
      expect(ran.exitCode).toBe(1);
      const fatal = /^\n\* fatal: (.*)\n$/.exec(ran.stdout)?.[1] ?? '';
      if (typeof one.fatal === 'string') expect(fatal).toBe(one.fatal);
      else expect(fatal).toMatch(one.fatal ?? /never/);
      expectWords(ran, json, one.code);
      expect(same).toBe(true);
    });
  }

  it('says it as JSON for programs', async () => {
    const { ran } = await runBroken(false, (name) => ['list', '--json', name]);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
    if (one.code !== 'reference/malformed') expect(JSON.parse(ran.stderr)).toMatchObject({ code: one.code });
  });

  it('on a computer that knows the repository', async () => {
    const { ran, same, json } = await runBroken(true, (name) => ['inspect', name]);
    expect(same).toBe(true);
    if (one.cacheHelps === true) {
      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toContain('"SignedTag": "1.1"');
      expect(ran.stderr).toContain(
        'using cached timestamp - this might not be the latest version available remotely',
      );
      expect(ran.stderr).toContain('last confirmed just now; ');
    } else {
      expect(ran).toMatchObject({ exitCode: 1, stdout: '[]\n' });
      if (one.code !== 'reference/malformed') expectWords(ran, json, one.code);
    }
  });
});

/** The same home on a day when its CA folder holds something else. */
async function withOtherCa(
  desk: Desk,
  server: LabServer,
  trusts: Parameters<typeof makeDesk>[1],
): Promise<Desk> {
  const other = await makeDesk(server, trusts);
  const { cp } = await import('node:fs/promises');
  await cp(desk.trustDirectory, other.trustDirectory, { recursive: true }).catch(() => undefined);
  return other;
}

describe('metadata that goes back', () => {
  it('an older timestamp is refused, also where nothing else is wrong', async () => {
    const builder = await makeRepository();
    const old = builder.published();
    await builder.addTarget(targets, '2.0').publish();
    const state = { files: builder.published() };
    const server = await serve(gun, () => state.files);
    const desk = await makeDesk(server);
    expect((await desk.run('inspect', gun)).stdout).toContain('"SignedTag": "2.0"');
    state.files = old;
    const before = await desk.trustTree();
    const ran = await desk.run('inspect', gun);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '[]\n' });
    expectWords(ran, (await desk.run('list', '--json', gun)).stderr, 'trust/rollback');
    expect((await desk.run('list', gun)).stdout).toBe(
      '\n* fatal: version 2 is lower than current version 3\n',
    );
    expect(await desk.trustTree()).toEqual(before);
  });

  it('a repository made anew under the same name is refused', async () => {
    const builder = await makeRepository();
    const state = { files: builder.published() };
    const server = await serve(gun, () => state.files);
    const desk = await makeDesk(server);
    await desk.run('inspect', gun);
    state.files = (await makeRepository()).published();
    const before = await desk.trustTree();
    const ran = await desk.run('list', gun);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toMatch(/^\n\* fatal: could not (rotate|validate)/);
    expect(ran.stderr).toContain('notary delete');
    expect(await desk.trustTree()).toEqual(before);
  });
});

describe('the trust directory', () => {
  // root may read everything
  if (process.getuid?.() !== 0) {
    it('cannot be read', async () => {
      const builder = shared;
      const desk = await makeDesk(await serve(gun, () => builder.published()));
      await desk.run('inspect', gun);
      const folder = join(desk.trustDirectory, 'tuf');
      await chmod(folder, 0o000);
      const ran = await desk.run('inspect', gun);
      const { stderr: json } = await desk.run('list', '--json', gun);
      await chmod(folder, 0o700);
      expect(ran.exitCode).toBe(1);
      expectWords(ran, json, 'config/unreadable');
    });
  }

  it.each([['inspect'], ['list']])('is a file: %s', async (command) => {
    const builder = shared;
    const desk = await makeDesk(await serve(gun, () => builder.published()));
    await desk.write('.docker/trust', 'not a folder');
    const ran = await desk.run(command, gun);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/trust.*(cannot be read|could not be written)/);
  });

  it('is a folder where a metadata file should be', async () => {
    const builder = shared;
    const desk = await makeDesk(await serve(gun, () => builder.published()));
    await desk.write(`.docker/trust/tuf/${gun}/metadata/root.json/oops`, '');
    const before = await desk.trustTree();
    const ran = await desk.run('inspect', gun);
    expect(ran.exitCode).toBe(1);
    expectWords(ran, (await desk.run('list', '--json', gun)).stderr, 'config/unreadable');
    expect(await desk.trustTree()).toEqual(before);
  });

  it('holds a cached root that is not one: never a reason to trust anew', async () => {
    const builder = shared;
    const desk = await makeDesk(await serve(gun, () => builder.published()));
    await desk.write(`.docker/trust/tuf/${gun}/metadata/root.json`, '{}');
    const before = await desk.trustTree();
    const ran = await desk.run('inspect', gun);
    expect(ran).toMatchObject({ exitCode: 1, stdout: '[]\n' });
    expectWords(ran, (await desk.run('list', '--json', gun)).stderr, 'trust/malformed');
    expect(await desk.trustTree()).toEqual(before);
  });

  it('gets no empty folders for a repository that is not there', async () => {
    const desk = await makeDesk(await serve(gun, () => new Map()));
    await desk.run('inspect', gun, 'registry.example.test:5000/none/none');
    await desk.run('list', gun);
    await desk.run('key', 'list');
    expect(await desk.trustTree()).toEqual([]);
  });
});

describe('key files that are not keys', () => {
  const id = 'a'.repeat(64);
  it.each<[string, string, string | Uint8Array, RegExp]>([
    ['text', `${id}.key`, 'hello', /holds no PEM block/],
    ['nothing', `${id}.key`, '', /holds no PEM block/],
    ['bytes', `${id}.key`, new Uint8Array([0, 255, 1, 254]), /holds no PEM block/],
    [
      'a certificate',
      `${id}.key`,
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /CERTIFICATE/,
    ],
    [
      'a name that is no ID',
      'jeff.key',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      /not a key ID/,
    ],
  ])('%s: listed as unusable on stderr, never silently', async (_, name, content, reason) => {
    const desk = await makeDesk({ url: 'https://127.0.0.1:9', host: '127.0.0.1:9' });
    await desk.write(`.docker/trust/private/${name}`, content);
    const before = await desk.trustTree();
    const ran = await desk.run('key', 'list');
    expect(ran).toMatchObject({ exitCode: 0, stdout: '\nNo signing keys found.\n\n' });
    expect(ran.stderr).toMatch(reason);
    expect(ran.stderr).toContain(name);
    expect(await desk.trustTree()).toEqual(before);
  });

  it('the folder of keys is a file', async () => {
    const desk = await makeDesk({ url: 'https://127.0.0.1:9', host: '127.0.0.1:9' });
    await desk.write('.docker/trust/private', 'x');
    const ran = await desk.run('key', 'list');
    expect(ran.exitCode).toBe(1);
    expectWords(ran, (await desk.run('key', 'list', '--json')).stderr, 'keystore/unreadable');
    expect(ran.stderr).toContain('cannot be read: a part of its path is not a folder.');
  });
});

describe('configuration that is not valid', () => {
  it.each([
    ['our settings', 'trustdesk/settings.json', '{'],
    ["docker's", '.docker/config.json', '{"auths": 1}'],
  ])('%s', async (_, file, content) => {
    const builder = shared;
    const desk = await makeDesk(
      await serve(
        gun,
        () => builder.published(),
        always(answer(401, '', { 'www-authenticate': 'Basic realm="x"' })),
      ),
    );
    const path = await desk.write(file, content);
    const ran = await desk.run('inspect', gun);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain(path);
    expectWords(ran, (await desk.run('list', '--json', gun)).stderr, 'config/malformed');
  });

  it("notary's concerns notary's commands, and is only mentioned by docker's", async () => {
    const builder = shared;
    const desk = await makeDesk(await serve(gun, () => builder.published()));
    const path = await desk.write('.notary/config.json', '{');
    const inspected = await desk.run('inspect', gun);
    expect(inspected.exitCode).toBe(0);
    expect(inspected.stderr).toContain(`Warning: ${path} is not valid`);
    const listed = await desk.run('list', gun);
    expect(listed.exitCode).toBe(1);
    expectWords(listed, (await desk.run('list', '--json', gun)).stderr, 'config/malformed');
  });

  it('a configuration file of notary that was named and is not there', async () => {
    const desk = await makeDesk({ url: 'https://127.0.0.1:9', host: '127.0.0.1:9' });
    const ran = await desk.run('-c', 'nowhere.json', 'list', gun);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('there is no such file');
  });
});
