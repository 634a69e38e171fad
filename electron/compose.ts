/**
 * Builds every service with its adapters; the only wiring, plain constructor arguments. Runs in the privileged
 * process: Electron's main process and browser mode. (The command line wires the few things a command needs itself:
 * see `electron/trust/connect.ts`.)
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Sha256Hex } from '../shared/brands.ts';
import { isAppError } from '../shared/errors.ts';
import { composeBackups } from './compose-backups.ts';
import { composePlans } from './compose-plans.ts';
import { composeTokens } from './compose-tokens.ts';
import { nodeCrypto } from './crypto/node-crypto.ts';
import { DoctorService } from './doctor/doctor-service.ts';
import { systemCode } from './files/file-failure.ts';
import type { ComposeForWindow, WindowServices, WindowSurroundings } from './ipc/window-services.ts';
import { listKeys } from './keystore/key-directory.ts';
import { createHttpClient } from './network/http-client.ts';
import { trustDirectoryOf } from './trust/connect.ts';
import { Places } from './trust/places.ts';
import { VerifyDesk } from './trust/references/verify-desk.ts';
import { Repositories } from './trust/repositories.ts';
import { SandboxControl } from './trust/sandbox-control.ts';
import { SettingsService } from './trust/settings-service.ts';

const now = (): Date => new Date();

/** The services behind one window. @throws `config/...` when our own settings cannot be read */
export const composeForWindow: ComposeForWindow = async (surroundings) => {
  const { env, prompts, emit, log } = surroundings;
  const http = createHttpClient({ env });
  const onSlowHelper = (helper: string): void => log.warn('waiting for a credential helper', { helper });
  const places = await Places.open({
    env,
    http,
    now,
    onSlowHelper,
    platform: process.platform,
    home: homedir(),
  });
  const { paths } = places.configured;
  const repositories = new Repositories({
    places,
    now,
    crypto: nodeCrypto,
    tokenKeys: () => tokens.watch.keys,
    stoppedRegistry: () => sandbox.stoppedRegistry(),
    onChanged: (rows) => emit('repositories.changed', rows),
    onRefreshed: (progress) => emit('repositories.refreshed', progress),
  });
  const doctor = new DoctorService({ places, env, now, onStep: (event) => emit('doctor.step', event) });
  const settings = new SettingsService({
    places,
    repositories,
    prompts,
    env,
    onChanged: (view) => emit('settings.changed', view),
    shownCa: (server, sha256) => doctor.shownCa(server, sha256),
  });
  const verify = new VerifyDesk({
    places,
    now,
    prompts,
    onProgress: (progress) => emit('verify.progress', progress),
  });
  const sandbox = new SandboxControl({
    folder: join(paths.dataDirectory, 'sandbox'),
    dockerConfig: paths.dockerConfig,
    prompts,
    log,
    onChanged: (status) => emit('sandbox.changed', status),
    onRunning: async (running) => {
      const gone = places.all.filter((place) => place.sandbox);
      repositories.forget((gun) => gone.includes(places.placeOf(gun)));
      places.setSandbox(running);
      // That it was stopped is known of those that were opened by their address, and not true any more.
      repositories.forget((gun) => places.placeOf(gun).sandbox);
      await repositories.announce();
    },
  });
  const tokens = composeTokens({
    surroundings,
    dataDirectory: paths.dataDirectory,
    now,
    // What a repository row says about abilities depends on the keys that are at hand.
    onKeys: () => void repositories.announce().catch(() => undefined),
  });
  const { services: changing, letGo } = composePlans({
    surroundings,
    places,
    repositories,
    now,
    tokens,
    beforeUpload: (keyIds) =>
      backups.noteUse(keyIds).catch((error: unknown) => {
        log.warn('the use of a visiting key could not be noted', { code: codeOf(error) });
      }),
    afterPublish: (keyIds) =>
      backups.endVisits(keyIds).catch((error: unknown) => {
        // What is published is; the window goes on saying that the key is here.
        log.warn('a visiting key could not be sent away', { code: codeOf(error) });
      }),
  });
  const backups = composeBackups({ surroundings, places, repositories, now, letGo });
  const lock = (): ReturnType<typeof changing.lock.lock> => {
    backups.forget();
    void tokens.desk.lock();
    return changing.lock.lock();
  };
  return {
    ...changing,
    backups,
    lock: { ...changing.lock, lock },
    info: () => readInfo({ surroundings, places, sandbox }),
    repositories: repositoryCalls(repositories),
    settings: settingsCalls(settings),
    verify,
    doctor: { run: (target) => doctor.run(target) },
    sandbox: {
      status: () => Promise.resolve(sandbox.status()),
      start: () => sandbox.start(),
      stop: () => sandbox.stop(),
      reset: () => sandbox.reset(),
    },
    close: async () => {
      await verify.stop();
      tokens.desk.close();
      await backups.leave();
      changing.lock.lock();
      await sandbox.stop();
      http.close();
    },
  };
};

/** No more of it: what is unforeseen might hold what nobody should see. */
function codeOf(error: unknown): string {
  return isAppError(error) ? error.code : systemCode(error);
}

function repositoryCalls(repositories: Repositories): WindowServices['repositories'] {
  return {
    list: () => repositories.list(),
    add: (references) => repositories.add(references),
    hide: (gun) => repositories.hide(gun),
    refresh: (guns) => repositories.refresh(guns),
    detail: (gun) => repositories.detail(gun),
    tags: (gun) => repositories.tags(gun),
    registryDigests: (gun, tags) => repositories.registryDigests(gun, tags),
    unsignedTags: (gun) => repositories.unsignedTags(gun),
    rawMetadata: (gun, role, version) => repositories.rawMetadata(gun, role, version),
  };
}

function settingsCalls(settings: SettingsService): WindowServices['settings'] {
  return {
    view: () => settings.view(),
    setTheme: (theme) => settings.setTheme(theme),
    addServer: (server) => settings.addServer(server),
    removeServer: (id) => settings.removeServer(id),
    addServerCa: (server) => settings.addServerCa(server),
    trustShownCa: (server, sha256: Sha256Hex) => settings.trustShownCa(server, sha256),
    removeServerCa: (server, sha256: Sha256Hex) => settings.removeServerCa(server, sha256),
    chooseTrustDirectory: () => settings.chooseTrustDirectory(),
  };
}

interface InfoParts {
  readonly surroundings: WindowSurroundings;
  readonly places: Places;
  readonly sandbox: SandboxControl;
}

async function readInfo({ surroundings, places, sandbox }: InfoParts) {
  const { mode, version } = surroundings;
  const { paths, settings } = places.configured;
  const { listKnownRepositories } = await import('./notary/known-repositories.ts');
  const trustDirectory = trustDirectoryOf(places.configured);
  const found = await listKnownRepositories(trustDirectory);
  const { keys } = await listKeys(trustDirectory);
  const isUsed = found.length > 0 || settings.added.length > 0 || sandbox.wasOpened;
  return {
    version,
    mode,
    platform: process.platform,
    trustDirectory,
    dataDirectory: paths.dataDirectory,
    firstRun: !isUsed,
    found: { repositories: found.length, keys: keys.length },
  };
}
