/** What `docker build` is told: which Dockerfile, which folder, which values of ARGs. Command line; pure. */
import type { Environment } from '../network/http-exchange.ts';
import { usage } from './command.ts';
import { isOption, knownOptions, readOption } from './docker-words.ts';

/** Those of docker 28, with BuildKit and without. */
const buildOptions = knownOptions(
  'add-host allow annotation attest build-arg build-context builder cache-from cache-to call cgroup-parent cpu-period ' +
    'cpu-quota cpu-shares cpuset-cpus cpuset-mems file iidfile isolation label memory memory-swap metadata-file network ' +
    'no-cache-filter output platform progress provenance sbom secret security-opt shm-size ssh tag target ulimit',
  'check compress debug disable-content-trust force-rm load no-cache pull push quiet rm squash',
  'c:cpu-shares f:file m:memory o:output t:tag',
  'Dq',
);

/** What brings in content that no signature was looked up for. */
const unchecked: ReadonlyMap<string, string> = new Map([
  ['cache-from', 'layers of a cache are signed by nobody'],
  ['build-context', 'images of another context are not looked up'],
]);

export interface BuildWords {
  /** Relative to where one is; undefined for `Dockerfile` in the folder. */
  readonly file: string | undefined;
  readonly folder: string;
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Of `--platform`; none for the engine's own. */
  readonly platforms: readonly string[];
  /** Everything but the folder, as it was typed. */
  readonly options: readonly string[];
}

/** @throws `cli/usage` */
export function readBuildWords(words: readonly string[], env: Environment): BuildWords {
  refusePolicy(env);
  const options: string[] = [];
  const operands: string[] = [];
  const buildArgs = new Map<string, string>();
  let file: string | undefined;
  let platforms = env['DOCKER_DEFAULT_PLATFORM'] ?? '';
  for (let at = 0; at < words.length;) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!isOption(word)) {
      operands.push(word);
      at += 1;
      continue;
    }
    const { name, value, next } = readOption(buildOptions, words, at);
    refuseUnchecked(name, value);
    if (name === 'file') file = value;
    if (name === 'platform') platforms = value ?? '';
    if (name === 'build-arg') readBuildArg(value ?? '', env, buildArgs);
    options.push(...words.slice(at, next));
    at = next;
  }
  return {
    file: file === '' ? undefined : localFile(file),
    folder: localFolder(operands),
    buildArgs,
    platforms: platforms.split(',').filter((one) => one !== ''),
    options,
  };
}

function refuseUnchecked(name: string, value = ''): void {
  const reason = unchecked.get(name) ?? (runsScanner(name, value) ? scannerReason : undefined);
  if (reason !== undefined) throw usage(`--${name} cannot be used here: ${reason}`);
}

const scannerReason = 'the image that lists the software is not looked up';

/** BuildKit runs another image to make such a list, its own or one that is named. */
function runsScanner(name: string, value: string): boolean {
  if (name === 'sbom') return !/^(?:0|f|F|FALSE|false|False)$/.test(value);
  return name === 'attest' && /sbom/i.test(value.replaceAll('"', ''));
}

/** It makes BuildKit take other content than what is named, whatever its digest. */
function refusePolicy(env: Environment): void {
  const name = 'EXPERIMENTAL_BUILDKIT_SOURCE_POLICY';
  if ((env[name] ?? '') !== '')
    throw usage(
      `${name} cannot be used here: unset it, because it lets other images take the place of signed ones`,
    );
}

/** `NAME=VALUE`, or `NAME` for the variable of that name. */
function readBuildArg(text: string, env: Environment, buildArgs: Map<string, string>): void {
  const [name = '', given] = text.split(/=(.*)/s);
  const value = given ?? env[name];
  // It names the image that reads the Dockerfile.
  if (name.toUpperCase() === 'BUILDKIT_SYNTAX')
    throw usage('BUILDKIT_SYNTAX cannot be used here: write it into the first line, as # syntax=');
  if (value !== undefined) buildArgs.set(name, value);
}

function localFile(file: string | undefined): string | undefined {
  if (file === '-') throw usage('a Dockerfile from standard input cannot be used here: write it to a file');
  return file;
}

/** As docker tells the others apart: builder/remotecontext/urlutil. */
function localFolder(operands: readonly string[]): string {
  const [folder] = operands;
  if (folder === undefined || operands.length > 1)
    throw usage("'trustdesk docker build' requires 1 argument");
  if (folder === '-' || /^(?:https?:\/\/|git:\/\/|github\.com\/|git@|ssh:\/\/)/.test(folder))
    throw usage(
      `${folder} cannot be built here: only a folder on this computer can, whose Dockerfile was read`,
    );
  return folder;
}
