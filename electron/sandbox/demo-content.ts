/**
 * What there is to see in the sandbox: repositories, their tags, who signed them, and a few things that are wrong on
 * purpose. A table; `demo.ts` makes it true. Pure.
 */
import type { ImageKind } from './demo-images.ts';

export type DemoSigner = 'alice' | 'bob';

/** Roles whose file names the tag: signers, `releases` (what docker trusts first), or the repository key itself. */
export type DemoRole = DemoSigner | 'releases' | 'admin';

export interface DemoTag {
  readonly tag: string;
  readonly kind: ImageKind;
  /** What the image's only file says; the same text is the same image. */
  readonly text: string;
  /** Nobody when empty: the tag is in the registry only. */
  readonly signedBy: readonly DemoRole[];
  /** The registry has this other image under the tag by now. */
  readonly movedTo?: string;
  /** The registry has no such tag any more. */
  readonly gone?: boolean;
}

export interface DemoRepository {
  /** Behind the registry's host, e.g. `demo/webshop`. */
  readonly name: string;
  readonly signers: readonly DemoSigner[];
  readonly tags: readonly DemoTag[];
  /** Days since its keys last signed: how close its files are to their expiry. */
  readonly signedDaysAgo: number;
}

const released = (...signers: readonly DemoSigner[]): readonly DemoRole[] => [...signers, 'releases'];
const shop = (version: string): string => `The web shop, version ${version}`;

const webshop: DemoRepository = {
  name: 'demo/webshop',
  signers: ['alice', 'bob'],
  signedDaysAgo: 1,
  tags: [
    { tag: '1.0', kind: 'docker', text: shop('1.0'), signedBy: released('alice') },
    { tag: '1.1', kind: 'docker', text: shop('1.1'), signedBy: released('alice') },
    { tag: '1.2', kind: 'docker', text: shop('1.2'), signedBy: released('alice') },
    { tag: '1.10', kind: 'docker', text: shop('1.10'), signedBy: released('alice', 'bob') },
    { tag: '2.0', kind: 'oci-index', text: shop('2.0'), signedBy: released('alice', 'bob') },
    { tag: '2.1', kind: 'oci-index', text: shop('2.1'), signedBy: released('alice', 'bob') },
    { tag: '2.2', kind: 'oci-index', text: shop('2.2'), signedBy: released('bob') },
    { tag: 'latest', kind: 'oci-index', text: shop('2.2'), signedBy: released('bob') },
    { tag: '3.0-rc1', kind: 'docker-list', text: shop('3.0-rc1'), signedBy: released('bob') },
    // Signed with the repository key alone, as before there were signers.
    { tag: 'base', kind: 'oci', text: 'What the web shop is built on', signedBy: ['admin'] },
    // Signed by bob but not released: docker does not show it.
    { tag: 'candidate', kind: 'oci', text: shop('3.0-rc2'), signedBy: ['bob'] },
    // Somebody pushed over it after it was signed.
    {
      tag: 'edge',
      kind: 'oci',
      text: shop('edge of May'),
      signedBy: released('alice'),
      movedTo: shop('edge of June'),
    },
    // Signed, and deleted from the registry since.
    { tag: '0.9', kind: 'docker', text: shop('0.9'), signedBy: released('alice'), gone: true },
    { tag: 'nightly', kind: 'oci', text: shop('nightly'), signedBy: [] },
    { tag: 'test-login-page', kind: 'oci', text: shop('test of the login page'), signedBy: [] },
  ],
};

const tools: DemoRepository = {
  name: 'demo/tools',
  signers: ['bob'],
  // Signers' files last three years; these are about to expire.
  signedDaysAgo: 3 * 365 - 60,
  tags: [
    { tag: 'backup', kind: 'oci', text: 'A backup tool', signedBy: released('bob') },
    { tag: 'migrate', kind: 'docker-list', text: 'A migration tool', signedBy: released('bob') },
    { tag: 'shell', kind: 'docker', text: 'A shell', signedBy: [] },
  ],
};

/** Nothing is signed here, and there is no trust data at all. */
const plain: DemoRepository = {
  name: 'demo/plain',
  signers: [],
  signedDaysAgo: 0,
  tags: [{ tag: 'latest', kind: 'oci', text: 'An image that nobody signed', signedBy: [] }],
};

export const demoRepositories: readonly DemoRepository[] = [webshop, tools, plain];

/** The repositories that have trust data. */
export const signedDemoRepositories = demoRepositories.filter(({ signers }) => signers.length > 0);

/**
 * The passphrase of every demo key, told to everybody on purpose: the keys are made on this computer, live in the
 * sandbox's own folder and are good for nothing else.
 */
export const demoPassphrase = 'sandbox-demo';
