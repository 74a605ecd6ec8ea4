/** Which letters a command is about. */
import type { Command } from 'commander';
import { HubError } from '../errors.ts';
import { letterName } from '../explain/letter.ts';
import type { Setting } from '../explain/setting.ts';
import type { LetterFilter } from '../ledger/dead-letters.ts';
import { entityNames } from '../model/index.ts';
import { hintFor } from '../problems/index.ts';
import { readMoment } from './moment.ts';

export interface FilterFlags {
  readonly connection?: string;
  readonly object?: string;
  readonly code?: string;
  readonly entity?: string;
  readonly since?: string;
  readonly kind?: string;
  readonly group?: string;
  readonly all?: true;
}

/** Adds the options all of them take. */
export function filtered(command: Command): Command {
  return command
    .option('--connection <name>', 'only of this connection')
    .option('--object <name>', 'only of this object of the vendor')
    .option('--code <code>', 'only with this code')
    .option('--entity <name>', 'only of this entity')
    .option('--since <time>', 'only what got stuck in the last 2h, 3d, … or since a date')
    .option('--kind <kind>', 'inbox: told and not applied; push: not written');
}

/** What was asked for, checked. Errors: `deadletters.bad-option`. */
export function filterOf({ live }: Setting, flags: FilterFlags): LetterFilter {
  const { connection, object, code, entity, kind, group } = flags;
  const { connections, parties } = live.landscape;
  // Letters may be left of what the configuration does not name any more: a wrong name is only one that is near.
  if (entity !== undefined && !entityNames.some((name) => name === entity)) {
    const expected = hintFor(entity, entityNames) ?? 'an entity of the model';
    throw new HubError('deadletters.bad-option', { option: '--entity', value: entity, expected });
  }
  if (connection !== undefined && !connections.has(connection)) {
    const expected = hintFor(connection, [...connections.keys()]) ?? 'a connection of hub.yaml';
    throw new HubError('deadletters.bad-option', { option: '--connection', value: connection, expected });
  }
  const places = parties.flatMap((party) =>
    party.entity === entity ? [`${party.connection}/${party.object}`] : [],
  );
  return { connection, object, code, entity, places, since: sinceOf(flags.since), kind, group };
}

/** The same for commands that do something: all letters are meant only when somebody says so. */
export function whichOf(setting: Setting, names: readonly string[], flags: FilterFlags): LetterFilter {
  const { connection, object, code, entity, since, kind, group, all } = flags;
  const given = [connection, object, code, entity, since, kind, group, all].some((one) => one !== undefined);
  if (names.length === 0 && !given) throw new HubError('deadletters.nothing-meant', {});
  const filter = filterOf(setting, flags);
  return names.length === 0 ? filter : { ...filter, names: names.map(letterName) };
}

function sinceOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = readMoment(text);
  if (moment) return moment;
  const expected = 'a duration (2h, 3d) or a date (2026-11-01)';
  throw new HubError('deadletters.bad-option', { option: '--since', value: text, expected });
}

/** `50/s`, `20/m`, `1000/h` or a bare number, as so many a second; undefined when it is none. */
export function perSecondOf(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)(?:\/([smh]))?$/.exec(text);
  if (!found) return undefined;
  const seconds = { s: 1, m: 60, h: 3600 }[found[2] ?? 's'] ?? 1;
  const rate = Number(found[1]) / seconds;
  return rate > 0 ? rate : undefined;
}
