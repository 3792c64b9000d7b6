import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { licences } from './electron.vite.licences';

/**
 * Four entries of the main side (desktop, command line, served window, training worker) share chunks under
 * out/main; dependencies stay external, because native modules and TensorFlow.js load from node_modules.
 */
export default defineConfig(({ mode }) => ({
  main: {
    build: {
      ...watched(mode),
      rollupOptions: {
        input: {
          index: resolve('src/main/index.ts'),
          cli: resolve('src/main/cli.ts'),
          serve: resolve('src/main/serve.ts'),
          worker: resolve('src/main/training/worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      ...watched(mode),
      // A sandboxed preload script must be one CommonJS file.
      rollupOptions: {
        input: { index: resolve('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [svelte(), licences(import.meta.dirname)],
    build: { ...watched(mode), rollupOptions: { input: { index: resolve('src/renderer/index.html') } } },
  },
}));

/** `npm run dev`: rebuilds whatever changes; the window, Electron's or a browser's, is then reloaded by hand. */
function watched(mode: string) {
  return mode === 'watch' ? { watch: {} } : {};
}
