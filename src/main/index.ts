/** @file The desktop entry: Electron's main process. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, session, utilityProcess } from 'electron';
import { dataDirectory } from './api/dataDirectory';
import { readJson, writeJson } from './api/jsonFile';
import { mediaSource } from './api/media';
import { createRouter } from './api/router';
import { ProjectWorkspace } from './api/workspace';
import { listenToWindow } from './shell/ipc';
import { setMenu } from './shell/menu';
import { lockPages, lockSession } from './shell/permissions';
import { registerScheme, serveScheme } from './shell/protocol';
import { openWindow } from './shell/window';
import { createWindowApp } from './shell/windowApp';
import type { FromWorker } from './training/protocol';
import { WORKER_FLAGS } from './training/spawn';
import type { SpawnWorker } from './training/types';

const here = dirname(fileURLToPath(import.meta.url));

const spawn: SpawnWorker = (file) => {
  const child = utilityProcess.fork(file, [], {
    serviceName: 'Penumbra training',
    stdio: 'ignore',
    execArgv: WORKER_FLAGS,
  });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', (message: FromWorker) => listener(message)),
    onExit: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
};

async function start(): Promise<void> {
  const data = dataDirectory();
  const workspace = new ProjectWorkspace({ dataDirectory: data, spawn });
  closeBeforeQuitting(workspace);
  void rememberRecents(workspace);
  await app.whenReady();
  const files = createWindowApp({ media: mediaSource(workspace), rendererFolder: join(here, '../renderer') });
  serveScheme((request) => files.fetch(request));
  lockSession(session.defaultSession);
  listenToWindow(createRouter(workspace));
  setMenu();
  const placeFile = join(data, 'window.json');
  await openWindow({
    preload: join(here, '../preload/index.cjs'),
    place: readJson(placeFile),
    rememberPlace: (place) => writeJson(placeFile, place),
  });
}

/** The system's own list of recent files; a project that is chosen there is opened. */
async function rememberRecents(workspace: ProjectWorkspace): Promise<void> {
  app.on('open-file', (event, file) => {
    event.preventDefault();
    workspace.openFile(file).catch((error) => workspace.log('open-file', error));
  });
  for await (const event of workspace.subscribe())
    if (event.type === 'project' && event.project) app.addRecentDocument(event.project.file);
}

/** What runs keeps a checkpoint; nothing has to be asked. */
function closeBeforeQuitting(workspace: ProjectWorkspace): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void workspace.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
}

app.enableSandbox();
registerScheme();
lockPages(app);
app.on('window-all-closed', () => app.quit());
app.on('second-instance', () => {
  const [window] = BrowserWindow.getAllWindows();
  if (window?.isMinimized()) window.restore();
  window?.focus();
});
if (app.requestSingleInstanceLock())
  start().catch((error: Error) => {
    console.error(error.message);
    app.exit(1);
  });
else app.quit();
