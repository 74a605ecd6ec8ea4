import { Command } from 'commander';
import { type OrderPage, orderPage } from '../explain/order-page.ts';
import { common, type Flags, print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

/** `lianhub order`: one order on one page. */
export function orderCommand(around: WorldSurroundings = worldTerminal): Command {
  return common(new Command('order'))
    .argument('<number>', 'its number, its number in any system, or the id of its record')
    .option('--personal', 'show personal values in sentences')
    .description(
      'one order on one page: its documents in all systems, the numbers it has there, where each stands, since when, ' +
        'what it waits for and what comes next',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub order WEB-1001\n  lianhub order XSDD000123 --json\n\nExit codes:\n  0  told\n  1  there is no such order, or there are several\n',
    )
    .action((name: string, flags: Flags & { personal?: true }) =>
      inWorld(around, flags, async (world) => {
        const page = await orderPage(world, name, flags.personal === true);
        print(around, flags, page, () => textOf(page));
      }),
    );
}

function textOf(page: OrderPage): string {
  const amount = page.payable === null ? '' : `, ${page.payable} ${page.currency ?? ''}`.trimEnd();
  const head = `Order ${page.number ?? page.id}: ${page.stage}${amount}, ${ageText(page.ageSeconds)} old`;
  const documents = page.documents.map((one) => {
    const from = one.from === null ? '' : `  from ${one.from}`;
    const line = `${one.entity} ${one.number ?? one.id}  ${one.stage ?? one.state}${from}`;
    const copies = one.copies.map((copy) => [
      ...[copy.connection, copy.object, copy.remoteNumber ?? copy.remoteId ?? '–'],
      copy.told ? 'told us' : (copy.step ?? '–'),
      copy.state,
      copy.problem ? `${copy.problem.code}: ${copy.problem.sentence}` : copy.waitsFor.join(', '),
    ]);
    return copies.length === 0 ? line : `${line}\n${columns(copies, '    ')}`;
  });
  const held = page.holds.map((one) => `held by ${one.author}: ${one.reason}`);
  const asked = page.requests.map((one) => `${one.connection} was asked to ${one.kind}: ${one.state}`);
  const disputed = page.conflicts.map((one) => `${one.path} is disputed: conflict ${one.id}`);
  const next = page.next.length === 0 ? ['nothing is left to do'] : page.next;
  return [
    head,
    ...documents,
    ...[...held, ...asked, ...disputed].map((line) => `! ${line}`),
    'Next:',
    ...next.map((line) => `  ${line}`),
  ].join('\n');
}

function ageText(seconds: number): string {
  if (seconds < 3_600) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 2 * 86_400
    ? `${Math.round(seconds / 3_600)} hours`
    : `${Math.round(seconds / 86_400)} days`;
}
