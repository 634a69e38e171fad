/** The app's end of the token process, whichever kind of process it is. Types only. */

export interface TokenLink {
  /** SECURITY: when this returns, what was sent may be zeroed. */
  readonly send: (value: unknown) => void;
  readonly onMessage: (listener: (value: unknown) => void) => void;
  /** Called once, with why. */
  readonly onEnd: (listener: (reason: string) => void) => void;
  /** Ends the process at once, whatever it is doing. */
  readonly kill: () => void;
}

/** Starts a token process for the library at `library`. */
export type StartTokenProcess = (library: string) => TokenLink;
