import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const common = {
  // No module keeps anything between tests: a worker runs its files in one process, so that nothing is loaded twice.
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** These mostly wait, for killed processes to be replaced and leases to end, and do not bear much beside them. */
const waiting = [
  'tests/promise-03-*.test.ts',
  'tests/promise-06-*.test.ts',
  'tests/promise-11-*.test.ts',
  'src/ledger/embedded/embedded.test.ts',
  'soak/soak.test.ts',
];
/** Promises that bear seconds, kept on the slowest machine that has nothing else to do: they run after all others. */
const timed = [
  // What these measure is how fast something computes: each alone.
  'tests/promise-01-*.test.ts',
  'tests/check.test.ts',
  'bench/mapping.test.ts',
  'bench/merge.test.ts',
];
/** These bear seconds too and mostly wait themselves, four fifths of their time. */
const patient = ['tests/promise-02-*.test.ts', 'tests/promise-09-*.test.ts'];

/**
 * Those that take longest, in this order: the others fill the time beside the last of them. The two of promise 3 far
 * apart: their processes together take more connections than the server of the tests has.
 */
const longest = [
  'promise-03-kill',
  'soak/soak.test',
  'promise-06',
  'promise-11',
  'promise-03-a',
  'embedded.test',
  'promise-09-unknown',
  'promise-02',
  'promise-04',
  'bad-answers',
  'api.test',
  'bench/fanout',
  'sign-in',
  'observability',
  'promise-05',
  'dead-letters',
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

/** What is compiled for one project is there for the next; only while this run lasts, so that nothing old is ever met. */
const compiled = mkdtempSync(path.join(tmpdir(), 'lianhub-compiled-'));
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));

export default defineConfig({
  test: {
    experimental: { fsModuleCache: true, fsModuleCachePath: compiled },
    globalSetup: ['tests/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    // One after the other. Each project's workers load everything anew.
    projects: [
      { test: { name: 'waiting', include: waiting, maxWorkers: 2, ...common } },
      {
        test: {
          name: 'all',
          include: ['{src,connectors,console,tests,bench,soak}/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...waiting, ...timed, ...patient],
          // Most of these wait a fifth of their time: three keep two processors busy.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          ...common,
        },
      },
      { test: { name: 'patient', include: patient, maxWorkers: 3, sequence: { groupOrder: 2 }, ...common } },
      { test: { name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 3 }, ...common } },
    ],
  },
});
