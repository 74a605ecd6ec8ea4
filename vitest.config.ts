import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const common = {
  // No module keeps anything between tests: a worker runs its files in one process, so that nothing is loaded twice.
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** Promises that bear seconds, kept on the slowest machine that has nothing else to do: they run after all others. */
const timed = [
  // What these measure is how fast something computes: each alone.
  'tests/promise-01-*.test.ts',
  'tests/check.test.ts',
  'bench/mapping.test.ts',
];
/** These bear seconds too and mostly wait themselves, four fifths of their time: two of them at once. */
const patient = ['tests/promise-02-*.test.ts', 'tests/promise-09-*.test.ts'];

/** Those that mostly wait, for killed processes to be replaced and leases to end, go first: others fill the time. */
const longest = [
  'promise-03-kill',
  'embedded.test',
  'soak/soak.test',
  'promise-03-a',
  'promise-11',
  'promise-06',
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
    // What is one project is loaded and compiled once; another project loads everything again.
    projects: [
      {
        test: {
          name: 'all',
          include: ['{src,connectors,console,tests,bench,soak}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...timed, ...patient],
          ...common,
        },
      },
      { test: { name: 'patient', include: patient, sequence: { groupOrder: 1 }, ...common } },
      { test: { name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 2 }, ...common } },
    ],
  },
});
