/**
 * The image references of a text: a Dockerfile, a compose file, or a list with one a line. Pure.
 * SECURITY: the text is a stranger's. Its size and what is found in it are bounded, and no pattern here backtracks.
 */
import { AppError } from '../../../shared/errors.ts';
import { longestText, mostReferences } from '../../../shared/verify-limits.ts';
import { composeReferences } from './compose-references.ts';
import { dockerfileReferences } from './dockerfile-references.ts';
import { type FoundReference, lineCounter, pinPlaceOf, type TextKind } from './found-reference.ts';
import { trackedSlice } from './tracked-text.ts';

export interface FoundReferences {
  readonly kind: TextKind;
  /** In the order of the text. */
  readonly references: readonly FoundReference[];
}

/**
 * @param name of the file, without its folder: what it is follows from it, else from what stands in it
 * @throws `reference/file-doubtful`, `reference/file-malformed`
 */
export async function findReferences(
  text: string,
  name: string,
  kind: TextKind = kindOf(text, name),
): Promise<FoundReferences> {
  const refuse = (reason: string): never => {
    throw new AppError('reference/file-malformed', { name, reason });
  };
  if (text.length > longestText) refuse(`it has more than ${String(longestText)} characters`);
  if (text.includes('\0')) refuse('it holds zero bytes, as no text does');
  const references = await readAs(kind, text, name);
  if (references.length > mostReferences) refuse(`it names more than ${String(mostReferences)} images`);
  return { kind, references };
}

async function readAs(kind: TextKind, text: string, name: string): Promise<readonly FoundReference[]> {
  if (kind === 'compose') return composeReferences(text, name);
  return kind === 'dockerfile' ? dockerfileReferences(text, name) : listedReferences(text);
}

/** What a text is, by the name of its file, else by its first words. */
export function kindOf(text: string, name: string): TextKind {
  if (/^(?:docker|container)file(?:\.|$)|\.(?:docker|container)file$/i.test(name)) return 'dockerfile';
  if (/\.(?:ya?ml|json)$/i.test(name)) return 'compose';
  for (const line of text.split(/\r?\n/, 2000)) {
    if (/^\s*(?:from|arg)\s+\S/i.test(line)) return 'dockerfile';
    if (/^\ufeff?(?:services|version|name)\s*:/.test(line)) return 'compose';
    if (!/^\ufeff?\s*(?:#|$)/.test(line) && !/^(?:---|x-\S)/.test(line)) return 'list';
  }
  return 'list';
}

/** One reference a line; `#` begins a comment. */
function listedReferences(text: string): readonly FoundReference[] {
  const lineOf = lineCounter(text);
  const found: FoundReference[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const { 0: reference, index: within } = /[^\s\ufeff]+/.exec(line) ?? { 0: '', index: 0 };
    if (reference === '' || reference.startsWith('#')) continue;
    const offset = index + within;
    const rest = line.slice(within + reference.length).trim();
    const whole = rest === '' || rest.startsWith('#') ? reference : line.slice(within).trimEnd();
    const { length } = whole;
    const pinning = pinPlaceOf(trackedSlice(text, offset, offset + length));
    found.push({ offset, length, line: lineOf(offset), reference: whole, problem: undefined, pinning });
  }
  return found;
}
