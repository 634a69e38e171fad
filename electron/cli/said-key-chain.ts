/**
 * The system's key chain for a command: when it cannot be used, the reason and what to do are said on stderr, once, before
 * the question that follows. Command line.
 */
import type { KeyChain } from '../keystore/key-chain.ts';
import { tellingWhy } from '../trust/told-key-chain.ts';
import type { Terminal } from './terminal.ts';
import { sayProblem } from './warnings.ts';

/** A command may open keys in several places; each would say it again. */
const told = new WeakSet<Terminal>();

export function sayingWhy(keyChain: KeyChain, terminal: Terminal): KeyChain {
  return tellingWhy(keyChain, (error) => {
    if (told.has(terminal)) return;
    told.add(terminal);
    sayProblem(error, terminal);
  });
}
