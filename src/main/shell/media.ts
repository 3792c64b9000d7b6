/** @file Pictures and maps over HTTP or the app's own scheme: by number only, never by path. */
import { Hono } from 'hono';
import { describeError } from '../../contract/errors';

interface MediaItem {
  /** Changes when the bytes would. */
  version: string;
  headers?: Record<string, string>;
  load(): Promise<{ type: string; bytes: Uint8Array }>;
}

/** Where pictures come from; each throws a PenumbraError for an id it does not know. */
export interface MediaSource {
  thumbnail(imageId: number): MediaItem;
  image(imageId: number, size: number | null): MediaItem;
  map(runId: number, imageId: number): MediaItem;
}

/** Larger views are scaled by the window itself. */
const LARGEST_SIZE = 16_384;

/** `/thumb/ID`, `/image/ID?size=PX`, `/map/RUN/ID`. */
export function mediaRoutes(source: MediaSource): Hono {
  const routes = new Hono();
  routes.get('/thumb/:image{[0-9]+}', (c) =>
    answer(c.req.raw, () => source.thumbnail(Number(c.req.param('image')))),
  );
  routes.get('/image/:image{[0-9]+}', (c) =>
    answer(c.req.raw, () => source.image(Number(c.req.param('image')), sizeOf(c.req.query('size')))),
  );
  routes.get('/map/:run{[0-9]+}/:image{[0-9]+}', (c) =>
    answer(c.req.raw, () => source.map(Number(c.req.param('run')), Number(c.req.param('image')))),
  );
  return routes;
}

function sizeOf(text: string | undefined): number | null {
  const size = Math.round(Number(text));
  return Number.isFinite(size) && size >= 1 ? Math.min(size, LARGEST_SIZE) : null;
}

async function answer(request: Request, find: () => MediaItem): Promise<Response> {
  try {
    const item = find();
    const etag = `"${item.version}"`;
    // The same id means another image once another project is open: the browser may keep it, but has to ask.
    const headers = { etag, 'cache-control': 'private, no-cache', ...item.headers };
    if (request.headers.get('if-none-match')?.includes(etag))
      return new Response(null, { status: 304, headers });
    const { type, bytes } = await item.load();
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { ...headers, 'content-type': type } });
  } catch (error) {
    const { code, message } = describeError(error);
    const status = code === 'INTERNAL' ? 500 : 404;
    return Response.json({ code, message }, { status, headers: { 'cache-control': 'no-store' } });
  }
}
