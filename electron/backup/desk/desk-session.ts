/**
 * What is remembered while somebody works at the backups: the passphrase that was typed again, and those of keys, so
 * that the second copy is proven without asking everything twice. Privileged process.
 * SECURITY: wiped when the wizard closes, when the screen is locked, and after a while without use.
 */
import type { PassphrasePrompt } from '../../keystore/unlock.ts';
import type { SecretBytes } from '../../keystore/secret-bytes.ts';
import { type DrillPassphrases, drillPassphrases } from '../key-passphrases.ts';
import type { KeyPassphrases } from '../prove-backup.ts';

/** Long enough to fetch the second drive. */
const FORGET_AFTER_MS = 15 * 60 * 1000;

export class DeskSession {
  readonly #prompts: PassphrasePrompt;
  #typed: SecretBytes | undefined;
  #drill: DrillPassphrases | undefined;
  #purpose: readonly string[] = [];
  #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(prompts: PassphrasePrompt) {
    this.#prompts = prompts;
  }

  /** The passphrase that opened a backup during this work; lent, not given. */
  get typed(): SecretBytes | undefined {
    return this.#typed;
  }

  /** Takes ownership. */
  keep(passphrase: SecretBytes): void {
    this.#typed?.wipe();
    this.#typed = passphrase;
    this.#forgetLater();
  }

  /** The passphrases of keys for one drill; what is given is tried on the keys of the next one too. */
  passphrasesFor(purpose: readonly string[], signal: AbortSignal): KeyPassphrases {
    this.#purpose = purpose;
    this.#signal = signal;
    this.#drill ??= this.#newDrill();
    this.#forgetLater();
    return this.#drill.passphrases;
  }

  #newDrill(): DrillPassphrases {
    const prompt: PassphrasePrompt = {
      askPassphrase: (question) =>
        this.#prompts.askPassphrase({ ...question, purpose: this.#purpose }, this.#signal),
    };
    // SECURITY: no environment: a drill proves what the person knows, not what the app was started with.
    return drillPassphrases(prompt, {}, { purpose: [], skippable: true });
  }

  #forgetLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.forget(), FORGET_AFTER_MS);
    this.#timer.unref();
  }

  /** Wipes everything. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#typed?.wipe();
    this.#typed = undefined;
    this.#drill?.end();
    this.#drill = undefined;
  }
}
