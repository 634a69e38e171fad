/**
 * Looks into the images that a Dockerfile begins with before docker builds: what they tell the build to do (`ONBUILD`) must
 * not bring in what nobody signed. Command line. The engine pulls them now instead of a moment later.
 */
import { AppError } from '../../shared/errors.ts';
import type { BuildText } from '../trust/references/build-text.ts';
import { refuseUnsignedTriggers } from '../trust/references/build-triggers.ts';
import type { RunDocker } from './docker-program.ts';

export interface BuildBase {
  /** `registry.example.test/app:1.0@sha256:<hex>` */
  readonly name: string;
  /** The number of the stage that begins with it. */
  readonly stage: number;
}

/**
 * @param platforms of `--platform`; none for the engine's own
 * @returns false when docker could not pull one, which it has said
 * @throws `reference/trigger-unsigned`, `engine/error`
 */
export async function checkTriggers(
  bases: readonly BuildBase[],
  build: Pick<BuildText, 'stages'>,
  platforms: readonly string[],
  docker: RunDocker,
): Promise<boolean> {
  for (const name of new Set(bases.map((base) => base.name)))
    for (const platform of platforms.length > 0 ? platforms : [undefined]) {
      const triggers = await triggersOf(name, platform, docker);
      if (triggers === undefined) return false;
      for (const { stage } of bases.filter((base) => base.name === name))
        refuseUnsignedTriggers(name, triggers, stage, build);
    }
  return true;
}

/** Undefined when docker failed. One that is there may be of another platform than the one that is named. */
async function triggersOf(
  name: string,
  platform: string | undefined,
  docker: RunDocker,
): Promise<readonly string[] | undefined> {
  const present = platform === undefined ? await inspect(name, docker, 'ignore') : undefined;
  if (present !== undefined) return present;
  const options = platform === undefined ? [] : ['--platform', platform];
  // On stderr, because on stdout docker build -q says what it built.
  if ((await docker(['pull', ...options, name], ['ignore', 2, 2])) !== 0) return undefined;
  return inspect(name, docker, 2);
}

async function inspect(
  name: string,
  docker: RunDocker,
  stderr: 'ignore' | 2,
): Promise<readonly string[] | undefined> {
  const pieces: Buffer[] = [];
  const words = ['image', 'inspect', '--format', '{{json .Config.OnBuild}}', name];
  const code = await docker(words, ['ignore', 'pipe', stderr], (piece) => pieces.push(piece));
  return code === 0 ? parseTriggers(Buffer.concat(pieces).toString('utf8')) : undefined;
}

/** `null` for none. @throws `engine/error` */
function parseTriggers(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return [];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new AppError('engine/error', {
    reason: 'docker image inspect did not answer with a list of ONBUILD lines',
  });
}
