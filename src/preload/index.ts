/** @file The only bridge between the sandboxed window and the main process. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CHANNELS, type DesktopBridge, PORT_MESSAGE } from '../contract/desktop';

const bridge: DesktopBridge = {
  chooseFolder: () => ipcRenderer.invoke(CHANNELS.chooseFolder),
  pathOf: (file) => webUtils.getPathForFile(file),
  // The event, and what `on` answers with, would hand Electron's own objects to the page.
  onCommand: (listener) => {
    ipcRenderer.on(CHANNELS.command, (_event, label: string) => listener(label));
  },
  connect: () => {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(CHANNELS.connect, null, [port1]);
    window.postMessage(PORT_MESSAGE, window.location.origin, [port2]);
  },
};

contextBridge.exposeInMainWorld('penumbra', bridge);
