/** How many operands a command takes, with what it says otherwise. Pure. */
import type { CommandSpec } from './command.ts';

type Refuse = CommandSpec['refuse'];

export const fewerThan =
  (count: number, refusal: string): Refuse =>
  (operands) =>
    operands.length < count ? refusal : undefined;

export const notExactly =
  (count: number, refusal: string): Refuse =>
  (operands) =>
    operands.length === count ? undefined : refusal;

export const moreThan =
  (count: number, refusal: string): Refuse =>
  (operands) =>
    operands.length > count ? refusal : undefined;
