import { Command, InvalidArgumentError } from 'commander';
import { mergeState, type StateMerge } from '../src/merge/index.ts';
import { round, table } from './figures.ts';
import { race } from './mapping/race.ts';
import { customerMerge, longMerge, productMerge, wideMerge } from './merge/sample.ts';

export interface MergeOptions {
  readonly rounds: number;
  /** Milliseconds of one turn. */
  readonly ms: number;
  /** Elements of the longest list. */
  readonly longest: number;
}

/** How a merge grows: nanoseconds per field or element by their number. */
export interface Growth {
  readonly each: Readonly<Record<string, number>>;
  /** Cost of each at the largest number beside the middle of the smaller ones; linear is about 1. */
  readonly ratio: number;
}

export interface MergeResult {
  /** Merges a second. */
  readonly customer: number;
  readonly product: number;
  readonly fields: Growth;
  readonly elements: Growth;
  /** What neither ratio may be above. */
  readonly limit: number;
  readonly linear: boolean;
}

const FIELDS = [10, 100, 1_000];
const ELEMENTS = [10, 100, 1_000, 10_000];
const limit = 2;

/** Measures merging of states: records of ordinary size, and how the cost grows with fields and with lists. */
export function benchMerge(options: MergeOptions): MergeResult {
  const [customer, product] = [customerMerge(), productMerge()];
  for (const one of [customer, product, wideMerge(100), longMerge(100)]) mustHaveWork(one);
  const ordinary = race(
    { customer: () => mergeState(customer), product: () => mergeState(product) },
    options,
  );
  const fields = growth(FIELDS, wideMerge, options);
  const elements = growth(
    ELEMENTS.filter((length) => length <= options.longest),
    longMerge,
    options,
  );
  return {
    customer: round(1e9 / ordinary.customer),
    product: round(1e9 / ordinary.product),
    fields,
    elements,
    limit,
    linear: fields.ratio <= limit && elements.ratio <= limit,
  };
}

/** A merge that changes nothing, or meets no conflict, is not what is to be measured. */
function mustHaveWork(merge: StateMerge): void {
  const { patch, conflicts } = mergeState(merge);
  if (Object.keys(patch).length === 0 || conflicts.length === 0) throw new Error('a sample merges nothing');
}

function growth(
  sizes: readonly number[],
  sample: (size: number) => StateMerge,
  options: MergeOptions,
): Growth {
  // In turns, so that a machine that slows down slows all sizes down.
  const sides = sizes.map((size) => {
    const merge = sample(size);
    return [String(size), () => mergeState(merge)] as const;
  });
  const times = race(Object.fromEntries(sides), options);
  const each = sizes.map((size) => (times[String(size)] ?? Number.NaN) / size);
  const last = each.at(-1) ?? Number.NaN;
  // Per record there is a fixed part, which makes the smallest look dear: the cheapest smaller one is the measure.
  const least = Math.min(...each.slice(0, -1));
  return {
    each: Object.fromEntries(sizes.map((size, at) => [String(size), round(each[at] ?? Number.NaN)])),
    ratio: round(last / least),
  };
}

export function mergeCommand(): Command {
  return new Command('merge')
    .description('merging of states: records of ordinary size, and growth with fields and with lists')
    .option('--rounds <n>', 'turns of each side, of which the middle counts', wholeNumber, 9)
    .option('--ms <n>', 'milliseconds of a turn', wholeNumber, 150)
    .option('--longest <n>', 'elements of the longest list: 100, 1000 or 10000', wholeNumber, 10_000)
    .option('--json', 'one line of JSON')
    .action((options: MergeOptions & { json?: true }) => {
      const result = benchMerge(options);
      if (!result.linear) process.exitCode = 1;
      process.stdout.write(
        options.json ? `${JSON.stringify({ name: 'merge', ...result })}\n` : textOf(result),
      );
    });
}

function textOf({ customer, product, fields, elements, linear }: MergeResult): string {
  const rows = [
    ['', 'merges/s'],
    ['customer', String(customer)],
    ['product', String(product)],
  ];
  const list = ({ each }: Growth): string =>
    Object.entries(each)
      .map(([size, time]) => `${size}: ${time}`)
      .join('   ');
  return `\n${table(rows)}

ns per field    ${list(fields)}
ns per element  ${list(elements)}
growth          fields ${fields.ratio}, elements ${elements.ratio}; linear is at most ${limit}: ${linear ? 'yes' : 'NO'}
`;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('expected a whole number above 0');
  return number;
}
