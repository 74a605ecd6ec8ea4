/** What an action is told about one event: the template of its rule, filled in. */
import type { HubEvent } from '../../events/event.ts';
import type { Runtime } from '../../mapping/over-event.ts';
import type { JsonObject } from '../../model/index.ts';
import type { CodeTables } from '../code-tables.ts';
import type { Rule } from './rule.ts';
import { fillIn, TemplateFault } from './template.ts';

export type MadeInput =
  | { readonly ok: true; readonly input: JsonObject }
  | { readonly ok: false; readonly reason: string };

/** Fills the template in; codes are those of the connection the action is done at. */
export function madeInput(
  tables: Pick<CodeTables, 'lookup'>,
  rule: Pick<Rule, 'input' | 'connection'>,
  event: HubEvent,
): MadeInput {
  try {
    return { ok: true, input: fillIn(rule.input, event, codesOf(tables, rule.connection)) };
  } catch (error) {
    if (error instanceof TemplateFault) return { ok: false, reason: error.message };
    throw error;
  }
}

function codesOf(tables: Pick<CodeTables, 'lookup'>, connection: string): Runtime {
  const unable = (): never => {
    throw new Error('numbers of systems cannot be asked here');
  };
  return {
    lookup(table, key, soft) {
      const found = tables.lookup(connection, table, key);
      if (found === undefined && !soft)
        throw new Error(`table ${table} has no value for ${key} in ${connection}; fill it in and retry`);
      return found;
    },
    lookupBack: unable,
    remoteNumber: unable,
    remoteId: unable,
    remoteLine: unable,
  };
}
