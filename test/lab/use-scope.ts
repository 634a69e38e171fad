/** A lab scope with the life of a `describe` block. */
import { afterAll, beforeAll } from 'vitest';
import { openScope } from './scope.ts';
import type { Scope } from './scope.ts';

/**
 * Opens a scope before the block's tests, fills it with `start`, closes it after them.
 * The answer is a function, because the value exists only once the tests run.
 */
export function useScope<Value>(start: (scope: Scope) => Promise<Value>): () => Value {
  let scope: Scope | undefined;
  let started: { readonly value: Value } | undefined;
  beforeAll(async () => {
    scope = await openScope();
    started = { value: await start(scope) };
  });
  afterAll(async () => {
    await scope?.close();
  });
  return () => {
    if (started === undefined) throw new Error('The lab is there only while tests run.');
    return started.value;
  };
}
