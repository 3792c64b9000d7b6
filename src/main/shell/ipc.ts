/** @file The two messages the window may send outside the contract: a folder dialog, and a line for the contract. */
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { BrowserWindow, dialog, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { CHANNELS } from '../../contract/desktop';
import { isOurs } from './protocol';

export function listenToWindow(router: AnyRouter): void {
  const handler = new RPCHandler(router);
  ipcMain.on(CHANNELS.connect, (event) => {
    const [port] = event.ports;
    if (!port || !isOurWindow(event)) return;
    handler.upgrade(port);
    port.start();
  });
  ipcMain.handle(CHANNELS.chooseFolder, async (event): Promise<string | null> => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!window || !isOurWindow(event)) return null;
    const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: ['openDirectory'] });
    return canceled ? null : (filePaths[0] ?? null);
  });
}

/** Only the top frame of our own page may speak; a frame that has gone away cannot. */
function isOurWindow({ senderFrame, sender }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOurs(senderFrame.url);
}
