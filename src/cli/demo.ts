import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import { erps, patchesFor } from '../demo/erp.ts';
import type { DemoSummary } from '../demo/summary.ts';
import { HubError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { importDemo } from './development.ts';
import { readEnvironment } from './environment.ts';

interface Flags {
  readonly orders: number;
  readonly tickets: number;
  readonly stores?: number;
  readonly push: boolean;
  readonly json?: boolean;
  readonly seed: number;
  readonly erp: string;
  readonly verbose?: boolean;
}

/** `lianhub demo`: the main job once, against the simulators, with a count at the end. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'run the main job once against the simulators and count at the end; exit 1 when anything is short',
    )
    .option('--orders <n>', 'online orders', wholeNumber, 200)
    .option('--tickets <n>', 'till tickets', wholeNumber, 600)
    .option('--stores <n>', 'stores with tills (default: 3, or one per 300 tickets)', wholeNumber)
    .option('--no-push', 'the shop pushes nothing; everything is found by polling')
    .option('--seed <n>', 'seed of the invented data', wholeNumber, 618)
    .addOption(new Option('--erp <name>', 'the ERP in it').choices(erps).default(erps[0]))
    .option('--json', 'one line of JSON instead of bar and table')
    .option('--verbose', 'also say what could not go on, and the ERP calls by kind')
    .action(async (flags: Flags) => {
      const { runDemo } = await importDemo(() => import('../demo/run.ts'));
      const base = await readEnvironment(undefined, process.env, patchesFor(flags.erp));
      for (const connection of ['pos', 'erp', 'wms', 'crm', 'wecom']) {
        if (base.config.connections[connection]?.simulator === undefined)
          throw new HubError('demo.not-simulated', { connection });
      }
      const bar =
        flags.json || !process.stderr.isTTY
          ? undefined
          : new SingleBar({ format: ' {bar} {percentage}%  {what}' });
      bar?.start(100, 0, { what: 'starting' });
      const result = await runDemo(
        { ...base, log: base.log.level === 'info' ? createLogger({ level: 'warn' }) : base.log },
        {
          orders: flags.orders,
          tickets: flags.tickets,
          stores: flags.stores ?? Math.max(3, Math.ceil(flags.tickets / 300)),
          push: flags.push,
          seed: flags.seed,
          patienceMs: 30_000,
          onProgress: (done, total, what) =>
            bar?.update(Math.floor((100 * done) / Math.max(1, total)), { what }),
        },
      );
      bar?.stop();
      const { complete, agrees: _agrees, ...figures } = result.summary;
      process.stdout.write(flags.json ? `${JSON.stringify(figures)}\n` : table(result.summary));
      if (flags.verbose || !complete) {
        for (const line of result.trouble) process.stderr.write(`${line}\n`);
      }
      if (flags.verbose) {
        for (const [what, count] of result.erpCalls) process.stderr.write(`${what}: ${count}\n`);
      }
      if (!complete) process.exitCode = 1;
    });
}

function table(summary: DemoSummary): string {
  const rows: [string, string, string][] = [
    ['Shop orders', String(summary.orders), ''],
    ['  in the ERP, audited', String(summary.inErp), short(summary.inErp, summary.orders)],
    ['  in the warehouse', String(summary.inWms), short(summary.inWms, summary.orders)],
    ['  shipped, stock booked', String(summary.shipped), short(summary.shipped, summary.orders)],
    ['  receivables', String(summary.receivables), short(summary.receivables, summary.orders)],
    ['  status back in the shop', String(summary.statusBack), short(summary.statusBack, summary.orders)],
    ['Till tickets', String(summary.tickets), ''],
    ['  daily bills in the ERP', String(summary.dayBills), ''],
    ['  totals agree', yes(summary.dayTotalsAgree), summary.dayTotalsAgree ? '' : '← short'],
    ['Stock agrees', yes(summary.stockAgrees), summary.stockAgrees ? '' : '← short'],
    ...customerRows(summary),
    ['Lost', String(summary.lost), short(-summary.lost, 0)],
    ['Duplicated', String(summary.duplicated), short(-summary.duplicated, 0)],
    ['ERP calls', String(summary.erpCalls), ''],
    ['Seconds', String(summary.seconds), ''],
  ];
  return `\n${rows.map(([name, value, note]) => `  ${name.padEnd(30)}${value.padStart(8)}  ${note}`.trimEnd()).join('\n')}\n\n`;
}

function customerRows({
  customers,
  relatives,
  memberTickets,
  ...summary
}: DemoSummary): [string, string, string][] {
  if (customers === undefined) return [];
  const row = (name: string, value: number | undefined, wanted = 0): [string, string, string] => [
    name,
    String(value),
    short(value ?? 0, wanted),
  ];
  return [
    ['Customers of CRM, WeCom, till', String(customers), ''],
    row('  found as one', summary.customersAsOne, customers),
    row('  known to all three', summary.customersKnownToAll, customers),
    row('  relatives kept apart', summary.relativesApart, relatives),
    ['Tickets of members', String(memberTickets), ''],
    row('  in the CRM', summary.consumptions, memberTickets),
    ['Customers twice', String(summary.customersTwice), short(-(summary.customersTwice ?? 0), 0)],
  ];
}

function short(value: number, wanted: number): string {
  return value < wanted ? '← short' : '';
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no';
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('expected a whole number');
  return number;
}
