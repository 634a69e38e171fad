/** A single key object outside a metadata file, as servers answer it and changelists hold it. Pure. */
import type { JsonValue } from './canonical-json.ts';
import { isKeyType } from './key-id.ts';
import type { PublicKey } from './model.ts';

/** `{"keytype":T,"keyval":{"private":null,"public":B}}` in any member order; undefined for anything else. */
export function publicKeyOfJson(value: JsonValue): PublicKey | undefined {
  const key = members(value);
  const keytype = key?.['keytype'];
  const publicBase64 = members(key?.['keyval'])?.['public'];
  if (typeof keytype !== 'string' || typeof publicBase64 !== 'string' || !isKeyType(keytype))
    return undefined;
  return { keytype, publicBase64 };
}

function members(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, JsonValue>>;
}
