/**
 * Gives the window one function per call and event of the contract, and nothing else of Electron.
 * Runs sandboxed, isolated from the page. Never edited per feature: the names come from the contract.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { Exposed, Reply } from '../shared/ipc/bridge.ts';
import { callNames, channelOf, eventNames } from '../shared/ipc/channels.ts';

const exposed: Exposed = {
  calls: Object.fromEntries(
    callNames.map((name) => [
      name,
      (input: unknown) => ipcRenderer.invoke(channelOf(name), input) as Promise<Reply>,
    ]),
  ),
  events: Object.fromEntries(
    eventNames.map((name) => [
      name,
      (listener: (payload: unknown) => void) => {
        // SECURITY: the page never sees Electron's event object, which leads to `ipcRenderer`
        const hear = (_event: unknown, payload: unknown) => listener(payload);
        ipcRenderer.on(channelOf(name), hear);
        return () => void ipcRenderer.off(channelOf(name), hear);
      },
    ]),
  ),
};
contextBridge.exposeInMainWorld('trustdesk', exposed);
