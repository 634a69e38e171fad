/**
 * The names under which calls and events travel, derived from the contract. Pure.
 * Nobody types a channel string elsewhere.
 */
import { contract, type Call, type Event } from './contract.ts';
import type { CallName, EventName } from './bridge.ts';

const names = (kind: 'call' | 'event'): readonly string[] =>
  Object.entries(contract).flatMap(([noun, verbs]) =>
    Object.entries(verbs as Record<string, Call | Event>)
      .filter(([, entry]) => entry.kind === kind)
      .map(([verb]) => `${noun}.${verb}`),
  );

/** `noun.verb` of every call, in the contract's order. */
export const callNames: readonly CallName[] = names('call') as readonly CallName[];
/** `noun.verb` of every event, in the contract's order. */
export const eventNames: readonly EventName[] = names('event') as readonly EventName[];

/** The IPC channel of a call or event. */
export const channelOf = (name: CallName | EventName): string => `trustdesk:${name}`;
