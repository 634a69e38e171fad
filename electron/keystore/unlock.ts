/**
 * Opens keys for signing and finds the passphrase: unencrypted, remembered, environment, key chain, or asked for.
 * Privileged process. The person is behind a port (a window or a terminal), which says what will be signed.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import { AskedKeyChain } from './asked-key-chain.ts';
import type { KeyChain } from './key-chain.ts';
import type { StoredKey } from './key-directory.ts';
import { openKey } from './open-key.ts';
import { assertLongEnough } from './passphrase.ts';
import type { PassphraseMemory } from './passphrase-memory.ts';
import { setPassphraseVariables } from './passphrase-variables.ts';
import type { PrivateKey } from './private-key.ts';
import { SecretBytes } from './secret-bytes.ts';

export interface PassphraseQuestion {
  readonly kind: 'open' | 'create';
  /** What it opens or protects, where that is not just a key of this computer: a file, a backup. */
  readonly subject?: string | undefined;
  readonly keyId: string;
  /** The role header: `root`, `targets`, a signer's name. */
  readonly role: string;
  readonly gun: string | undefined;
  /** What the key is about to do, in whole lines: repository, role, tag, digest. */
  readonly purpose: readonly string[];
  /** 0 for the first time. */
  readonly attempt: number;
  /** Why it is asked again, or why it is asked although something was remembered. */
  readonly problem: PassphraseProblem | undefined;
  readonly canRemember: readonly Remember[];
  /** What the person chose with the passphrase that was wrong. */
  readonly remember?: Remember | undefined;
}

export type PassphraseProblem = 'wrong' | 'too-short' | 'key-chain-wrong' | 'key-chain-unavailable';

export type Remember = 'no' | 'session' | 'key-chain';

export interface PassphraseAnswer {
  /** Ownership passes to the one who asked. */
  readonly passphrase: SecretBytes;
  readonly remember: Remember;
}

/** Asks a person. Rejects with `prompt/cancelled` or `prompt/no-terminal`. Asks twice itself for a new passphrase. */
export interface PassphrasePrompt {
  askPassphrase(question: PassphraseQuestion, signal?: AbortSignal): Promise<PassphraseAnswer>;
}

/** docker: one try and three retries. */
const MAX_ATTEMPTS = 4;
/** notary: the tries at choosing a passphrase that is long enough. */
const MAX_NEW_ATTEMPTS = 11;

export interface UnlockPorts {
  readonly prompt: PassphrasePrompt;
  readonly memory: PassphraseMemory;
  /** Absent where the person does not want one. */
  readonly keyChain?: KeyChain | undefined;
  /** `process.env` for the command line, empty for the window. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told what did not work although the key could be opened. */
  readonly notify: (notice: UnlockNotice) => void;
}

/** The passphrase is right, but the key chain did not take it; it is remembered for the session instead. */
export interface UnlockNotice {
  readonly kind: 'not-in-key-chain';
  readonly keyId: string;
  readonly error: AppError<'keystore/key-chain'>;
}

/** Where a key's passphrase would come from without asking anybody. */
export type RememberedWhere = 'not-needed' | 'session' | 'environment' | 'key-chain' | 'nowhere';

export class KeyUnlocker {
  readonly #ports: UnlockPorts;
  readonly #keyChain: AskedKeyChain;
  /** IDs of keys whose passphrase was remembered, by what the keys are called. */
  readonly #rememberedFor = new Map<string, readonly string[]>();

  constructor(ports: UnlockPorts) {
    this.#ports = ports;
    this.#keyChain = new AskedKeyChain(ports.keyChain);
  }

