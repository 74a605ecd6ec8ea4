#!/usr/bin/env node
// Runs the built hub (dist/, made by `npm run build`); in a source tree without it, the sources themselves.
import { existsSync } from 'node:fs';

const built = new URL('../dist/src/cli/main.js', import.meta.url);
const sources = new URL('../src/cli/main.ts', import.meta.url);

if (existsSync(built)) {
  process.setSourceMapsEnabled(true);
  await import(built.href);
} else if (existsSync(sources)) {
  const { register } = await import('tsx/esm/api').catch(() => {
    process.stderr.write('lianhub is not built. Run: npm install && npm run build\n');
    process.exit(1);
  });
  register();
  await import(sources.href);
} else {
  process.stderr.write('lianhub is incomplete: neither dist/ nor src/ is there. Install it again.\n');
  process.exit(1);
}
