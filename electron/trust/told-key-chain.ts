/**
 * The system's key chain, with somebody who is told why it could not be asked. Privileged process and command line.
 * SECURITY: the reason is the system's own words about its service; it never holds what is kept there.
 */
import { type AppError, hasCode } from '../../shared/errors.ts';
import type { KeyChain } from '../keystore/key-chain.ts';

/** As `keyChain`; the failure itself goes on to the one who asked. */
export function tellingWhy(
  keyChain: KeyChain,
  tell: (error: AppError<'keystore/key-chain'>) => void,
): KeyChain {
  return {
    ...keyChain,
    recall: async (keyId) => {
      try {
        return await keyChain.recall(keyId);
      } catch (error) {
        if (hasCode(error, 'keystore/key-chain')) tell(error);
        throw error;
      }
    },
  };
}
