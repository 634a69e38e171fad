/**
 * notary's staged changes (changelist files) as changes of a plan, so that the person can see them and include them.
 * Pure: the files are read elsewhere and only removed once they are published. Format: notary-protocol 1.4.
 */
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StagedChange } from '../../notary/changelist.ts';
import { parseJson, type JsonValue } from '../../tuf/canonical-json.ts';
import type { Change } from '../../tuf/change.ts';
import type { PublicKey } from '../../tuf/model.ts';
import { parseRoleName } from '../../tuf/names.ts';
import { publicKeyOfJson } from '../../tuf/public-key-json.ts';

/**
 * The changes of one file, in the order in which notary applies them.
 * @throws `plan/staged-unreadable` when the file asks for something that notary would refuse too
 */
export function toChanges(staged: StagedChange): readonly Change[] {
  if (staged.type === 'witness') return [{ kind: 'witness', role: roleOf(staged) }];
  if (staged.type === 'target') return [targetChange(staged)];
  if (staged.type === 'delegation') return delegationChanges(staged);
  throw refused(staged, 'key rotations are never staged');
}

function targetChange(staged: StagedChange): Change {
  const role = roleOf(staged);
  if (staged.action === 'delete') return { kind: 'remove-target', role, name: staged.path };
  const data = dataOf(staged);
  const hashes = objectIn(staged, data['hashes']);
  const { length } = data;
  if (typeof length !== 'number') throw refused(staged, 'it names no length');
  return {
    kind: 'add-target',
    role,
    target: {
      name: staged.path,
      length,
      sha256: textIn(hashes['sha256']),
      sha512: textIn(hashes['sha512']),
      custom: data['custom'] ?? undefined,
    },
  };
}

function delegationChanges(staged: StagedChange): readonly Change[] {
  if (staged.action === 'delete') return [{ kind: 'remove-delegation', role: roleOf(staged) }];
  const data = dataOf(staged);
  if (staged.scope.endsWith('/*')) {
    const role = parseRoleName(staged.scope.slice(0, -2));
    return [{ kind: 'purge-keys', role, keyIds: textsIn(data['remove_keys']) as CanonicalKeyId[] }];
  }
  return staged.action === 'create' ? [addition(staged, data)] : updates(staged, data);
}

function addition(staged: StagedChange, data: Members): Change {
  const { threshold } = data;
  return {
    kind: 'add-delegation',
    role: roleOf(staged),
    keys: listIn(data['add_keys']).map((key) => publicKeyIn(staged, key)),
    paths: textsIn(data['add_paths']),
    threshold: typeof threshold === 'number' ? threshold : 1,
  };
}

/** notary: keys go before paths, and an update may add as well. */
function updates(staged: StagedChange, data: Members): readonly Change[] {
  const role = roleOf(staged);
  const keyIds = textsIn(data['remove_keys']) as CanonicalKeyId[];
  const paths = data['clear_paths'] === true ? ('all' as const) : textsIn(data['remove_paths']);
  const added = addition(staged, data) as Change & { kind: 'add-delegation' };
  return [
    ...(keyIds.length > 0 ? [{ kind: 'remove-delegation-keys', role, keyIds } as const] : []),
    ...(paths.length > 0 ? [{ kind: 'remove-delegation-paths', role, paths } as const] : []),
    ...(added.keys.length + added.paths.length > 0 ? [added] : []),
  ];
}

type Members = Readonly<Record<string, JsonValue>>;

function roleOf(staged: StagedChange): RoleName {
  return parseRoleName(staged.scope);
}

function dataOf(staged: StagedChange): Members {
  if (staged.data === undefined) throw refused(staged, 'it has no data');
  return objectIn(staged, parseJson(staged.data, staged.file));
}

function objectIn(staged: StagedChange, value: JsonValue | undefined): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw refused(staged, 'its data has another shape than notary writes');
}

function listIn(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function textsIn(value: JsonValue | undefined): string[] {
  return listIn(value).filter((item) => typeof item === 'string');
}

function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function publicKeyIn(staged: StagedChange, value: JsonValue): PublicKey {
  const key = publicKeyOfJson(value);
  if (key === undefined) throw refused(staged, 'it holds a key of a type that is not known');
  return key;
}

function refused(staged: StagedChange, reason: string): AppError {
  return new AppError('plan/staged-unreadable', { file: staged.file, reason });
}
