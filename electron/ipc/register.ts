/**
 * Electron's doorway: the only file that touches `ipcMain`. Runs in the main process.
 * Checks who calls, hands on to the dispatcher, which checks what is called.
 */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { AppError } from '../../shared/errors.ts';
import { callNames, channelOf } from '../../shared/ipc/channels.ts';
import type { EventName } from '../../shared/ipc/bridge.ts';
import type { Log } from '../log/log.ts';
import { isBundleAddress } from '../window/policy.ts';
import type { Dispatch } from './dispatch.ts';

/** The web contents of the one window, while there is one. */
export type CurrentWindow = () => WebContents | undefined;

/**
 * SECURITY: only the main frame of our window, showing a page of the bundle, may call. A frame that navigated or ended
 * meanwhile has no `senderFrame`.
 */
export function isOurWindow(
  { sender, senderFrame }: IpcMainInvokeEvent,
  contents: WebContents | undefined,
): boolean {
  if (contents === undefined || contents.isDestroyed() || sender.id !== contents.id) return false;
  if (senderFrame === null || senderFrame.parent !== null) return false;
  const { mainFrame } = contents;
  const isMain =
    senderFrame.processId === mainFrame.processId && senderFrame.routingId === mainFrame.routingId;
  return isMain && isBundleAddress(senderFrame.url);
}

/** Registers every call of the contract. */
export function registerCalls(dispatch: Dispatch, currentWindow: CurrentWindow, log: Log): void {
  for (const name of callNames) {
    ipcMain.handle(channelOf(name), async (event, input: unknown, ...more: unknown[]) => {
      if (isOurWindow(event, currentWindow()) && more.length === 0) return dispatch(name, input);
      log.warn(`${name} from somebody else than the window was refused`);
      throw new AppError('ipc/refused', { channel: name });
    });
  }
}

/** Sends an event to the window, if it is there and shows a page of the bundle. */
export function sendToWindow(currentWindow: CurrentWindow): (name: EventName, payload: unknown) => void {
  return (name, payload) => {
    const contents = currentWindow();
    if (contents === undefined || contents.isDestroyed() || !isBundleAddress(contents.getURL())) return;
    contents.send(channelOf(name), payload);
  };
}
