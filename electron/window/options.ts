/**
 * How the window is made. Pure: the same input gives the same options, and a test reads every one of them.
 */
import type { BrowserWindowConstructorOptions } from 'electron';

/** Without `persist:` the partition lives in memory: nothing of the window is kept on disk. */
export const partition = 'trustdesk';

export interface WindowSurroundings {
  /** Absolute path of the built preload. */
  readonly preload: string;
  /** True in an installed app. */
  readonly packaged: boolean;
  /** True when the system prefers dark colours: the first frame must not flash. */
  readonly dark: boolean;
  /** Absolute path of the icon, where the platform wants one per window. */
  readonly icon?: string;
}

/**
 * The options of the one window.
 * SECURITY: every default that matters is written out, so that a changed default in Electron changes nothing here.
 */
export function windowOptions({
  preload,
  packaged,
  dark,
  icon,
}: WindowSurroundings): BrowserWindowConstructorOptions {
  return {
    title: 'Trustdesk',
    width: 1280,
    height: 820,
    minWidth: 1000,
    minHeight: 680,
    show: false,
    backgroundColor: dark ? '#0f1215' : '#f6f7f9',
    autoHideMenuBar: true,
    ...(icon === undefined ? {} : { icon }),
    webPreferences: {
      preload,
      partition,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      plugins: false,
      webgl: false,
      disableBlinkFeatures: 'Auxclick',
      devTools: !packaged,
    },
  };
}
