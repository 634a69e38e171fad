/**
 * The root certificates that this computer trusts, found where Go (and so docker and notary) finds them.
 * Main process and command line. Reads files; never writes.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';

/** crypto/x509 root_linux.go, root_bsd.go: the first file that can be read wins. */
const bundleFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
] as const;

/** Also Go's; looked into only where no bundle can be read, since what a distribution trusts is in either. */
const bundleDirectories = ['/etc/ssl/certs', '/etc/pki/tls/certs'] as const;

export interface RootSource {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * PEM texts of the system's roots, or undefined when only those compiled into Node.js are at hand
 * (then `ca: undefined` makes Node use them). SSL_CERT_FILE and SSL_CERT_DIR are honoured as Go does.
 * SECURITY: who named a place trusts what is there; where nothing is there, nothing is trusted, and not Node's own list.
 */
export function loadSystemRoots(source: RootSource): readonly string[] | undefined {
  if (source.platform === 'win32' || source.platform === 'darwin') return rootsFromPlatform();
  const { SSL_CERT_FILE: file = '', SSL_CERT_DIR: directory = '' } = source.env;
  const bundle = firstReadable(file === '' ? bundleFiles : [file]);
  const usual = bundle === undefined ? bundleDirectories : [];
  const loose = (directory === '' ? usual : directory.split(':')).flatMap(readDirectory);
  // Folders hold the same certificate under several names.
  const found = [...(bundle === undefined ? [] : [bundle]), ...new Set(loose)];
  const isNamed = file !== '' || directory !== '';
  return found.length === 0 && !isNamed ? undefined : found;
}

/** Node 22.15 and Electron can read the platform's own store; older Node falls back to its built-in list. */
function rootsFromPlatform(): readonly string[] | undefined {
  const read = (tls as { getCACertificates?: (kind: string) => string[] }).getCACertificates;
  const roots = read?.('system');
  return roots === undefined || roots.length === 0 ? undefined : roots;
}

function firstReadable(files: readonly string[]): string | undefined {
  for (const file of files) {
    const text = readOrSkip(file);
    if (text !== undefined) return text;
  }
  return undefined;
}

function readDirectory(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return []; // Go skips directories that cannot be read
  }
  return names.flatMap((name) => {
    const text = readOrSkip(path.join(directory, name));
    return text?.includes('-----BEGIN CERTIFICATE-----') === true ? [text] : [];
  });
}

function readOrSkip(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // Go tries the next place
  }
}
