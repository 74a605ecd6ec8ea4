import { defineConfig } from 'vitest/config';

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Parts that keep nothing between tests: a worker runs theirs in one process, so that nothing is loaded twice. */
const parts = [
  'src/{config,crossrefs,derive,mapping,merge,model,problems}/**/*.test.ts',
  'connectors/**/*.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['tests/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      { test: { name: 'parts', include: parts, isolate: false, ...timeouts } },
      {
        test: {
          name: 'whole',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts', 'soak/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...parts],
          ...timeouts,
        },
      },
    ],
  },
});
