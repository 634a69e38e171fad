/** What is typed for a key counts without blanks around it, as docker has it: the same in window and terminal. Pure. */

/** The bytes without blanks and tabs at either end. `bytes` are zeroed. */
export function trimmed(bytes: Uint8Array): Uint8Array {
  const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;
  let start = 0;
  let end = bytes.length;
  while (start < end && isBlank(bytes[start])) start += 1;
  while (end > start && isBlank(bytes[end - 1])) end -= 1;
  const kept = bytes.slice(start, end);
  bytes.fill(0);
  return kept;
}
