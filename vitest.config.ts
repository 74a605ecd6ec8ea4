import { defineConfig } from 'vitest/config';

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Code without I/O of its own: its tests share a process each worker, so that nothing is loaded twice. */
const pure = [
  'src/{config,crossrefs,derive,mapping,merge,model,problems}/**/*.test.ts',
  'connectors/{kingdee,pospal,qimen}/**/*mappings.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['tests/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      { test: { name: 'pure', include: pure, isolate: false, ...timeouts } },
      {
        test: {
          name: 'whole',
          include: [
            'src/**/*.test.ts',
            'connectors/**/*.test.ts',
            'tests/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', ...pure],
          ...timeouts,
        },
      },
    ],
  },
});
