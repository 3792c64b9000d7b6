/** The desktop's side of the security checklist (docs/security.md), with a stand-in for Electron's module. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';

type Listener = (...values: never[]) => unknown;

/** Listeners by the name of what they listen to. */
class Heard {
  readonly #listeners = new Map<string, Listener>();
  readonly on = (name: string, listener: Listener) => this.#listeners.set(name, listener);
  readonly handle = this.on;
  readonly say = (name: string, ...values: unknown[]): unknown =>
    this.#listeners.get(name)!(...(values as never[]));
}

const fake = vi.hoisted(() => ({
  windows: [] as Record<string, unknown>[],
  opened: [] as string[],
  loaded: [] as string[],
  schemes: [] as unknown[],
  ipc: null as unknown,
  preload: {
    names: [] as string[],
    bridge: {} as Record<string, (value: unknown) => unknown>,
    listeners: new Map<string, (...values: unknown[]) => void>(),
    say: (channel: string, ...values: unknown[]) => fake.preload.listeners.get(channel)!(...values),
  },
}));

vi.mock('electron', () => {
  class BrowserWindow {
    constructor(options: Record<string, unknown>) {
      fake.windows.push(options);
    }
    static fromWebContents = () => ({});
    once() {}
    on() {}
    async loadURL(url: string) {
      fake.loaded.push(url);
    }
  }
  return {
    BrowserWindow,
    app: { isPackaged: true },
    screen: { getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }) },
    shell: { openExternal: async (url: string) => void fake.opened.push(url) },
    dialog: { showOpenDialog: async () => ({ canceled: false, filePaths: ['/photos'] }) },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => fake.schemes.push(...schemes),
      handle: (_: string, handler: unknown) => {
        fake.schemes.push(handler);
      },
    },
    get ipcMain() {
      return fake.ipc;
    },
    contextBridge: {
      exposeInMainWorld: (name: string, bridge: object) => {
        fake.preload.names.push(name);
        Object.assign(fake.preload.bridge, bridge);
      },
    },
    ipcRenderer: {
      on: (channel: string, listener: () => void) => {
        fake.preload.listeners.set(channel, listener);
        return { sendSync: () => 'everything' };
      },
      invoke: async (...words: string[]) => words.join(' '),
      postMessage: () => undefined,
    },
    webUtils: { getPathForFile: () => '/photos' },
  };
});

const { openWindow } = await import('../../../src/main/shell/window');
const { lockPages, lockSession } = await import('../../../src/main/shell/permissions');
const { isOurs, registerScheme, serveScheme } = await import('../../../src/main/shell/protocol');

beforeEach(() => {
  for (const list of [fake.windows, fake.opened, fake.loaded, fake.schemes]) list.length = 0;
});

