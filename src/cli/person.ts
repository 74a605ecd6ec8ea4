import { Command } from 'commander';
import { HubError } from '../errors.ts';
import {
  erasePerson,
  exportPerson,
  findPerson,
  isEmptyQuery,
  previewPerson,
} from '../lanes/erasure/person.ts';
import { insertAudit } from '../ledger/audit.ts';
import type { PersonQuery } from '../ledger/people.ts';
import { loadKeys } from '../security/index.ts';
import { common, type Flags, opened, print } from './desk.ts';
import { type KeySurroundings, keyTerminal } from './keys.ts';

interface PersonFlags extends Flags, PersonQuery {
  readonly author: string;
}

/** `lianhub person`: what is known of one person, for them to read, and taken out. */
export function personCommand(around: KeySurroundings = keyTerminal): Command {
  return new Command('person')
    .description(
      'everything kept about one person: shown, exported, erased. Works beside a running hub and without one',
    )
    .addCommand(preview(around))
    .addCommand(exporting(around))
    .addCommand(erase(around));
}

function named(command: Command, around: KeySurroundings): Command {
  return common(command)
    .option('--number <number>', 'customer number')
    .option('--phone <phone>', 'telephone number')
    .option('--member <number>', 'member number')
    .option('--union-id <id>', 'UnionID of WeChat')
    .option('--one-id <id>', 'One-ID: id of the golden record, or an identity of that kind')
    .option('--author <name>', 'who does it; kept in the audit log', around.user);
}

function preview(around: KeySurroundings): Command {
  return named(new Command('preview'), around)
    .description('what is kept about a person and what erasing would touch, counted. Shows no value')
    .addHelpText('after', '\nExample:\n  lianhub person preview --phone 13800000000')
    .action((flags: PersonFlags) =>
      opened(around, flags, async ({ database }) => {
        const told = await previewPerson(database, await findPerson(database, queryOf(flags)));
        print(around, flags, told, () =>
          [
            `Records: ${told.records.join(', ') || 'none'}`,
            `Copies: ${told.copies.map((one) => `${one.connection}/${one.object}`).join(', ') || 'none'}; what systems hold is erased there`,
            `Documents: ${counted(told.documents)}; they keep what was bought and lose who it was`,
            `Being written just now: ${told.underWay}`,
            `Rows by table: ${counted(told.rows)}`,
            ...(told.shared > 0
              ? [`${told.shared} of their values are also of somebody else: they stay there`]
              : []),
          ].join('\n'),
        );
      }),
    );
}

function exporting(around: KeySurroundings): Command {
  return named(new Command('export'), around)
    .description(
      'print everything kept about a person as one JSON document, for them to read. Noted in the audit log',
    )
    .addHelpText('after', '\nExample:\n  lianhub person export --member 88000123 > person.json')
    .action((flags: PersonFlags) =>
      opened(around, flags, async ({ database }) => {
        const person = await findPerson(database, queryOf(flags));
        const told = await exportPerson(database, person);
        await insertAudit(database, [
          {
            author: flags.author,
            action: 'person.export',
            subject: `record/${person.records[0]?.id ?? 'none'}`,
            details: { documents: person.documents.length },
          },
        ]);
        around.write(`${JSON.stringify(told, undefined, flags.json ? undefined : 2)}\n`);
      }),
    );
}

function erase(around: KeySurroundings): Command {
  return named(new Command('erase'), around)
    .requiredOption('--reason <text>', 'why; kept in the audit log, without a name')
    .option('--anyway', 'also while copies of theirs are being written')
    .description(
      'take a person out of everything: records, history, messages, writes, events, audit details. Documents keep what was ' +
        'bought and lose who it was. What systems tell of them later is dropped. Cannot be undone',
    )
    .addHelpText('after', '\nExample:\n  lianhub person erase --number C-1001 --reason "asked on 2026-11-01"')
    .action((flags: PersonFlags & { reason: string; anyway?: true }) =>
      opened(around, flags, async ({ database }) => {
        const { author, reason, anyway = false } = flags;
        const keys = await loadKeys(await around.keyPlace(flags.config));
        const person = await findPerson(database, queryOf(flags));
        const told = await erasePerson(database, person, { keys, author, reason, anyway });
        print(around, flags, told, () =>
          [`Erased. Rows by table: ${counted(told.rows)}; entries of the audit log: ${told.audit}.`].join(
            '\n',
          ),
        );
        if (told.left > 0) throw new HubError('person.not-all', { count: told.left });
      }),
    );
}

function queryOf({ number, phone, member, unionId, oneId }: PersonQuery): PersonQuery {
  const query = { number, phone, member, unionId, oneId };
  if (isEmptyQuery(query)) throw new HubError('person.bad-query', { given: 'none of them was given' });
  return query;
}

function counted(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ') || 'none'
  );
}
