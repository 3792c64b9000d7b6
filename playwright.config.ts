import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** A system Chromium when there is one; otherwise the browser that `npx playwright install` brought. */
const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);

export default defineConfig({
  testDir: 'test/e2e',
  timeout: 240_000,
  // A machine that is busy with other things is no fault of the program.
  expect: { timeout: 15_000 },
  workers: 1,
  // A browser on a busy machine misses a key now and then; what fails twice is a fault, and what passes then is told as flaky.
  retries: process.env.CI ? 2 : 0,
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    screenshot: 'only-on-failure',
  },
});
