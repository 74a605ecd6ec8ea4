import { defineConfig } from 'vitest/config';

const pages = ['tests/browser/**/*.browser.ts'];
const timed = 'tests/browser/budget.browser.ts';
const common = { isolate: false, testTimeout: 120_000, hookTimeout: 90_000 };

/** The console in a browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    globalSetup: ['tests/global-setup.ts', 'tests/browser/global-setup.ts'],
    // One browser and one hub per file.
    maxWorkers: 2,
    projects: [
      { test: { name: 'pages', include: pages, exclude: [timed], ...common } },
      // Measures how fast pages are: alone, after the others.
      {
        test: { name: 'timed', include: [timed], maxWorkers: 1, sequence: { groupOrder: 1 }, ...common },
      },
    ],
  },
});
