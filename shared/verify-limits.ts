/** How much of a stranger's file is looked at. Pure; the same in the window and on the command line. */

/** Characters of a Dockerfile, compose file or list. */
export const longestText = 262_144;
/** References in one of them. */
export const mostReferences = 1000;
/** Files at once, in the window. */
export const mostTexts = 20;
/** Characters of one of them, which come through the doorway. */
export const longestWindowText = 65_536;
