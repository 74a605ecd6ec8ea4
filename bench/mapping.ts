import { isDeepStrictEqual } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { hostileRuns } from '../src/mapping/hostile.fixture.ts';
import { compileMapping, type InResult, type OutResult } from '../src/mapping/index.ts';
import { median, round, table } from './figures.ts';
import * as byHand from './mapping/by-hand.ts';
import * as inJsonata from './mapping/in-jsonata.ts';
import { race, timedLater } from './mapping/race.ts';
import { goldenOrder, inContext, outContext, shopOrder } from './mapping/sample.ts';
import { checkEverything, compileShipped, readShipped, shippedNames } from './mapping/shipped.ts';
import { wideBody, wideDocument, wideMapping } from './mapping/wide.ts';

export interface MappingOptions {
  /** Lines of the order that is raced. */
  readonly lines: number;
  readonly rounds: number;
  /** Milliseconds of one turn. */
  readonly ms: number;
  /** Random hostile documents that go through every shipped mapping afterwards, in each direction it has. */
  readonly hostile: number;
}

export interface MappingResult {
  /** Orders a second, each mapped in and out: compiled, by hand. */
  readonly hub: number;
  readonly limit: number;
  readonly ratio: number;
  readonly ratioIn: number;
  readonly ratioOut: number;
  /** How many times as long JSONata takes. */
  readonly jsonataTimes: number;
  /** Microseconds for an order in and out, and per line, by its number of lines; per field by the number of fields. */
  readonly linear: {
    readonly lines: Readonly<Record<string, number>>;
    readonly perLine: Readonly<Record<string, number>>;
    readonly perField: Readonly<Record<string, number>>;
  };
  readonly checkMs: number;
  /** Compiling a mapping of 300 fields, and that with its first run. */
  readonly compile300Ms: number;
  readonly firstRun300Ms: number;
  /** Documents run, those mapped all the same, and what should never be: crashes, failures without a field. */
  readonly hostile?: { readonly documents: number; readonly mapped: number; readonly bad: readonly string[] };
}

const LINES = [1, 10, 100, 1_000];
const FIELDS = [30, 100, 300];

/** Measures the compiled mappings beside the same written by hand and beside JSONata. */
export async function benchMapping(options: MappingOptions): Promise<MappingResult> {
  const checkMs = checkEverything();
  const shop = compileShipped('pospal/online-order');
  const books = compileShipped('kingdee/order');
  const [body, record] = [shopOrder(options.lines), goldenOrder(options.lines)];
  await agree(options.lines);

  const sides = {
    hubIn: () => shop.inward(body, inContext),
    limitIn: () => byHand.orderIn(body, inContext),
    hubOut: () => books.outward(record, outContext),
    limitOut: () => byHand.orderOut(record, outContext),
  };
  const times = race(sides, options);
  const hub = times.hubIn + times.hubOut;
  const limit = times.limitIn + times.limitOut;
  const later = await timedLater(
    async () => {
      await inJsonata.orderIn(body);
      await inJsonata.orderOut(record);
    },
    3,
    options.ms,
  );

  const perOrder: Record<string, number> = {};
  const perLine: Record<string, number> = {};
  for (const lines of LINES) {
    const [from, to] = [shopOrder(lines), goldenOrder(lines)];
    const both = race(
      {
        both: () => {
          shop.inward(from, inContext);
          books.outward(to, outContext);
        },
      },
      { rounds: 3, ms: options.ms },
    ).both;
    perOrder[lines] = round(both / 1_000);
    perLine[lines] = round(both / 1_000 / lines);
  }
  const perField: Record<string, number> = {};
  for (const fields of FIELDS) {
    const wide = wideMapping(fields);
    const told = wideBody(fields);
    const values = must(wide.inward(told, inContext)).values;
    const both = race(
      {
        both: () => {
          wide.inward(told, inContext);
          wide.outward(values as never, outContext);
        },
      },
      // Long functions are compiled for good later than short ones.
      { rounds: 3, ms: options.ms * 3 },
    ).both;
    perField[fields] = round(both / 1_000 / fields);
  }
  const compiling = compileTimes(300);
  return {
    hub: round(1e9 / hub),
    limit: round(1e9 / limit),
    ratio: round(limit / hub),
    ratioIn: round(times.limitIn / times.hubIn),
    ratioOut: round(times.limitOut / times.hubOut),
    jsonataTimes: round(later / hub),
    linear: { lines: perOrder, perLine, perField },
    checkMs: round(checkMs),
    compile300Ms: round(compiling.compiled),
    firstRun300Ms: round(compiling.run),
    ...(options.hostile === 0 ? {} : { hostile: runHostile(options.hostile) }),
  };
}

