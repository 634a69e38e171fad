/**
 * Takes out of a log line what must never be in one. The last net, not the first: nothing may pass a secret here anyway.
 * Pure apart from the shapes of Node's errors; runs in the privileged process.
 */
const HIDDEN = '[hidden]';
const MAX_DEPTH = 6;
const MAX_TEXT = 16_384;

/** Fields that are secrets by name, whatever they hold. `keyId`, `publicKey` and the like stay readable. */
const secretName =
  /^(?:.*(?:pass(?:phrase|word|wd)?|secret|credentials?|authori[sz]ation|cookie)|(?:.*[-_])?pin|.*token|.*private_?key|mnemonic|puk|session)$/i;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, `${HIDDEN} $1`],
  [/AGE-SECRET-KEY-1[A-Z0-9]+/gi, HIDDEN],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, HIDDEN],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${HIDDEN}@`],
  [/(127\.0\.0\.1:\d+\/#)[\w-]+/g, `$1${HIDDEN}`],
  [/\b((?:[A-Z_]+_)?(?:PASSPHRASE|PASSWORD|TOKEN|SECRET|PIN))(\s*[=:]\s*)("[^"]*"|\S+)/gi, `$1$2${HIDDEN}`],
  [/([?&](?:access_token|token|refresh_token|client_secret|code|sig(?:nature)?)=)[^\s&#]+/gi, `$1${HIDDEN}`],
];

/** `text` without what looks like a secret, cut to a size that a log can bear. */
export function redactText(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
  return patterns.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), cut);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const own = 'code' in error ? { code: redact(error.code, depth + 1) } : {};
  const cause = error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) };
  return { ...own, stack: redactText(error.stack ?? error.message), ...cause };
}

/** A copy of `value` that may be written down: same shape, secrets hidden, bytes reduced to their number. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[…]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((entry) => redact(entry, depth + 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, entry]) => [
      redactText(String(name)),
      secretName.test(String(name)) ? HIDDEN : redact(entry, depth + 1),
    ]),
  );
}
