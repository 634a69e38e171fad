/** The calls of the window about private keys, bound to the desk. Privileged process. */
import type { Gun } from '../../shared/brands.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/bridge.ts';
import type { ExportFormat, KeyRef, NewKey } from '../../shared/ipc/keys.ts';
import { listKeys } from '../keystore/key-directory.ts';
import type { PassphrasePrompt } from '../keystore/unlock.ts';
import type { KeyDesk } from './key-desk.ts';
import { certifyKey, exportKeys } from './key-export.ts';
import { holdingsOf } from './key-holdings.ts';
import { importKeyFiles } from './key-import.ts';
import { changeKeyPassphrase } from './key-passphrase.ts';
import { removalOf, removeStoredKey } from './key-removal.ts';
import type { Places } from './places.ts';
import type { Repositories } from './repositories.ts';

type Answer<Name extends string> = Promise<CallOutput<Name>>;

export interface WindowKeys {
  readonly list: () => Answer<'keys.list'>;
  readonly generate: (wish: NewKey) => Answer<'keys.generate'>;
  readonly import: (name: string | undefined, gun: Gun | undefined) => Answer<'keys.import'>;
  readonly export: (keys: readonly KeyRef[], format: ExportFormat) => Answer<'keys.export'>;
  readonly change: (key: KeyRef, shared: boolean) => Answer<'keys.change'>;
  readonly certify: (wish: CallInput<'keys.certify'>) => Answer<'keys.certify'>;
  readonly removal: (key: KeyRef) => Answer<'keys.removal'>;
  readonly remove: (key: KeyRef) => Promise<void>;
  readonly remembered: (key: KeyRef) => Answer<'keys.remembered'>;
  readonly forget: (key: KeyRef) => Promise<void>;
  readonly holdings: (gun: Gun) => Answer<'keys.holdings'>;
}

interface Surroundings {
  readonly places: Pick<Places, 'placeOf'>;
  readonly repositories: Pick<Repositories, 'detail' | 'verified'>;
}

export function windowKeys(desk: KeyDesk, prompt: PassphrasePrompt, around: Surroundings): WindowKeys {
  return {
    list: () => desk.list(),
    generate: (wish) => desk.generate(wish),
    import: (name, gun) => importKeyFiles(desk, prompt, { name, gun }),
    export: (keys, format) => exportKeys(desk, keys, format),
    change: (key, shared) => changeKeyPassphrase(desk, key, shared),
    certify: (wish) => certifyKey(desk, wish),
    removal: (key) => removalOf(desk, key),
    remove: (key) => removeStoredKey(desk, key),
    remembered: (key) => desk.remembered(key),
    forget: (key) => desk.forget(key),
    holdings: (gun) => readHoldings(desk, gun, around),
  };
}

/** A repository that cannot be read has no roles to show; why is said instead. */
async function readHoldings(
  desk: KeyDesk,
  gun: Gun,
  { places, repositories }: Surroundings,
): Answer<'keys.holdings'> {
  const { row } = await repositories.detail(gun);
  const { connector, sandbox } = places.placeOf(gun);
  const { trustDirectory } = connector;
  const common = { gun, server: row.server, trustDirectory, sandbox };
  const problem = row.freshness.kind === 'failed' ? { problem: row.freshness.error } : {};
  const verified = repositories.verified.find((repository) => repository.gun === gun);
  if (verified === undefined) return { ...common, ...problem, roles: [] };
  const [records, { keys }] = await Promise.all([desk.records(), listKeys(trustDirectory)]);
  const here = new Set<string>([
    ...keys.map(({ id }) => id),
    ...desk.setup.tokenKeys().map(({ keyId }) => keyId),
  ]);
  return {
    ...common,
    ...problem,
    roles: holdingsOf(verified, { here, records, crypto: desk.setup.crypto, now: desk.setup.now() }),
  };
}
