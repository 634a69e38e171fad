/**
 * What goes onto the printed recovery sheet. Privileged process; the window lays it out and prints it.
 * SECURITY: holds encrypted keys as QR codes and no passphrase; the line for it stays empty for the person's pen.
 */
import type { PrintableKey } from './printable-key.ts';
import { type NamedBackup, restoreSteps } from './restore-instructions.ts';
import { codesOf, toSvg } from './sheet-code.ts';

export interface SheetKey {
  readonly id: string;
  /** The ID in groups of four, to be compared by eye. */
  readonly fingerprint: string;
  readonly role: string;
  readonly gun: string | undefined;
  readonly algorithm: string;
  /** Empty for keys that are listed without a code. */
  readonly codes: readonly { readonly text: string; readonly svg: string; readonly caption: string }[];
}

export interface RecoverySheet {
  /** RFC 3339. */
  readonly printed: string;
  readonly keys: readonly SheetKey[];
  /** Where the copies are, as far as known and in the order of `copiesForPaper`; the person fills in the rest. */
  readonly copies: readonly {
    readonly label: string;
    readonly file: string;
    /** Lower-case hex. Tells files of one name apart. */
    readonly sha256: string;
    readonly protection: NamedBackup['protection'];
    readonly written: string;
    readonly proven: string | undefined;
  }[];
  readonly steps: readonly string[];
  /** True only when the person asked for a line to write the passphrase on. */
  readonly passphraseLine: boolean;
}

export interface SheetRequest {
  readonly keys: readonly PrintableKey[];
  /** IDs of the keys that get a QR code: root keys, unless the person chose others. */
  readonly withCode: readonly string[];
  readonly copies: RecoverySheet['copies'];
  readonly passphraseLine: boolean;
  readonly now: Date;
}

/** Throws what reading a stored key throws. */
export async function makeRecoverySheet(request: SheetRequest): Promise<RecoverySheet> {
  const withCode = new Set(request.withCode);
  const keys = await Promise.all(request.keys.map((key) => toSheetKey(key, withCode.has(key.id))));
  return {
    printed: request.now.toISOString(),
    keys,
    copies: request.copies,
    steps: restoreSteps(request.copies.map((copy, at) => ({ ...copy, number: at + 1 }))),
    passphraseLine: request.passphraseLine,
  };
}

async function toSheetKey(key: PrintableKey, withCode: boolean): Promise<SheetKey> {
  const codes = withCode ? codesOf(await key.bundle()) : [];
  return {
    id: key.id,
    fingerprint: (key.id.match(/.{4}/g) ?? []).join(' '),
    role: key.role,
    gun: key.gun,
    algorithm: key.algorithm ?? 'unknown',
    codes: await Promise.all(
      codes.map(async (code) => ({ text: code.text, svg: await toSvg(code), caption: captionOf(key, code) })),
    ),
  };
}

function captionOf(key: PrintableKey, code: { readonly part: number; readonly parts: number }): string {
  const part = code.parts === 1 ? '' : `, part ${code.part} of ${code.parts}`;
  return `Key ${key.id.slice(0, 8)}… (${key.role}), ${key.isEncrypted ? 'encrypted' : 'NOT ENCRYPTED: whoever has this sheet has the key'}${part}`;
}
