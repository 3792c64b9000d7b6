/** @file The menu: what the system expects of every program, and the window's own commands by their names. */
import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { CHANNELS, MENU } from '../../contract/desktop';

/** A command is carried out by the window, as if it had been chosen in its palette. */
const command = (label: string, accelerator?: string): MenuItemConstructorOptions => ({
  label,
  accelerator,
  // The window listens to its keys itself, where they may have been changed.
  registerAccelerator: false,
  click: (_item, window) =>
    (window instanceof BrowserWindow ? window : BrowserWindow.getAllWindows()[0])?.webContents.send(
      CHANNELS.command,
      label,
    ),
});

export function setMenu(): void {
  const view = ['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'] as const;
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const recent: MenuItemConstructorOptions = {
    role: 'recentDocuments',
    submenu: [{ role: 'clearRecentDocuments' }],
  };
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' } as const] : []),
      {
        label: 'File',
        submenu: [
          ...MENU.file.map(({ label, key }) => command(label, key)),
          ...(isMac ? [recent] : []),
          line,
          { role: isMac ? 'close' : 'quit' },
        ],
      },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          ...MENU.view.map(({ label, key }) => command(label, key)),
          line,
          ...view.map((role) => ({ role })),
        ],
      },
      { role: 'windowMenu' },
      { role: 'help', submenu: MENU.help.map(({ label, key }) => command(label, key)) },
    ]),
  );
}
