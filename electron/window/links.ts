/**
 * The addresses outside of the app that it can open. The window names a link; only this table knows addresses. Pure.
 */
import type * as z from 'zod/mini';
import type { linkId } from '../../shared/ipc/app.ts';

export type LinkId = z.output<typeof linkId>;

/** Every link of the contract, https only. */
export const links: Readonly<Record<LinkId, string>> = {
  'docker-content-trust': 'https://docs.docker.com/engine/security/trust/',
  notary: 'https://github.com/notaryproject/notary',
  tuf: 'https://theupdateframework.github.io/specification/latest/',
  licence: 'https://www.apache.org/licenses/LICENSE-2.0',
};
