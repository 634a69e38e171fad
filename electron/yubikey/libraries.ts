/**
 * Where token libraries usually are, and whether one may be loaded. Privileged process; looks, loads nothing.
 * SECURITY: a library runs with the person's rights, so it must be in a place that nobody else can write to.
 */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const linuxFolders = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib/arm-linux-gnueabihf',
  '/usr/lib/i386-linux-gnu',
  '/usr/lib/riscv64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/usr/local/lib64',
];
const macFolders = ['/opt/homebrew/lib', '/usr/local/lib', '/opt/local/lib'];

/** Yubico's own first: with it slots can be written. OpenSC's can list and sign. */
export function usualLibraries(platform: string, env: Environment): readonly string[] {
  if (platform === 'darwin') {
    const yubico = macFolders.map((folder) => `${folder}/libykcs11.dylib`);
    return [...yubico, '/Library/OpenSC/lib/opensc-pkcs11.so'];
  }
  if (platform === 'win32') return windowsLibraries(env);
  const yubico = linuxFolders.flatMap((folder) =>
    ['libykcs11.so', 'libykcs11.so.2', 'libykcs11.so.1'].map((name) => `${folder}/${name}`),
  );
  const opensc = linuxFolders.flatMap((folder) => [
    `${folder}/opensc-pkcs11.so`,
    `${folder}/pkcs11/opensc-pkcs11.so`,
  ]);
  return [...yubico, ...opensc];
}

function windowsLibraries(env: Environment): readonly string[] {
  const names = ['ProgramFiles', 'ProgramW6432', 'ProgramFiles(x86)'];
  const given = names.flatMap((name) => env[name] ?? []).filter((folder) => path.win32.isAbsolute(folder));
  const folders = [...new Set([...given, 'C:\\Program Files'])];
  return [
    ...folders.map((folder) => path.win32.join(folder, 'Yubico', 'Yubico PIV Tool', 'bin', 'libykcs11.dll')),
    ...folders.map((folder) =>
      path.win32.join(folder, 'OpenSC Project', 'OpenSC', 'pkcs11', 'opensc-pkcs11.dll'),
    ),
  ];
}

/**
 * The library to use: the one that the person chose, or the first that is installed.
 * @throws `yubikey/no-library`, `yubikey/library-refused`
 */
export async function findLibrary(chosen: string | undefined, usual: readonly string[]): Promise<string> {
  if (chosen !== undefined) return requireSafeLibrary(chosen);
  for (const candidate of usual) {
    if (await isFile(candidate)) return requireSafeLibrary(candidate);
  }
  const folders = [
    ...new Set(usual.map((one) => (one.includes('\\') ? path.win32 : path.posix).dirname(one))),
  ];
  throw new AppError('yubikey/no-library', { looked: folders });
}

/** The real file behind `library`. @throws `yubikey/library-refused` */
export async function requireSafeLibrary(library: string): Promise<string> {
  const refuse = (reason: string, cause?: unknown): AppError =>
    new AppError('yubikey/library-refused', { path: library, reason }, { cause });
  if (!path.isAbsolute(library)) throw refuse('its path is not absolute');
  const file = await realpath(library).catch((error: unknown) => {
    throw refuse('there is no such file', error);
  });
  for (const place of [file, path.dirname(file), path.dirname(library)]) {
    const reason = await unsafe(place);
    if (reason !== undefined) throw refuse(reason);
  }
  if (!(await isFile(file))) throw refuse('it is not a file');
  return library;
}

async function unsafe(place: string): Promise<string | undefined> {
  // Windows: program folders are an administrator's; what a mode would say there means nothing.
  if (process.platform === 'win32') return undefined;
  const { mode, uid } = await stat(place);
  if ((mode & 0o002) !== 0) return `everybody can write to ${place}`;
  const own = process.getuid?.() ?? 0;
  return uid === 0 || uid === own ? undefined : `${place} belongs to another user`;
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

/**
 * False where it is certain that nobody serves smart cards: PC/SC on Linux is a socket at a fixed place. Asking first
 * saves starting a process on computers that never saw a token.
 */
export async function maybeServesCards(platform: string, env: Environment): Promise<boolean> {
  if (platform !== 'linux') return true;
  const socket = env['PCSCLITE_CSOCK_NAME'] ?? '/run/pcscd/pcscd.comm';
  return stat(socket).then(
    () => true,
    () => false,
  );
}

/**
 * False where certainly no token can be: no library, or nobody who serves cards. Costs a look at a few files, so that
 * commands on other computers need not load anything more.
 */
export async function mayHaveTokens(
  platform: string,
  env: Environment,
  dataDirectory: string,
): Promise<boolean> {
  // A library may have been chosen there, which needs no PC/SC.
  if (await isFile(path.join(dataDirectory, 'tokens.json'))) return true;
  if (!(await maybeServesCards(platform, env))) return false;
  for (const candidate of usualLibraries(platform, env)) if (await isFile(candidate)) return true;
  return false;
}
