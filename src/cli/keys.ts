import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { reseal } from '../lanes/keys/reseal.ts';
import { insertAudit } from '../ledger/audit.ts';
import { lockConfigurations } from '../ledger/configurations.ts';
import { sealedCounts } from '../ledger/sealed-values.ts';
import {
  addKeyToFile,
  type KeyOptions,
  type Keyring,
  keyFileCheckMs,
  loadKeys,
  resealVariables,
  retiredFileName,
  retireOldKeys,
} from '../security/index.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { readEnvironment } from './environment.ts';
import { columns } from './table.ts';

/** Where the keys of a hub are found, beside its data. */
export interface KeySurroundings extends Surroundings {
  keyPlace(configFile: string | undefined): Promise<KeyOptions>;
}

export const keyTerminal: KeySurroundings = {
  ...terminal,
  async keyPlace(configFile) {
    const { secretKey, dataDir } = await readEnvironment(configFile);
    return { secretKey, dataDir };
  },
};

/** `lianhub keys`: what stored secrets are sealed with. */
export function keysCommand(around: KeySurroundings = keyTerminal): Command {
  return new Command('keys')
    .description('the keys that seal stored secrets. Works beside a running hub and without one')
    .addCommand(list(around))
    .addCommand(rotate(around));
}

function list(around: KeySurroundings): Command {
  return common(new Command('list'))
    .description('the keys at hand, by id, and how much each has sealed. Never shows a key')
    .action((flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const keys = await loadKeys(await around.keyPlace(flags.config));
        const counts = await sealedCounts(database);
        const ids = [...new Set([...keys.map((one) => one.id), ...counts.map((one) => one.key)])];
        const told = ids.map((id) => ({
          id,
          use: id === keys[0].id ? 'seals' : keys.some((one) => one.id === id) ? 'opens' : 'missing',
          sealed: Object.fromEntries(
            counts.filter((one) => one.key === id).map((one) => [one.place, one.count]),
          ),
        }));
        print(around, flags, { keys: told }, () =>
          columns([
            ['KEY', 'USE', 'HAS SEALED'],
            ...told.map((one) => [one.id, one.use, countsText(one.sealed)]),
          ]),
        );
      }),
    );
}

function rotate(around: KeySurroundings): Command {
  return common(new Command('rotate'))
    .option('--author <name>', 'who does it; kept in the audit log', around.user)
    .description(
      'seal everything under a new key. With a key file the new key is made and hubs that run take it up by themselves; ' +
        'the old one moves to secret.key.retired when nothing needs it. With HUB_SECRET_KEY everything is sealed under ' +
        'its first key. Killed half way, it goes on when called again',
    )
    .addHelpText(
      'after',
      '\nWith HUB_SECRET_KEY, in this order:\n' +
        '  1. start all processes with HUB_SECRET_KEY=<old>,<new>   # they open both, and seal with the old one\n' +
        '  2. start all processes with HUB_SECRET_KEY=<new>,<old>\n' +
        '  3. lianhub keys rotate\n' +
        '  4. start all processes with HUB_SECRET_KEY=<new>',
    )
    .action((flags: Flags & { author: string }) =>
      opened(around, flags, async ({ database }) => {
        const place = await around.keyPlace(flags.config);
        const isFile = place.secretKey === undefined || place.secretKey.trim() === '';
        // Makes the file where there is none yet.
        let keys = await loadKeys(place);
        const others = (await sealedCounts(database)).filter((one) => one.key !== keys[0].id);
        if (!isFile && keys.length === 1 && others.length === 0) throw new HubError('keys.one-key', {});
        const isNew = isFile && (await addKeyToFile(place.dataDir));
        if (isNew) {
          keys = await loadKeys(place);
          await insertAudit(database, [
            { author: flags.author, action: 'keys.create', subject: `key/${keys[0].id}` },
          ]);
          // From then on every process on this data folder seals with the new key.
          await delay(2 * keyFileCheckMs);
        }
        const told = await rotateAll(database, keys);
        // One at a time with whoever changes the configuration.
        await database.transaction(async (sql) => {
          await lockConfigurations(sql);
          await resealVariables(place.dataDir, keys);
        });
        // What is left opens with none of them.
        const retired = isFile ? await retireOldKeys(place.dataDir) : 0;
        await insertAudit(database, [
          {
            author: flags.author,
            action: 'keys.rotate',
            subject: `key/${keys[0].id}`,
            details: { sealed: { ...told.done }, left: told.left, retired },
          },
        ]);
        const { done, left } = told;
        print(around, flags, { key: keys[0].id, resumed: isFile && !isNew, done, left, retired }, () =>
          [
            `Everything readable is sealed with key ${keys[0].id}: ${countsText(done) || 'nothing had to be changed'}.`,
            ...(retired > 0
              ? [
                  `The old key is in ${retiredFileName} now: keep it with backups from before, and delete it there.`,
                ]
              : []),
            ...(left > 0 || isFile ? [] : ['The other keys may be taken out of HUB_SECRET_KEY.']),
          ].join('\n'),
        );
        if (left > 0) throw new HubError('keys.unreadable', { count: left });
      }),
    );
}

/** Passes until one finds nothing: what was written beside the first is found by the next. */
async function rotateAll(
  database: Parameters<typeof reseal>[0],
  keys: Keyring,
): Promise<{ readonly done: Readonly<Record<string, number>>; readonly left: number }> {
  const total: Record<string, number> = {};
  for (;;) {
    const { done, unreadable } = await reseal(database, keys);
    for (const [name, count] of Object.entries(done)) total[name] = (total[name] ?? 0) + count;
    if (Object.keys(done).length === 0) return { done: total, left: unreadable.length };
  }
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
