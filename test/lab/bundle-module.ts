/** A module of the project as one file of plain JavaScript, for programs that a test starts and kills. */
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../../', import.meta.url);

/**
 * Bundles `module`, a path below the project such as `electron/files/atomic-file.ts`, into `folder` under its own name with
 * the ending `.mjs`.
 */
export async function bundleModule(module: string, folder: string): Promise<void> {
  const outfile = join(folder, `${basename(module, '.ts')}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(module, root))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
}
