/** @file The menu: only what the system expects of every program; the program's own commands are in its window. */
import { Menu } from 'electron';

export function setMenu(): void {
  const view = ['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'] as const;
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
      { role: 'editMenu' },
      { label: 'View', submenu: view.map((role) => ({ role })) },
      { role: 'windowMenu' },
    ]),
  );
}
