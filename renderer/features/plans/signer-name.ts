/** What main accepts as a signer's name, told while typing. Pure; main decides all the same. */

export const signerNameRule = 'Lower-case letters, digits, - and _ only.';

const form = /^[a-z0-9][a-z0-9_-]*$/;

/** docker keeps `releases` for itself. */
export function isSignerName(name: string): boolean {
  return form.test(name) && name !== 'releases';
}
