/** PIV slots by the names people use, and by the IDs that Yubico's library gives their objects. Pure. */
import { AppError } from '../../shared/errors.ts';

const retired = Array.from({ length: 20 }, (_, i) => [5 + i, (0x82 + i).toString(16)] as const);
const names: ReadonlyMap<number, string> = new Map([[1, '9a'], [2, '9c'], [3, '9d'], [4, '9e'], ...retired]);
/** The device's own attestation key; never ours to use. */
export const attestationId = '19';

/**
 * Where keys go when the person names no slot. First those that notary can use as well. 9c asks for the PIN at every
 * signature and 9e never does, so neither is taken unasked.
 */
export const preferredSlots: readonly string[] = ['9a', '9d', ...retired.map(([, name]) => name)];

/** `9a` for `01`; the ID itself where the token has no PIV slots. */
export function slotName(id: string, isPiv: boolean): string {
  return (isPiv && id.length === 2 ? names.get(parseInt(id, 16)) : undefined) ?? id;
}

/** `01` for `9a` or `9A`. @throws `yubikey/unknown-slot` */
export function slotId(name: string, isPiv: boolean): string {
  const wanted = name.trim().toLowerCase();
  if (!isPiv && /^(?:[0-9a-f]{2}){1,32}$/.test(wanted)) return wanted;
  const found = isPiv ? [...names].find(([, known]) => known === wanted) : undefined;
  if (found === undefined) throw new AppError('yubikey/unknown-slot', { slot: name.slice(0, 100) });
  return found[0].toString(16).padStart(2, '0');
}

/** notary: the slots that its own numbering reaches. */
export function notaryCanUse(name: string): boolean {
  return name === '9a' || name === '9c' || name === '9d';
}
