import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const pages = ['tests/browser/**/*.browser.ts'];
/** How fast pages and lists are: measured alone, after the others. */
const timed = ['tests/browser/budget.browser.ts', 'tests/browser/lists.browser.ts'];
const common = { isolate: false, testTimeout: 120_000, hookTimeout: 90_000 };

/** The long ones go first: short ones fill the time. */
const longest = ['problems', 'connections', 'mappings', 'work', 'find', 'syncs'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.includes(`/${name}.browser`));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

/** The console in a browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    globalSetup: ['tests/global-setup.ts', 'tests/browser/global-setup.ts'],
    // One browser and one hub per file.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'pages', include: pages, exclude: timed, ...common } },
      { test: { name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 1 }, ...common } },
    ],
  },
});
