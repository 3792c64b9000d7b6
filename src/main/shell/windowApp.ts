/** @file What the window loads: its files and the project's pictures. The desktop's scheme and HTTP serve this same app. */
import { Hono } from 'hono';
import { type MediaSource, mediaRoutes } from './media';
import { SECURITY_HEADERS } from './securityHeaders';
import { staticFile } from './staticFiles';

export interface WindowAppOptions {
  media: MediaSource;
  /** The built window, with index.html. */
  rendererFolder: string;
}

export function createWindowApp({ media, rendererFolder }: WindowAppOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  });
  app.route('/media', mediaRoutes(media));
  app.get('*', async (c) => (await staticFile(rendererFolder, c.req.path)) ?? c.notFound());
  app.notFound((c) => c.text('There is nothing here.', 404));
  return app;
}
