/**
 * The key chain as those who open keys see it: asked each time, offered only while it answers, and its failure told once.
 * Privileged process.
 */
import { hasCode } from '../../shared/errors.ts';
import type { KeyChain } from './key-chain.ts';
import type { SecretBytes } from './secret-bytes.ts';

export class AskedKeyChain {
  readonly #keyChain: KeyChain | undefined;
  #fails = false;
  #isTold = false;

  /** @param keyChain absent where the person does not want one */
  constructor(keyChain: KeyChain | undefined) {
    this.#keyChain = keyChain;
  }

  /** A passphrase can be kept there, as far as is known: the last time it was asked, it answered. */
  get isOffered(): boolean {
    return this.#keyChain !== undefined && !this.#fails;
  }

  /** True once: where a system has no key chain, every question would repeat it. */
  tellsFailure(): boolean {
    const tells = !this.#isTold;
    this.#isTold = true;
    return tells;
  }

  async recall(keyId: string): Promise<SecretBytes | undefined | 'unavailable'> {
    try {
      return await this.#watched(() => this.#keyChain?.recall(keyId));
    } catch (error) {
      // Not silent: the question that follows says that the key chain could not be used.
      if (hasCode(error, 'keystore/key-chain')) return 'unavailable';
      throw error;
    }
  }

  /** @throws `keystore/key-chain` */
  async remember(keyId: string, passphrase: SecretBytes): Promise<void> {
    await this.#watched(() => this.#keyChain?.remember(keyId, passphrase));
  }

  /** @throws `keystore/key-chain` */
  async forget(keyId: string): Promise<void> {
    await this.#watched(() => this.#keyChain?.forget(keyId));
  }

  async #watched<T>(call: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      const result = await call();
      this.#fails = false;
      return result;
    } catch (error) {
      this.#fails = true;
      throw error;
    }
  }
}
