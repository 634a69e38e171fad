/**
 * Passphrases in the system's key chain (Keychain, Credential Manager, Secret Service), per key and only where the
 * person asked for it. Privileged process. The native module is optional and loaded at first use.
 */
import { AppError } from '../../shared/errors.ts';
import { SecretBytes } from './secret-bytes.ts';

export interface KeyChain {
  /** The passphrase of a key for the caller to wipe; undefined when there is none or the key ring is locked. */
  recall(keyId: string): Promise<SecretBytes | undefined>;
  remember(keyId: string, passphrase: SecretBytes): Promise<void>;
  /** True when there was one. */
  forget(keyId: string): Promise<boolean>;
}

/** What we use of keytar; every call may fail where there is no key ring. */
export interface NativeKeyChain {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

const SERVICE = 'Trustdesk';

/** The account name under which a key's passphrase is kept; visible in the system's own key chain tool. */
const account = (keyId: string): string => `key ${keyId}`;

/**
 * The system's key chain. Calls throw `keystore/key-chain` where it is missing, not built, or does not answer.
 * `load` is for tests.
 */
export function systemKeyChain(load: () => Promise<NativeKeyChain> = loadKeytar): KeyChain {
  let loaded: Promise<NativeKeyChain> | undefined;
  const call = async <T>(work: (native: NativeKeyChain) => Promise<T>): Promise<T> => {
    try {
      loaded ??= load();
      return await work(await loaded);
    } catch (error) {
      loaded = undefined;
      throw new AppError('keystore/key-chain', { reason: reasonOf(error) }, { cause: error });
    }
  };
  return {
    recall: async (keyId) => {
      const text = await call((native) => native.getPassword(SERVICE, account(keyId)));
      return text === null ? undefined : SecretBytes.fromText(text);
    },
    remember: (keyId, passphrase) => {
      // SECURITY: keytar takes strings only, so this one copy cannot be wiped.
      const text = passphrase.use((bytes) => new TextDecoder().decode(bytes));
      return call((native) => native.setPassword(SERVICE, account(keyId), text));
    },
    forget: (keyId) => call((native) => native.deletePassword(SERVICE, account(keyId))),
  };
}

async function loadKeytar(): Promise<NativeKeyChain> {
  const module = (await import('keytar')) as NativeKeyChain & { readonly default?: NativeKeyChain };
  return module.default ?? module;
}

/** The system's own words, which hold no secrets; one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED') {
    return 'support for it is not built into this installation';
  }
  return error.message.split('\n')[0] ?? 'unknown';
}
