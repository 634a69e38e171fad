/** One page of a registry's list of tags. Pure. */
import { isObject } from '../settings/json-file.ts';

export interface TagPage {
  readonly tags: readonly string[];
  /** Path and query of the next page, if there is one. */
  readonly next: string | undefined;
}

/** undefined when it cannot be read. A `Link` to another host is refused: it would take our token along. */
export function parseTagPage(body: Uint8Array, link: string | undefined, url: URL): TagPage | undefined {
  const tags = tagsOf(body);
  if (tags === undefined) return undefined;
  const target = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined) return { tags, next: undefined };
  if (!URL.canParse(target, url.href)) return undefined;
  const next = new URL(target, url);
  return next.origin === url.origin ? { tags, next: next.pathname + next.search } : undefined;
}

/** distribution answers `"tags": null` for a repository without tags. */
function tagsOf(body: Uint8Array): readonly string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const tags = value['tags'] ?? [];
  return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : undefined;
}
