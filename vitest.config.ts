import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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
  'console/**/*.test.ts',
];

/**
 * Promises that bear seconds, kept on the slowest machine that has nothing else to do: they run alone, after all others.
 */
const timed = [
  'tests/promise-01-*.test.ts',
  'tests/promise-02-*.test.ts',
  'tests/promise-09-*.test.ts',
  'tests/check.test.ts',
  'bench/mapping.test.ts',
];

/** Those that mostly wait, for killed processes to be replaced and leases to end, go first: others fill the time. */
const longest = [
  'promise-03-kill',
  'embedded.test',
  'soak/soak.test',
  'promise-03-a',
  'promise-06',
  'promise-11',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.includes(name));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['tests/global-setup.ts'],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'parts', include: parts, ...common } },
      {
        test: {
          name: 'whole',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts', 'soak/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...parts, ...timed],
          ...common,
        },
      },
      { test: { name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 1 }, ...common } },
    ],
  },
});