describe('the window', () => {
  const open = (place: unknown = null) =>
    openWindow({ preload: '/preload.cjs', place, rememberPlace: () => undefined });

  it('is sandboxed and isolated, has no Node, and loads our own scheme only', async () => {
    await open();
    expect(fake.windows[0]!.webPreferences).toEqual({
      preload: '/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    });
    expect(fake.loaded).toEqual(['penumbra://app/']);
  });

  it.each([[null], [{ x: 5000, y: 0, width: 100, height: 100 }], [{ x: 'a' }], [{}]])(
    'ignores a remembered place that is on no screen: %j',
    async (place) => {
      await open(place);
      expect(fake.windows[0]).not.toHaveProperty('x');
    },
  );
});

describe('pages', () => {
  let pages: Heard;
  let answer: (details: { url: string }) => unknown;
  beforeEach(() => {
    const app = new Heard();
    lockPages(app as never);
    pages = new Heard();
    const setWindowOpenHandler = (handler: typeof answer) => {
      answer = handler;
    };
    app.say('web-contents-created', {}, { on: pages.on, setWindowOpenHandler });
  });

  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])('stay where they are: %s', (name) => {
    const went = (url: string) => {
      const preventDefault = vi.fn();
      pages.say(name, { url, preventDefault }, url);
      return preventDefault.mock.calls.length === 0;
    };
    expect(went('penumbra://app/')).toBe(true);
    for (const url of [
      'https://evil.example/',
      'file:///etc/passwd',
      'penumbra://application/',
      'about:blank',
    ])
      expect(went(url)).toBe(false);
  });

  it('hold no other pages', () => {
    const preventDefault = vi.fn();
    pages.say('will-attach-webview', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
  });

  it('open no windows; links to known sites go to the browser, all others nowhere', () => {
    const links = [
      'https://arxiv.org/abs/2106.08254',
      'http://arxiv.org/',
      'https://arxiv.org.evil.example/',
      'https://user@arxiv.org/',
      'https://arxiv.org:8443/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://arxiv.org/share',
      'not an address',
    ];
    for (const url of links) expect(answer({ url })).toEqual({ action: 'deny' });
    expect(fake.opened).toEqual(['https://arxiv.org/abs/2106.08254']);
  });
});

describe('the session', () => {
  it('grants no permission and loads nothing but ours', () => {
    const asked: Record<string, Listener> = {};
    const keep = (name: string) => (handler: Listener) => {
      asked[name] = handler;
    };
    lockSession({
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      webRequest: { onBeforeRequest: keep('load') },
    } as never);
    const granted = vi.fn();
    (asked.request as (...values: unknown[]) => void)({}, 'camera', granted);
    expect(granted).toHaveBeenCalledExactlyOnceWith(false);
    expect([asked.check!(), asked.device!()]).toEqual([false, false]);
    const cancelled = (url: string) => {
      let result: { cancel: boolean } | undefined;
      (asked.load as (...values: unknown[]) => void)({ url }, (given: { cancel: boolean }) => {
        result = given;
      });
      return result!.cancel;
    };
    for (const url of [
      'https://evil.example/',
      'http://127.0.0.1/',
      'file:///etc/passwd',
      'ws://evil.example/',
    ])
      expect(cancelled(url)).toBe(true);
    for (const url of ['penumbra://app/', 'blob:penumbra://app/1']) expect(cancelled(url)).toBe(false);
  });
});

describe('the scheme', () => {
  it('is a secure origin without privileges over the policy, and answers for one host', async () => {
    registerScheme();
    const [{ scheme, privileges }] = fake.schemes as [{ scheme: string; privileges: object }];
    expect(scheme).toBe('penumbra');
    expect(privileges).toMatchObject({ standard: true, secure: true });
    expect(privileges).not.toHaveProperty('bypassCSP');
    expect(privileges).not.toHaveProperty('corsEnabled');
    serveScheme(() => new Response('ours'));
    const handler = fake.schemes.at(-1) as (request: Request) => Response;
    // A request's own constructor knows only the schemes of the web.
    const request = (url: string, method = 'GET') => handler({ url, method } as Request);
    expect(await request('penumbra://app/').text()).toBe('ours');
    expect(request('penumbra://other/').status).toBe(404);
    expect(request('penumbra://app/', 'POST').status).toBe(404);
  });

  it.each([
    ['penumbra://app', true],
    ['penumbra://app/index.html', true],
    ['penumbra://app.evil.example/', false],
    ['penumbra://apple/', false],
    ['https://app/', false],
  ])('%s is ours: %s', (url, ours) => expect(isOurs(url)).toBe(ours));
});

describe('messages', () => {
  const top = { url: 'penumbra://app/' };
  const from = (frame: unknown, mainFrame: unknown = frame) => ({
    senderFrame: frame,
    sender: { mainFrame },
    ports: [{ start: vi.fn(), on: vi.fn(), addEventListener: vi.fn() }],
  });
  const heard = new Heard();
  beforeEach(async () => {
    fake.ipc = heard;
    const { listenToWindow } = await import('../../../src/main/shell/ipc');
    listenToWindow({});
  });

  it('of the window are answered', async () => {
    expect(await heard.say('penumbra:choose-folder', from(top))).toBe('/photos');
    const event = from(top);
    heard.say('penumbra:connect', event);
    expect(event.ports[0]!.start).toHaveBeenCalled();
  });

  it.each([
    ['another origin', from({ url: 'https://evil.example/' })],
    ['a frame inside the window', from({ url: 'penumbra://app/' }, top)],
    ['a frame that is gone', from(null)],
  ])('of %s are not', async (_, event) => {
    expect(await heard.say('penumbra:choose-folder', event)).toBeNull();
    heard.say('penumbra:connect', event);
    expect(event.ports[0]!.start).not.toHaveBeenCalled();
  });
});

describe('what is shipped', () => {
  const root = join(import.meta.dirname, '../../..');
  const read = (file: string) => readFileSync(join(root, file), 'utf8');

  it('has its fuses set', () => {
    const fuses = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(read('electron-builder.yml'))![1]!;
    const set = Object.fromEntries(
      fuses
        .trim()
        .split('\n')
        .map((line) => line.trim().split(': ')),
    );
    expect(set).toEqual({
      runAsNode: 'false',
      enableCookieEncryption: 'true',
      enableNodeOptionsEnvironmentVariable: 'false',
      enableNodeCliInspectArguments: 'false',
      enableEmbeddedAsarIntegrityValidation: 'true',
      onlyLoadAppFromAsar: 'true',
      grantFileProtocolExtraPrivileges: 'false',
    });
  });

  it('turns the sandbox on for every process, and enables no Blink feature', () => {
    const sources = readdirSync(join(root, 'src/main'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(join('src/main', file)));
    expect(sources.some((text) => text.includes('app.enableSandbox()'))).toBe(true);
    for (const text of sources)
      expect(text).not.toMatch(/enableBlinkFeatures|appendSwitch|no-sandbox|allowpopups/);
  });

  it('gives the window four functions and nothing of Electron', async () => {
    const { bridge, say } = fake.preload;
    await import('../../../src/preload/index');
    expect(fake.preload.names).toEqual(['penumbra']);
    expect(Object.keys(bridge).toSorted()).toEqual(['chooseFolder', 'connect', 'onCommand', 'pathOf']);
    const listener = vi.fn();
    expect(bridge.onCommand!(listener)).toBeUndefined();
    say('penumbra:command', { sender: 'of Electron' }, 'Settings');
    expect(listener).toHaveBeenCalledExactlyOnceWith('Settings');
    expect(await bridge.chooseFolder!('another channel')).toBe('penumbra:choose-folder');
  });

  it('has a page without inline script or style', () => {
    const page = read('src/renderer/index.html');
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });
});
