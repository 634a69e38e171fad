/**
 * What a root key is needed for, and what goes on while it is kept offline: one text for the wizard, the question before
 * it goes, and the command line. Pure. Whoever rotates a role changes the root file; a role's own key signs it again.
 */

export const goesOnWithoutRoot = [
  'Signing and revoking tags',
  'Adding and removing signers',
  'Renewing every role but the root',
] as const;

export const waitsForRoot = [
  'Making new repositories with it',
  'Rotating any administrative key: root, repository, snapshot, timestamp',
  'Renewing the root role',
] as const;

/** Two sentences. `of`: after the keys, such as ` of the 2 repositories it belongs to`. */
export function withoutRootText(of = ''): readonly [string, string] {
  const waits = waitsForRoot.map(lowered).join('; ');
  return [
    `Goes on without it: ${goesOnWithoutRoot.map(lowered).join('; ')}.`,
    `Waits until it is brought back${of}: ${waits}.`,
  ];
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
