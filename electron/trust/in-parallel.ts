/** Several things at once, answered in their order. Pure. */

/**
 * Starts at most `limit` at a time; the answers are promises in the order of `items`, so that the first can be
 * printed while the last is still under way. A failure belongs to its item alone.
 */
export function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): readonly Promise<R>[] {
  const lanes = Array.from({ length: limit }, () => Promise.resolve());
  return items.map((item, index) => {
    const lane = index % limit;
    const result = (lanes[lane] ?? Promise.resolve()).then(() => work(item));
    lanes[lane] = result.then(ignore, ignore);
    // Whoever waits sees the failure; until then it must not count as unhandled.
    result.catch(ignore);
    return result;
  });
}

const ignore = (): void => undefined;