/** Random documents through every shipped mapping; the seed is fixed, so that a bad one can be found again. */
function runHostile(count: number): NonNullable<MappingResult['hostile']> {
  const reports = shippedNames().map((name, at) =>
    hostileRuns(readShipped(name), compileShipped(name), count, at),
  );
  return {
    documents: reports.reduce((sum, report) => sum + report.documents, 0),
    mapped: reports.reduce((sum, report) => sum + report.mapped, 0),
    bad: reports.flatMap((report) => report.bad),
  };
}

/** Nothing is timed before all sides give the same. */
async function agree(lines: number): Promise<void> {
  const [body, record] = [shopOrder(lines), goldenOrder(lines)];
  const inward = must(compileShipped('pospal/online-order').inward(body, inContext)).values;
  const outward = must(compileShipped('kingdee/order').outward(record, outContext)).body;
  same('by hand, inward', byHand.orderIn(body, inContext), inward);
  same('by hand, outward', byHand.orderOut(record, outContext), outward);
  same('jsonata, inward', await inJsonata.orderIn(body), inward);
  same('jsonata, outward', await inJsonata.orderOut(record), outward);
}

function must<Result extends InResult | OutResult>(result: Result): Extract<Result, { ok: true }> {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result as Extract<Result, { ok: true }>;
}

function same(what: string, theirs: unknown, ours: unknown): void {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  if (!isDeepStrictEqual(plain(theirs), plain(ours)))
    throw new Error(`${what}: not the same\n${JSON.stringify(theirs)}\n${JSON.stringify(ours)}`);
}

/** Milliseconds to compile a mapping of so many fields, and to compile it and run it once; another document each time. */
function compileTimes(fields: number): { compiled: number; run: number } {
  const times = Array.from({ length: 9 }, (_, at) => {
    const doc = wideDocument(fields, `wide${at}`);
    const body = wideBody(fields);
    const started = performance.now();
    const mapping = compileMapping(doc);
    const compiled = performance.now() - started;
    must(mapping.inward(body, inContext));
    return { compiled, run: performance.now() - started };
  });
  return { compiled: median(times.map((time) => time.compiled)), run: median(times.map((time) => time.run)) };
}

export function mappingCommand(): Command {
  return new Command('mapping')
    .description('an order in and out: compiled mappings beside the same by hand and in JSONata')
    .option('--lines <n>', 'lines of the order that is raced', wholeNumber, 5)
    .option('--rounds <n>', 'turns of each side, of which the middle counts', wholeNumber, 9)
    .option('--ms <n>', 'milliseconds of a turn', wholeNumber, 150)
    .option('--hostile <n>', 'random hostile documents through every shipped mapping', wholeOrNone, 0)
    .option('--json', 'one line of JSON')
    .action(async (options: MappingOptions & { json?: true }) => {
      const result = await benchMapping(options);
      if ((result.hostile?.bad.length ?? 0) > 0) process.exitCode = 1;
      process.stdout.write(
        options.json ? `${JSON.stringify({ name: 'mapping', ...result })}\n` : textOf(result),
      );
    });
}

function textOf(result: MappingResult): string {
  const { hostile } = result;
  const rows = [
    ['', 'orders/s'],
    ['compiled', String(result.hub)],
    ['by hand', String(result.limit)],
  ];
  const lines = Object.entries(result.linear.perLine).map(([count, time]) => `${count}: ${time}`);
  const fields = Object.entries(result.linear.perField).map(([count, time]) => `${count}: ${time}`);
  return `\n${table(rows)}

ratio ${result.ratio} (in ${result.ratioIn}, out ${result.ratioOut}); JSONata takes ${result.jsonataTimes} times as long
µs per line   ${lines.join('   ')}
µs per field  ${fields.join('   ')}
check of everything shipped ${result.checkMs} ms; a mapping of 300 fields compiled ${result.compile300Ms} ms, with its first run ${result.firstRun300Ms} ms
${hostile === undefined ? '' : `hostile documents ${hostile.documents}, mapped all the same ${hostile.mapped}, bad ${hostile.bad.length}\n${hostile.bad.join('\n')}`}
`;
}

function wholeNumber(value: string): number {
  if (value === '0') throw new InvalidArgumentError('expected a whole number above 0');
  return wholeOrNone(value);
}

function wholeOrNone(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('expected a whole number');
  return number;
}
