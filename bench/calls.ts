import { Command, InvalidArgumentError } from 'commander';
import { readEnvironment } from '../src/cli/environment.ts';
import { runDemo } from '../src/demo/run.ts';
import { createLogger } from '../src/log.ts';
import { round, table } from './figures.ts';

/** ERP calls when every bill is written by itself, as a hand-made integration does it. */
export const naive = {
  /**
   * Sales order: save, submit, audit. Out-stock bill: push, read the new bill's lines, save, submit, audit.
   * Receivable: save, submit, audit.
   */
  perOrder: 11,
  /** One bill per ticket: save, submit, audit. */
  perTicket: 3,
} as const;

/** The ERP connection of the shipped demo, and the readings of its stock, which follow time and not orders. */
const erp = 'erp';
const stockReading = 'ExecuteBillQuery STK_Inventory';

export interface CallsOptions {
  readonly orders: number;
  readonly tickets: number;
  readonly stores: number;
}

/** Calls to vendors while one kind of trade was carried out. */
interface Counted {
  /** Connection → calls. */
  readonly calls: ReadonlyMap<string, number>;
  /** ERP calls without the readings of stock. */
  readonly erpCalls: number;
  readonly stockReadings: number;
}

export interface CallsResult {
  readonly orders: Counted;
  readonly tickets: Counted;
}

/** Runs the demo twice, once with orders only and once with tickets only, and counts what the vendors were asked. */
export async function benchCalls(options: CallsOptions): Promise<CallsResult> {
  return {
    orders: await countCalls({ ...options, tickets: 0 }),
    tickets: await countCalls({ ...options, orders: 0 }),
  };
}

async function countCalls(options: CallsOptions): Promise<Counted> {
  const calls = new Map<string, number>();
  const base = await readEnvironment();
  const { summary, erpCalls, trouble } = await runDemo(
    {
      ...base,
      log: createLogger({ level: 'warn', destination: process.stderr }),
      onCall: ({ connection }) => calls.set(connection, (calls.get(connection) ?? 0) + 1),
    },
    {
      ...options,
      push: true,
      seed: 618,
      patienceMs: 60_000,
      onTrade: () => calls.clear(),
    },
  );
  if (!summary.complete) throw new Error(['the demo came short', ...trouble].join('\n'));
  const stockReadings = erpCalls.get(stockReading) ?? 0;
  calls.set(
    erp,
    [...erpCalls.values()].reduce((sum, count) => sum + count, 0),
  );
  return { calls, erpCalls: (calls.get(erp) ?? 0) - stockReadings, stockReadings };
}

interface Flags extends CallsOptions {
  readonly json?: boolean;
}

/** `bench calls`: what the demo's vendors are asked, beside what one bill at a time would ask. */
export function callsCommand(): Command {
  return new Command('calls')
    .description('vendor calls of the demo per 100 orders and per 1,000 tickets')
    .option('--json', 'one line of JSON')
    .option('--orders <n>', 'online orders', wholeNumber, 200)
    .option('--tickets <n>', 'till tickets', wholeNumber, 1_000)
    .option('--stores <n>', 'stores with tills', wholeNumber, 4)
    .action(async (flags: Flags) => {
      const { orders, tickets, stores } = flags;
      const result = await benchCalls({ orders, tickets, stores });
      process.stdout.write(flags.json ? `${JSON.stringify(lineOf(flags, result))}\n` : textOf(flags, result));
    });
}

function lineOf(options: CallsOptions, { orders, tickets }: CallsResult): object {
  const perOrder = orders.erpCalls / options.orders;
  return {
    name: 'calls',
    hub: round(perOrder),
    limit: naive.perOrder,
    ratio: round(perOrder / naive.perOrder),
    unit: 'ERP calls per order; limit is one bill at a time',
    orders: options.orders,
    tickets: options.tickets,
    stores: options.stores,
    per100Orders: perUnit(orders, options.orders, 100),
    per1000Tickets: perUnit(tickets, options.tickets, 1_000),
    erpPerOrder: round(perOrder),
    erpPerStoreDay: round(tickets.erpCalls / options.stores),
    naive: { erpPerOrder: naive.perOrder, erpPer1000Tickets: naive.perTicket * 1_000 },
    stockReadings: orders.stockReadings + tickets.stockReadings,
  };
}

/** Calls per so many units, by connection; the ERP's without readings of stock. */
function perUnit(counted: Counted, units: number, of: number): Record<string, number> {
  return Object.fromEntries(
    [...counted.calls].sort().map(([connection, count]) => {
      const calls = connection === erp ? counted.erpCalls : count;
      return [connection, round((calls * of) / units)];
    }),
  );
}

function textOf(options: CallsOptions, result: CallsResult): string {
  const per100 = perUnit(result.orders, options.orders, 100);
  const per1000 = perUnit(result.tickets, options.tickets, 1_000);
  const vendors = [...new Set([...Object.keys(per100), ...Object.keys(per1000)])].sort();
  const rows = [
    ['calls to', 'per 100 orders', 'per 1,000 tickets'],
    ...vendors.map((vendor) => [vendor, String(per100[vendor] ?? 0), String(per1000[vendor] ?? 0)]),
    ['erp, one bill at a time', String(naive.perOrder * 100), String(naive.perTicket * 1_000)],
  ];
  const perOrder = round(result.orders.erpCalls / options.orders);
  const perStoreDay = round(result.tickets.erpCalls / options.stores);
  return `\n${table(rows)}\n\nERP calls per order ${perOrder}, per store and day ${perStoreDay}.\n\n`;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
