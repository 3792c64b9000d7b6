#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../out/main/cli.js', import.meta.url);
if (!existsSync(fileURLToPath(program))) {
  console.error('Penumbra has not been built yet; run "npm run build" first.');
  process.exit(1);
}
await import(program.href);
