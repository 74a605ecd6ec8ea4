import { defineConfig } from 'vitest/config';

const common = {
  // No module keeps anything between tests: a worker runs its files in one process, so that nothing is loaded twice.
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** Pure parts and connectors; everything else starts hubs. */
const parts = [
  'src/{config,crossrefs,derive,mapping,merge,model,problems}/**/*.test.ts',
  'connectors/**/*.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['tests/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      { test: { name: 'parts', include: parts, ...common } },
      {
        test: {
          name: 'whole',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts', 'soak/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...parts],
          ...common,
        },
      },
    ],
  },
});
