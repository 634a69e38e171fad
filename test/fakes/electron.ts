/**
 * Stands in for the `electron` module where its runtime is not there, and records what it is asked for.
 * Used with `vi.mock('electron', () => import('.../fakes/electron.ts'))`. Has only what the project uses: a name that is
 * missing here fails the test, as it should. `resetElectron()` between tests.
 */
import { EventEmitter } from 'node:events';

export interface Recorded {
  /** Calls in order, as `object.method`, with their arguments. */
  calls: { readonly name: string; readonly args: readonly unknown[] }[];
  windows: BrowserWindow[];
  sessions: Map<string, Session>;
  handlers: Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>;
  exposed: Map<string, unknown>;
  sent: { readonly channel: string; readonly payload: unknown }[];
  invoked: { readonly channel: string; readonly args: readonly unknown[] }[];
}

export const recorded: Recorded = {
  calls: [],
  windows: [],
  sessions: new Map(),
  handlers: new Map(),
  exposed: new Map(),
  sent: [],
  invoked: [],
};

const record = (name: string, ...args: unknown[]): void => void recorded.calls.push({ name, args });

/** A function that only records. */
const noted =
  (name: string) =>
  (...args: unknown[]): void =>
    record(name, ...args);

/** The arguments of every call of `name`. */
export const callsOf = (name: string): readonly (readonly unknown[])[] =>
  recorded.calls.filter((call) => call.name === name).map(({ args }) => args);

export class Session extends EventEmitter {
  readonly partition: string;
  /** What was installed, by the name of the method that installs it. */
  readonly installed = new Map<string, (...args: never[]) => unknown>();
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
      this.install(`protocol.handle ${scheme}`, handler),
  };
  readonly webRequest = {
    onBeforeRequest: (handler: (...args: never[]) => unknown) => this.install('onBeforeRequest', handler),
  };

  constructor(partition: string) {
    super();
    this.partition = partition;
  }

  private install(name: string, handler: (...args: never[]) => unknown): void {
    record(`session.${name}`);
    this.installed.set(name, handler);
  }

  setPermissionRequestHandler = (handler: () => void) => this.install('permissionRequest', handler);
  setPermissionCheckHandler = (handler: () => boolean) => this.install('permissionCheck', handler);
  setDevicePermissionHandler = (handler: () => boolean) => this.install('devicePermission', handler);
  setDisplayMediaRequestHandler = (handler: () => void) => this.install('displayMedia', handler);
  setBluetoothPairingHandler = (handler: () => void) => this.install('bluetoothPairing', handler);
  setSpellCheckerEnabled = noted('session.setSpellCheckerEnabled');
}

export interface Frame {
  url: string;
  processId: number;
  routingId: number;
  parent: Frame | null;
}

let lastId = 0;

export class WebContents extends EventEmitter {
  readonly id = ++lastId;
  readonly mainFrame: Frame = { url: '', processId: 4, routingId: this.id, parent: null };
  destroyed = false;
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined;

  isDestroyed = () => this.destroyed;
  getURL = () => this.mainFrame.url;
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) => {
    this.windowOpenHandler = handler;
  };
  send = (channel: string, payload: unknown) => void recorded.sent.push({ channel, payload });
  reload = noted('webContents.reload');
  print = (options: unknown, done: (isDone: boolean, reason: string) => void) => {
    record('webContents.print', options);
    done(printAnswer.isDone, printAnswer.reason);
  };
  printToPDF = (options: unknown) => {
    record('webContents.printToPDF', options);
    return Promise.resolve(Buffer.from('%PDF-1.4'));
  };
}

export class BrowserWindow extends EventEmitter {
  readonly options: unknown;
  readonly webContents = new WebContents();
  destroyed = false;
  minimized = false;

  constructor(options: unknown) {
    super();
    this.options = options;
    recorded.windows.push(this);
    record('new BrowserWindow', options);
    app.emit('web-contents-created', {}, this.webContents);
  }

  loadURL = (url: string) => {
    record('window.loadURL', url);
    this.webContents.mainFrame.url = url;
    this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    this.emit('ready-to-show');
    return Promise.resolve();
  };
  isDestroyed = () => this.destroyed;
  isMinimized = () => this.minimized;
  restore = noted('window.restore');
  show = noted('window.show');
  focus = noted('window.focus');
  destroy = () => {
    record('window.destroy');
    this.destroyed = true;
  };
}

class App extends EventEmitter {
  isPackaged = true;
  hasLock = true;
  isReady = false;
  enableSandbox = () => record('app.enableSandbox', { ready: this.isReady });
  setPath = noted('app.setPath');
  quit = noted('app.quit');
  exit = noted('app.exit');
  getVersion = () => '1.2.3';
  requestSingleInstanceLock = () => {
    record('app.requestSingleInstanceLock');
    return this.hasLock;
  };
  whenReady = () => {
    record('app.whenReady');
    this.isReady = true;
    return Promise.resolve();
  };
}

export const app = new App();

export const session = {
  fromPartition: (partition: string) => {
    const found = recorded.sessions.get(partition) ?? new Session(partition);
    recorded.sessions.set(partition, found);
    return found;
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) =>
    record('protocol.registerSchemesAsPrivileged', schemes, { ready: app.isReady }),
};

export const ipcMain = {
  handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => Promise<unknown>) => {
    if (recorded.handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    recorded.handlers.set(channel, handler);
  },
};

export const ipcRenderer = Object.assign(new EventEmitter(), {
  invoke: (channel: string, ...args: unknown[]) => {
    recorded.invoked.push({ channel, args });
    return Promise.resolve({ ok: true, value: channel });
  },
});

export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown) => void recorded.exposed.set(name, value),
};

export const powerMonitor = new EventEmitter();
export const nativeTheme = { shouldUseDarkColors: false };
export const clipboard = { writeText: noted('clipboard.writeText') };
export const shell = {
  openExternal: (url: string) => {
    record('shell.openExternal', url);
    return Promise.resolve();
  },
};
export const Menu = {
  setApplicationMenu: noted('Menu.setApplicationMenu'),
  buildFromTemplate: (template: unknown) => ({ template }),
};

/** How the next printing ends. */
export const printAnswer = { isDone: true, reason: '' };

/** What the next native dialogs answer. */
export const dialogAnswers = { open: [] as string[], save: '' };
export const dialog = {
  showOpenDialog: (...args: unknown[]) => {
    record('dialog.showOpenDialog', ...args);
    return Promise.resolve({ canceled: dialogAnswers.open.length === 0, filePaths: dialogAnswers.open });
  },
  showSaveDialog: (...args: unknown[]) => {
    record('dialog.showSaveDialog', ...args);
    return Promise.resolve({ canceled: dialogAnswers.save === '', filePath: dialogAnswers.save });
  },
  showErrorBox: noted('dialog.showErrorBox'),
};

export function resetElectron(): void {
  recorded.calls = [];
  recorded.windows = [];
  recorded.sent = [];
  recorded.invoked = [];
  for (const map of [recorded.sessions, recorded.handlers, recorded.exposed]) map.clear();
  for (const emitter of [app, powerMonitor, ipcRenderer]) emitter.removeAllListeners();
  Object.assign(app, { isPackaged: true, hasLock: true, isReady: false });
  nativeTheme.shouldUseDarkColors = false;
  Object.assign(dialogAnswers, { open: [], save: '' });
  Object.assign(printAnswer, { isDone: true, reason: '' });
}
