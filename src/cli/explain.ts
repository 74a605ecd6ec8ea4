import { Command } from 'commander';
import { explain } from '../explain/explain.ts';
import { common, type Flags, print } from './desk.ts';
import { explanationText } from './explain-text.ts';
import { atHub, type HubSurroundings, hubTerminal } from './opened.ts';
import { notePersonalReading } from './personal-reading.ts';

/** `lianhub explain`: why a record is what it is, value by value. */
export function explainCommand(around: HubSurroundings = hubTerminal): Command {
  return common(new Command('explain'))
    .argument('<entity>', 'order, product, retailDay, …')
    .argument('<record>', 'its number or code, its id in a system, or the id of the record')
    .argument('[field]', 'one value, or those below it: receiver, lines[10].quantity, lines[].quantity')
    .option('--show-personal', 'personal values too; they are hidden otherwise')
    .description(
      'show of each value who set it (message, mapping version and line, or rule), what it is made of down to the lines ' +
        'of the sources, which request carried it on to each system, and what it waits for. Reads only',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub explain order W2026110100017\n  lianhub explain order W2026110100017 amounts.payable\n' +
        '  lianhub explain retailDay S01-2026-11-01-sale-S01 lines[].quantity --json',
    )
    .action(
      (entity: string, name: string, field: string | undefined, flags: Flags & { showPersonal?: true }) =>
        atHub(around, flags, async (hub) => {
          await notePersonalReading(hub.database, flags.showPersonal, around.user, `${entity}/${name}`);
          const records = await explain(hub, {
            entity,
            name,
            field,
            showPersonal: flags.showPersonal === true,
          });
          print(around, flags, { records }, () =>
            records.map((one) => explanationText(one, field !== undefined)).join('\n\n'),
          );
        }),
    );
}
