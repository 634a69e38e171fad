/** The version of this build. `build/build.mjs` puts package.json's in its place; unbuilt code has none. Pure. */
export const version: string = process.env['TRUSTDESK_VERSION'] ?? '0.0.0-unbuilt';
