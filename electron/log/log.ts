/**
 * The log as the rest of the privileged side sees it. Pure.
 * SECURITY: what is logged may be read by support people and land in bug reports: no secret, no token, no key byte.
 */
export interface Log {
  readonly info: (message: string, fields?: Fields) => void;
  readonly warn: (message: string, fields?: Fields) => void;
  readonly error: (message: string, fields?: Fields) => void;
}

/** Plain values that describe what the message is about; errors are written with stack and causes. */
export type Fields = Readonly<Record<string, unknown>>;

/** For callers that keep no log. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
