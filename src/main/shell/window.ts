/** @file The desktop window and its place on the screen. */
import { app, BrowserWindow, type Rectangle, screen } from 'electron';
import { APP_ORIGIN } from './protocol';

export interface WindowOptions {
  /** The built preload script. */
  preload: string;
  /** Where the window was when it was closed; anything unusable is ignored. */
  place: unknown;
  rememberPlace(place: Rectangle): void;
}

const SMALLEST = { minWidth: 960, minHeight: 600 };

export async function openWindow({ preload, place, rememberPlace }: WindowOptions): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    ...{ width: 1440, height: 900, ...SMALLEST },
    ...(isOnScreen(place) ? place : {}),
    show: false,
    backgroundColor: '#1a1a1a',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('close', () => rememberPlace(window.getNormalBounds()));
  await window.loadURL(`${APP_ORIGIN}/`);
  return window;
}

/** A place from a screen that has been unplugged would put the window out of sight. */
function isOnScreen(place: unknown): place is Rectangle {
  const { x, y, width, height } = (place ?? {}) as Partial<Rectangle>;
  if (![x, y, width, height].every((value) => Number.isInteger(value))) return false;
  const { workArea } = screen.getDisplayMatching(place as Rectangle);
  return (
    x! < workArea.x + workArea.width &&
    x! + width! > workArea.x &&
    y! >= workArea.y &&
    y! < workArea.y + workArea.height
  );
}
