/** What goes wrong with an APDU, and which one it hits. Part of the software YubiKey; pure. */

export interface Failure {
  /**
   * `status`: answers this instead, the command is not carried out. `unplug-before`, `unplug-after`: the card leaves
   * before or after carrying it out, either way without an answer. `stall`: answers late.
   */
  readonly kind: 'status' | 'unplug-before' | 'unplug-after' | 'stall';
  /** For `status`, for example `6f00`. */
  readonly status?: string;
  /** For `stall`. */
  readonly ms?: number;
  /** Which one of those that match: 0 is the next. */
  readonly after?: number;
  /** Only commands with this instruction byte count, for example `0x87`. */
  readonly ins?: number;
  /** Happens once unless told otherwise. */
  readonly every?: boolean;
}

export interface FailurePlan {
  set(failure: Failure | undefined): void;
  /** The failure that hits this APDU, if any. */
  next(apdu: Buffer): Failure | undefined;
}

export function makeFailurePlan(): FailurePlan {
  let planned: Failure | undefined;
  let left = 0;
  return {
    set: (failure) => {
      planned = failure;
      left = failure?.after ?? 0;
    },
    next: (apdu) => {
      const failure = planned;
      if (failure === undefined || (failure.ins !== undefined && apdu[1] !== failure.ins)) return undefined;
      if (left > 0) {
        left -= 1;
        return undefined;
      }
      if (failure.every !== true) planned = undefined;
      return failure;
    },
  };
}
