/** Canonical JSON (OLPC style, as notary signs it). Pure. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue };
