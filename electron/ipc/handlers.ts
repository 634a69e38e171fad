/**
 * The privileged side's answer to every call, one line each: names parsed, a service called, nothing decided.
 * Runs in the privileged process, Electron and browser mode.
 */
import type { CanonicalKeyId, Sha256Hex } from '../../shared/brands.ts';
import type { Broker } from '../prompts/broker.ts';
import { parseGun, parseRoleName } from '../tuf/names.ts';
import type { LinkId } from '../window/links.ts';
import { backupHandlers } from './backup-handlers.ts';
import { delegationHandlers } from './delegation-handlers.ts';
import type { Handlers } from './handlers-of.ts';
import type { WindowServices } from './window-services.ts';
import { yubikeyHandlers } from './yubikey-handlers.ts';

/** What the desktop around the window does; has one implementation in Electron and one in browser mode. */
export interface Desktop {
  /** Opens a link of our own table in the person's browser. */
  readonly openLink: (link: LinkId) => Promise<void>;
  /** Puts text on the clipboard. */
  readonly copyText: (text: string) => Promise<void>;
}

const hex = (text: string): Sha256Hex => text as Sha256Hex; // the contract checked its form

/** One handler for every call of the contract. */
export function createHandlers(
  {
    info,
    repositories,
    keys,
    settings,
    doctor,
    sandbox,
    plans,
    delegations,
    backups,
    yubikey,
    verify,
    activity,
    lock,
  }: WindowServices,
  desktop: Desktop,
  broker: Broker,
): Handlers {
  return {
    app: {
      info,
      openLink: ({ link }) => desktop.openLink(link),
      copyText: ({ text }) => desktop.copyText(text),
    },
    repositories: {
      list: repositories.list,
      add: ({ references }) => repositories.add(references),
      hide: ({ gun }) => repositories.hide(parseGun(gun)),
      refresh: ({ guns }) => repositories.refresh(guns?.map(parseGun)),
      detail: ({ gun }) => repositories.detail(parseGun(gun)),
      tags: ({ gun }) => repositories.tags(parseGun(gun)),
      registryDigests: ({ gun, tags }) => repositories.registryDigests(parseGun(gun), tags),
      unsignedTags: ({ gun }) => repositories.unsignedTags(parseGun(gun)),
      rawMetadata: ({ gun, role, version }) =>
        repositories.rawMetadata(parseGun(gun), parseRoleName(role), version),
    },
    keys: {
      list: keys.list,
      generate: ({ wish }) => keys.generate(wish),
      import: ({ name, gun }) => keys.import(name, gun === undefined ? undefined : parseGun(gun)),
      export: ({ keys: chosen, format }) => keys.export(chosen, format),
      change: ({ key, shared }) => keys.change(key, shared),
      certify: (wish) => keys.certify(wish),
      removal: ({ key }) => keys.removal(key),
      remove: ({ key }) => keys.remove(key),
      remembered: ({ key }) => keys.remembered(key),
      forget: ({ key }) => keys.forget(key),
      holdings: ({ gun }) => keys.holdings(parseGun(gun)),
    },
    settings: {
      get: settings.view,
      setTheme: ({ theme }) => settings.setTheme(theme),
      addServer: settings.addServer,
      removeServer: ({ id }) => settings.removeServer(id),
      addServerCa: ({ server }) => settings.addServerCa(server),
      trustShownCa: ({ server, sha256 }) => settings.trustShownCa(server, hex(sha256)),
      removeServerCa: ({ server, sha256 }) => settings.removeServerCa(server, hex(sha256)),
      chooseTrustDirectory: settings.chooseTrustDirectory,
    },
    doctor: { run: ({ target }) => doctor.run(target) },
    sandbox: { status: sandbox.status, start: sandbox.start, stop: sandbox.stop, reset: sandbox.reset },
    plans: {
      sign: ({ gun, tags, signAs, rootKey }) =>
        plans.sign(parseGun(gun), tags, signAs, rootKey as CanonicalKeyId | undefined),
      revoke: ({ gun, tags, signAs }) => plans.revoke(parseGun(gun), tags, signAs),
      addSigner: ({ gun, name, keys: files, rootKey }) =>
        plans.addSigner(parseGun(gun), name, files, rootKey as CanonicalKeyId | undefined),
      removeSigner: ({ gun, name, signAs }) => plans.removeSigner(parseGun(gun), name, signAs),
      ...delegationHandlers(delegations),
      witness: ({ gun, roles, signAs }) => plans.witness(parseGun(gun), roles.map(parseRoleName), signAs),
      rotate: ({ gun, role, key }) =>
        plans.rotate(parseGun(gun), role, key as CanonicalKeyId | 'new' | 'server' | undefined),
      initialise: ({ gun, rootKey }) =>
        plans.initialise(parseGun(gun), rootKey as CanonicalKeyId | undefined),
      delete: ({ gun }) => plans.delete(parseGun(gun)),
      restore: ({ gun, planId, signAs }) => plans.restore(parseGun(gun), planId, signAs),
      staged: ({ gun }) => plans.staged(parseGun(gun)),
      publish: ({ id }) => plans.publish(id),
      cancel: ({ id }) => plans.cancel(id),
      discard: ({ id }) => plans.discard(id),
      save: ({ id }) => plans.save(id),
      open: () => plans.open(),
      signSaved: ({ id }) => plans.signSaved(id),
      identifyKeys: ({ keys: dropped }) => plans.identify(dropped),
      stagedChanges: () => plans.stagedChanges(),
      unfinished: () => plans.unfinished(),
    },
    backups: backupHandlers(backups),
    yubikey: yubikeyHandlers(yubikey),
    verify: {
      check: ({ texts }) => verify.check(texts),
      stop: () => verify.stop(),
      pinned: (wish) => verify.pinned(wish),
      save: (wish) => verify.save(wish),
    },
    activity: { list: activity.list, export: activity.export },
    lock: { state: lock.state, lock: lock.lock },
    prompts: { answer: broker.answer },
  };
}
