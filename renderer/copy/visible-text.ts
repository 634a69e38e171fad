/** A stranger's text as it is, for the eye: marks that show it in another order than it has become their escapes. Pure. */

// eslint-disable-next-line no-control-regex -- they are what is looked for
const unseen = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** SECURITY: a file or a name may be made to look like another one. Copying takes what is really there. */
export function visibleText(text: string): string {
  return text.replace(unseen, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
