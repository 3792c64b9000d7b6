/** @file What pages may not do: everything the window does not need. */
import { type App, type Session, shell, type WebContents } from 'electron';
import { isOurs } from './protocol';

/** Sites a link in the window may open in the system's browser. */
const EXTERNAL_HOSTS = new Set(['arxiv.org', 'doi.org', 'github.com']);

const LOADABLE = new Set(['penumbra:', 'blob:', 'data:', 'devtools:']);

export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !LOADABLE.has(new URL(url).protocol) });
  });
}

/** Every page, whichever way it came to be, stays where it is and opens nothing. */
export function lockPages(app: App): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    const stay = (event: Electron.Event, url: string): void => {
      if (!isOurs(url)) event.preventDefault();
    };
    contents.on('will-navigate', (event) => stay(event, event.url));
    contents.on('will-redirect', (event) => stay(event, event.url));
    contents.on('will-frame-navigate', (event) => stay(event, event.url));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

function mayOpenOutside(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && EXTERNAL_HOSTS.has(url.hostname) && !url.username && !url.port;
}
