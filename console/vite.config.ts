import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where a hub answers while the console is worked on; see README.md beside this file. */
const hub = process.env.LIANHUB_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: path.resolve(import.meta.dirname, '../dist/console'),
    emptyOutDir: true,
    target: 'es2022',
    // Tells tests what is loaded first, and `npm start` whether the console is built.
    manifest: true,
    // Scripts are files: the content policy allows nothing else.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
  },
  server: {
    proxy: Object.fromEntries(['/v1', '/auth', '/openapi.json', '/docs'].map((to) => [to, hub])),
  },
});
