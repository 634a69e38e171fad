/**
 * Looks into the contract's schemas: every part with its place, and a valid example of each.
 * Knows only the kinds of schema that the contract uses; another kind is an error here, so that nothing goes unseen.
 */
import type * as z from 'zod/mini';

type Schema = z.core.$ZodType;

export interface Part {
  /** Member names from the top, `[]` for array entries, `|` for alternatives. */
  readonly path: string;
  /** The nearest member name. */
  readonly name: string;
  readonly def: Readonly<z.core.$ZodTypeDef> & Readonly<Record<string, unknown>>;
  readonly checks: readonly Readonly<Record<string, unknown>>[];
}

const defOf = (schema: Schema): Part['def'] => schema._zod.def as unknown as Part['def'];
const checksOf = (def: Part['def']): Part['checks'] =>
  ((def['checks'] ?? []) as unknown as { _zod: { def: Record<string, unknown> } }[]).map(
    (check) => check._zod.def,
  );

const leaves = new Set(['string', 'number', 'int', 'boolean', 'literal', 'enum', 'undefined', 'unknown']);

/** The schema and everything in it, outside first. */
export function* partsOf(schema: Schema, path = '', name = ''): Generator<Part> {
  const def = defOf(schema);
  yield { path, name, def, checks: checksOf(def) };
  if (leaves.has(def.type)) return;
  if (def.type === 'object') {
    for (const [member, inner] of Object.entries(def['shape'] as Record<string, Schema>)) {
      yield* partsOf(inner, path === '' ? member : `${path}.${member}`, member);
    }
  } else if (def.type === 'array') yield* partsOf(def['element'] as Schema, `${path}[]`, name);
  else if (def.type === 'optional') yield* partsOf(def['innerType'] as Schema, path, name);
  else if (def.type === 'record') yield* partsOf(def['valueType'] as Schema, `${path}{}`, name);
  else if (def.type === 'union') {
    for (const option of def['options'] as Schema[]) yield* partsOf(option, `${path}|`, name);
  } else throw new Error(`The contract has a ${def.type} at ${path}; teach the walk about it`);
}

const example = (def: Part['def']): unknown => {
  const pattern = checksOf(def).find((check) => check['pattern'] !== undefined)?.['pattern'];
  if (def.type === 'string') return pattern === undefined ? 'text' : 'ab'.repeat(32);
  if (def.type === 'number' || def.type === 'int') return 7;
  if (def.type === 'boolean') return true;
  if (def.type === 'literal') return (def['values'] as unknown[])[0];
  if (def.type === 'enum') return Object.values(def['entries'] as object)[0];
  return def.type === 'unknown' ? 'anything' : undefined;
};

/** Valid examples: one for most schemas, one per alternative where there are some. Optional members are there. */
export function examplesOf(schema: Schema): unknown[] {
  const def = defOf(schema);
  if (def.type === 'optional') return examplesOf(def['innerType'] as Schema);
  if (def.type === 'array') return [examplesOf(def['element'] as Schema)];
  if (def.type === 'record') return [{ key: 'value' }];
  if (def.type === 'union') return (def['options'] as Schema[]).flatMap(examplesOf);
  if (def.type !== 'object') return [example(def)];
  const shape = Object.entries(def['shape'] as Record<string, Schema>);
  const perMember = shape.map(([name, inner]) => [name, examplesOf(inner)] as const);
  const rows = Math.max(1, ...perMember.map(([, values]) => values.length));
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(perMember.map(([name, values]) => [name, values[row % values.length]])),
  );
}