  /**
   * Opens a key. The caller wipes it after use.
   *
   * Throws `keystore/wrong-passphrase` after four tries, or when variables are set and none of them opens the key
   * (a script must not hang on a question); `prompt/cancelled`; and what `openKey` throws.
   */
  async open(stored: StoredKey, purpose: readonly string[], signal?: AbortSignal): Promise<PrivateKey> {
    if (stored.encryption === 'none') return openKey(stored, undefined);
    return (
      (await this.#openRemembered(stored)) ??
      (await this.#openFromEnvironment(stored)) ??
      (await this.#openLikeItsOthers(stored)) ??
      (await this.#openFromKeyChain(stored, (problem) => this.#ask(stored, purpose, problem, signal)))
    );
  }

  /** As `open`, but gives the passphrase itself (for changing it); the caller wipes both. */
  async openWithPassphrase(
    stored: StoredKey,
    purpose: readonly string[],
    signal?: AbortSignal,
  ): Promise<{ readonly key: PrivateKey; readonly passphrase: SecretBytes | undefined }> {
    if (stored.encryption === 'none') return { key: await openKey(stored, undefined), passphrase: undefined };
    return this.#askUntilOpen(stored, purpose, undefined, signal);
  }

  /**
   * A passphrase for a key that is about to be stored, from the environment or asked for. The caller wipes it.
   * Throws `keystore/short-passphrase` after eleven tries that were too short; `prompt/cancelled`.
   */
  async choose(
    key: {
      readonly id: string;
      readonly role: string;
      readonly gun?: string | undefined;
      readonly subject?: string | undefined;
    },
    purpose: readonly string[],
    signal?: AbortSignal,
  ): Promise<SecretBytes> {
    // docker and notary: what a variable holds is taken as it is.
    const [variable] = setPassphraseVariables(key.role, this.#ports.environment);
    if (variable !== undefined) return SecretBytes.fromText(variable[1]);
    for (let attempt = 0; ; attempt++) {
      const problem = attempt === 0 ? undefined : ('too-short' as const);
      const question = {
        kind: 'create' as const,
        keyId: key.id,
        role: key.role,
        gun: key.gun,
        subject: key.subject,
        purpose,
        attempt,
        problem,
      };
      const answer = await this.#ports.prompt.askPassphrase(
        { ...question, canRemember: this.#places() },
        signal,
      );
      try {
        assertLongEnough(answer.passphrase);
        await this.#remember(key.id, answer);
        return answer.passphrase;
      } catch (error) {
        answer.passphrase.wipe();
        if (!hasCode(error, 'keystore/short-passphrase') || attempt + 1 >= MAX_NEW_ATTEMPTS) throw error;
      }
    }
  }

  /** Where the passphrase would come from. Never opens anything. */
  async remembered(stored: StoredKey): Promise<RememberedWhere> {
    if (stored.encryption === 'none') return 'not-needed';
    if (this.#ports.memory.has(stored.id)) return 'session';
    if (setPassphraseVariables(stored.role, this.#ports.environment).length > 0) return 'environment';
    const chained = await this.#keyChain.recall(stored.id);
    if (chained === 'unavailable' || chained === undefined) return 'nowhere';
    chained.wipe();
    return 'key-chain';
  }

  /** Forgets one key's passphrase everywhere. Throws `keystore/key-chain`. */
  async forget(keyId: string): Promise<void> {
    this.#ports.memory.forget(keyId);
    await this.#keyChain.forget(keyId);
  }

  /** Forgets what is remembered for the session; the key chain keeps what it has. */
  lock(): void {
    this.#ports.memory.lock();
  }

  async #openRemembered(stored: StoredKey): Promise<PrivateKey | undefined> {
    const passphrase = this.#ports.memory.recall(stored.id);
    if (passphrase === undefined) return undefined;
    const key = await tryOpen(stored, passphrase);
    passphrase.wipe();
    // Another program changed the passphrase meanwhile.
    if (key === undefined) this.#ports.memory.forget(stored.id);
    return key;
  }

  /**
   * Keys of one name often share a passphrase: what is remembered of another one is tried before anybody is asked
   * again. SECURITY: only what the person chose to have remembered, and only for a key of the same name.
   */
  async #openLikeItsOthers(stored: StoredKey): Promise<PrivateKey | undefined> {
    for (const keyId of this.#rememberedFor.get(nameOf(stored)) ?? []) {
      const passphrase = this.#ports.memory.recall(keyId);
      if (passphrase === undefined) continue;
      const key = await tryOpen(stored, passphrase);
      if (key !== undefined) this.#ports.memory.remember(stored.id, passphrase);
      passphrase.wipe();
      if (key !== undefined) return key;
    }
    return undefined;
  }

  async #openFromEnvironment(stored: StoredKey): Promise<PrivateKey | undefined> {
    const variables = setPassphraseVariables(stored.role, this.#ports.environment);
    for (const [, value] of variables) {
      const passphrase = SecretBytes.fromText(value);
      const key = await tryOpen(stored, passphrase);
      passphrase.wipe();
      if (key !== undefined) return key;
    }
    const [first] = variables;
    if (first === undefined) return undefined;
    throw new AppError('keystore/wrong-passphrase', { keyId: stored.id, variable: first[0] });
  }

  async #openFromKeyChain(
    stored: StoredKey,
    otherwise: (problem: PassphraseProblem | undefined) => Promise<PrivateKey>,
  ): Promise<PrivateKey> {
    const passphrase = await this.#keyChain.recall(stored.id);
    if (passphrase === undefined) return otherwise(undefined);
    if (passphrase === 'unavailable')
      return otherwise(this.#keyChain.tellsFailure() ? 'key-chain-unavailable' : undefined);
    const key = await tryOpen(stored, passphrase);
    passphrase.wipe();
    return key ?? otherwise('key-chain-wrong');
  }

  async #ask(
    stored: StoredKey,
    purpose: readonly string[],
    problem: PassphraseProblem | undefined,
    signal: AbortSignal | undefined,
  ): Promise<PrivateKey> {
    const { key, passphrase } = await this.#askUntilOpen(stored, purpose, problem, signal);
    passphrase.wipe();
    return key;
  }

  async #askUntilOpen(
    stored: StoredKey,
    purpose: readonly string[],
    firstProblem: PassphraseProblem | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly key: PrivateKey; readonly passphrase: SecretBytes }> {
    const { id: keyId, role, gun } = stored;
    let remember: Remember | undefined;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const problem = attempt === 0 ? firstProblem : 'wrong';
      const question = { kind: 'open' as const, keyId, role, gun, purpose, attempt, problem, remember };
      const answer = await this.#ports.prompt.askPassphrase(
        { ...question, canRemember: this.#places() },
        signal,
      );
      const key = await tryOpen(stored, answer.passphrase).catch((error: unknown) => {
        answer.passphrase.wipe();
        throw error;
      });
      if (key === undefined) {
        answer.passphrase.wipe();
        remember = answer.remember;
        continue;
      }
      await this.#remember(stored.id, answer);
      if (answer.remember !== 'no') this.#noteName(stored);
      return { key, passphrase: answer.passphrase };
    }
    throw new AppError('keystore/wrong-passphrase', { keyId: stored.id });
  }

  #noteName(stored: StoredKey): void {
    const name = nameOf(stored);
    this.#rememberedFor.set(name, [...new Set([...(this.#rememberedFor.get(name) ?? []), stored.id])]);
  }

  #places(): readonly Remember[] {
    return this.#keyChain.isOffered ? ['no', 'session', 'key-chain'] : ['no', 'session'];
  }

  async #remember(keyId: string, { passphrase, remember }: PassphraseAnswer): Promise<void> {
    if (remember === 'no') return;
    this.#ports.memory.remember(keyId, passphrase);
    if (remember !== 'key-chain') return;
    try {
      await this.#keyChain.remember(keyId, passphrase);
    } catch (error) {
      if (!hasCode(error, 'keystore/key-chain')) throw error;
      this.#ports.notify({ kind: 'not-in-key-chain', keyId, error });
    }
  }
}

/** `jeff`; a key of a repository only together with its repository. */
function nameOf({ role, gun }: StoredKey): string {
  return JSON.stringify([role, gun ?? '']);
}

/** The key, or undefined when the passphrase is wrong. Any other failure is thrown. */
async function tryOpen(stored: StoredKey, passphrase: SecretBytes): Promise<PrivateKey | undefined> {
  try {
    return await openKey(stored, passphrase);
  } catch (error) {
    if (hasCode(error, 'keystore/wrong-passphrase')) return undefined;
    throw error;
  }
}
