/**
 * What is wrong with the structure of a metadata file, in the words and the order of notary's tuf/data. Pure.
 * Asked only for files that the trust core has refused already: it finds the sentence, it decides nothing.
 */
import type { JsonValue } from '../../tuf/canonical-json.ts';
import { fromBase64 } from '../../tuf/base64.ts';
import { BASE_ROLES, isDelegation, parentRole } from '../../tuf/names.ts';
import type { RoleName } from '../../../shared/brands.ts';

type Members = Readonly<Record<string, JsonValue | undefined>>;

const TYPES: Readonly<Record<string, string>> = {
  root: 'Root',
  snapshot: 'Snapshot',
  timestamp: 'Timestamp',
};

/** The complaint about `signed`, or undefined when notary would not complain about its structure. */
export function structureFault(role: string, signed: JsonValue): string | undefined {
  const body = members(signed);
  const fault = commonFault(role, body) ?? bodyFault(role, body);
  return fault === undefined ? undefined : `${role} type metadata invalid: ${fault}`;
}

function commonFault(role: string, body: Members): string | undefined {
  const expected = TYPES[role] ?? 'Targets';
  const type = typeof body['_type'] === 'string' ? body['_type'] : '';
  if (type !== expected) return `expected type ${expected}, not ${type}`;
  const version = typeof body['version'] === 'number' ? body['version'] : 0;
  if (version < 1)
    return role === 'root' ? 'version cannot be less than 1' : 'version cannot be less than one';
  return undefined;
}

function bodyFault(role: string, body: Members): string | undefined {
  if (role === 'root') return rootFault(body);
  if (role === 'snapshot') return firstFault(['root', 'targets'], (name) => checksumFault(body, name));
  if (role === 'timestamp') return checksumFault(body, 'snapshot');
  return delegationsFault(role, members(body['delegations']));
}

function rootFault(body: Members): string | undefined {
  const roles = members(body['roles']);
  const keys = members(body['keys']);
  return firstFault(BASE_ROLES, (name) => {
    const entry = roles[name];
    if (entry === undefined || entry === null) return `missing ${name} role specification`;
    return roleFault(name, members(entry), keys);
  });
}

function delegationsFault(parent: string, delegations: Members): string | undefined {
  const keys = members(delegations['keys']);
  return firstFault(list(delegations['roles']), (value) => {
    const entry = members(value);
    const name = typeof entry['name'] === 'string' ? entry['name'] : '';
    if (!isDelegation(name) || parentRole(name as RoleName) !== parent)
      return `delegation role ${name} invalid`;
    return roleFault(name, entry, keys);
  });
}

function roleFault(name: string, entry: Members, keys: Members): string | undefined {
  const threshold = typeof entry['threshold'] === 'number' ? entry['threshold'] : 0;
  // The space at the end is notary's.
  if (threshold < 1) return `invalid threshold specified for ${name}: ${threshold} `;
  return firstFault(list(entry['keyids']), (value) => {
    const id = typeof value === 'string' ? value : '';
    return keys[id] === undefined ? `key ID ${id} specified in ${name} without corresponding key` : undefined;
  });
}

function checksumFault(body: Members, name: string): string | undefined {
  const hashes = members(members(members(body['meta'])[name])['hashes']);
  if (hashes['sha256'] === undefined) return `missing ${name} sha256 checksum information`;
  const lengths = [
    ['sha256', 32],
    ['sha512', 64],
  ] as const;
  return firstFault(lengths, ([algorithm, length]) => {
    const value = hashes[algorithm];
    if (value === undefined) return undefined;
    const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
    return (bytes?.length ?? 0) === length
      ? undefined
      : `invalid ${name} checksum information, ${algorithm} checksum invalid`;
  });
}

function firstFault<T>(items: Iterable<T>, faultOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function members(value: JsonValue | undefined): Members {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Members) : {};
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
