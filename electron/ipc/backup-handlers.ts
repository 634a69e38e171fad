/** The answers to the calls about backups, one line each. Part of `handlers.ts`, for its size. */
import type { Handlers } from './handlers-of.ts';
import type { WindowServices } from './window-services.ts';

export function backupHandlers(backups: WindowServices['backups']): Handlers['backups'] {
  return {
    list: () => backups.list(),
    open: () => backups.open(),
    leave: () => backups.leave(),
    stop: () => backups.stop(),
    addFolder: () => backups.addFolder(),
    write: ({ order }) => backups.write(order),
    prove: ({ copy, replug }) => backups.prove(copy, replug),
    check: ({ source, opener }) => backups.check(source, opener),
    found: () => backups.found(),
    forgetCopy: ({ copy }) => backups.forgetCopy(copy),
    settleInterrupted: ({ id }) => backups.settleInterrupted(id),
    openForSheet: ({ source, opener }) => backups.openForSheet(source, opener),
    saveSheet: async ({ order, as }) => ({ where: await backups.saveSheet(order, as) }),
    printSheet: ({ order }) => backups.printSheet(order),
    share: ({ copy, needed, total, how }) => backups.share(copy, { needed, total, how }),
    impact: ({ key }) => backups.impact(key),
    takeOffline: ({ key }) => backups.takeOffline(key),
    bringBack: ({ key, opener, until }) => backups.bringBack(key, opener, until),
    sendAway: ({ key }) => backups.sendAway(key),
    keepHere: ({ key }) => backups.keepHere(key),
    planRestore: ({ source, opener }) => backups.planRestore(source, opener),
    restore: ({ id, items, replace }) => backups.restore(id, items, replace),
  };
}
