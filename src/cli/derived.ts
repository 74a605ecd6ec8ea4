import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { decideGroup, parkedGroups, retryGroups } from '../ledger/derivation-groups.ts';
import { type DerivedExplanation, derivedNamed, explainDerived } from '../ledger/derived-explained.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { columns, cut } from './table.ts';

/** `lianhub derived`: documents that rules have made of others: what they are made of, and what waits for a person. */
export function derivedCommand(around: Surroundings = terminal): Command {
  const command = new Command('derived').description(
    'documents made of other documents by the rules of derive: which are stuck and why, what a person decides about ' +
      'what came after posting, and what each line is made of. Works beside a running hub and without one',
  );
  for (const make of [list, explain, post, leave, retry]) command.addCommand(make(around));
  return command;
}

function list(around: Surroundings): Command {
  return common(new Command('list'))
    .argument('[rule]', 'only of this rule')
    .description(
      'what is parked: groups that changed after posting, sources a rule could not be followed for',
    )
    .addHelpText('after', '\nExample:\n  lianhub derived list retailDay')
    .action((rule: string | undefined, flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const parked = await parkedGroups(database, {
          limit: 1_000,
          ...(rule === undefined ? {} : { rule }),
        });
        print(around, flags, { parked }, () =>
          parked.length === 0
            ? 'Nothing is parked.'
            : columns(
                [
                  ['rule', 'group', 'code', ''],
                  ...parked.map((one) => [
                    one.rule,
                    one.group_key,
                    one.code ?? '',
                    cut(one.error ?? '', 100),
                  ]),
                ],
                '',
              ),
        );
      }),
    );
}

function explain(around: Surroundings): Command {
  return common(new Command('explain'))
    .argument('<document>', 'number of the document, or id of its record')
    .option('--line <key>', 'only the line (or tender) with this key')
    .description(
      'for each line of a derived document: the records and lines it is made of, and how much each adds',
    )
    .addHelpText(
      'after',
      '\nExample:\n  lianhub derived explain S01-2026-11-01-sale-S01 --line 01JC…/pcs/13/false',
    )
    .action((name: string, flags: Flags & { line?: string }) =>
      opened(around, flags, async ({ database }) => {
        const documents: DerivedExplanation[] = [];
        for (const id of await derivedNamed(database, name)) {
          const one = await explainDerived(
            database,
            id,
            flags.line === undefined ? {} : { line: flags.line },
          );
          if (one !== undefined) documents.push(one);
        }
        if (documents.length === 0) throw new HubError('derived.unknown', { name });
        print(around, flags, { documents }, () => documents.map(explanationText).join('\n\n'));
      }),
    );
}

function post(around: Surroundings): Command {
  return deciding(around, 'post', 'post what came after a document was posted, as its next part');
}

function leave(around: Surroundings): Command {
  return deciding(around, 'leave', 'post it nowhere: it is noted with your name, and settled');
}

function deciding(around: Surroundings, decision: 'post' | 'leave', what: string): Command {
  return common(new Command(decision))
    .argument('<rule>', 'name of the rule')
    .argument('<group>', 'as derived list prints it')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description(`${what} (late: park)`)
    .addHelpText('after', `\nExample:\n  lianhub derived ${decision} retailDay S01/2026-11-01/sale/S01`)
    .action((rule: string, group: string, flags: Flags & { author: string }) =>
      opened(around, flags, async ({ database }) => {
        const lane = await decideGroup(database, { rule, group_key: group }, decision, flags.author);
        if (lane === undefined) throw new HubError('derived.nothing-to-decide', { rule, group });
        print(around, flags, { rule, group, decision }, () => `${rule} ${group}: it will be settled so.`);
      }),
    );
}

function retry(around: Surroundings): Command {
  return common(new Command('retry'))
    .argument('[rule]', 'only of this rule')
    .argument('[group]', 'only this one')
    .description('try again what is parked, after hub.yaml or what was missing has been corrected')
    .addHelpText('after', '\nExample:\n  lianhub derived retry fulfilment')
    .action((rule: string | undefined, group: string | undefined, flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const lanes = await retryGroups(database, {
          ...(rule === undefined ? {} : { rule }),
          ...(group === undefined ? {} : { group_key: group }),
        });
        print(around, flags, { lanes }, () =>
          lanes.length === 0 ? 'Nothing of that name is parked.' : `Tried again: ${lanes.join(', ')}`,
        );
      }),
    );
}

/** Contributions shown per line; a summary may have thousands. */
const shown = 20;

function explanationText(document: DerivedExplanation): string {
  const { number, recordId, entity, rule, group, part, leftBy, sources, lines } = document;
  const head = `${entity} ${number ?? recordId}: rule ${rule}, group ${group}, part ${part}, of ${sources} sources`;
  const left = leftBy === null ? [] : [`posted nowhere; decided by ${leftBy}`];
  const told = lines.flatMap((line) => {
    const more = line.from.length - shown;
    return [
      `${line.list} ${line.key}  ${sumsText(line.sums)}`,
      columns(
        line.from
          .slice(0, shown)
          .map((one) => [
            `${one.entity} ${one.number ?? one.recordId}`,
            one.line === undefined ? 'by the rule' : `line ${one.line}`,
            (one.via ?? []).join(', '),
            sumsText(one.sums),
          ]),
      ),
      ...(more > 0 ? [`  and ${more} more; --json prints all`] : []),
    ];
  });
  return [head, ...left, ...told].join('\n');
}

function sumsText(sums: Readonly<Record<string, string>>): string {
  return Object.entries(sums)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
