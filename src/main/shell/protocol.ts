/** @file The desktop window's own origin: `penumbra://app/`, answered by the same app that HTTP serves. */
import { protocol } from 'electron';

export const APP_ORIGIN = 'penumbra://app';

/** Before the app is ready: a standard, secure scheme, so that origins, CSP and fetch work as on the web. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: 'penumbra', privileges }]);
}

export function serveScheme(respond: (request: Request) => Response | Promise<Response>): void {
  protocol.handle('penumbra', (request) =>
    new URL(request.url).host === 'app' && (request.method === 'GET' || request.method === 'HEAD')
      ? respond(request)
      : new Response('There is nothing here.', { status: 404 }),
  );
}

export function isOurs(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`);
}
