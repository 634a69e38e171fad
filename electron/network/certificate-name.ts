/**
 * Names in certificates as they may stand beside a fingerprint. Pure.
 * SECURITY: whoever makes a certificate writes its names. One that holds a fingerprint of its own, the very one that the
 * operator would tell, would be compared instead of the real one.
 */

const longest = 300;
/** Hex digits that go on for longer than any serial number, whatever stands between them. */
const likeFingerprint = /(?:[0-9a-f][^\p{L}\p{N}]{0,2}){24,}/giu;

export function shownName(name: string): string {
  const short = name.length > longest ? `${name.slice(0, longest)}…` : name;
  return short.replace(likeFingerprint, '[digits left out] ').trimEnd();
}
