/** `requests:` of hub.yaml → rules that ask, or what is wrong with them and where. */
import type { HubConfig, Problem } from '../config/index.ts';
import { compileExpression, type DeriveRule, type Expression } from '../derive/index.ts';
import type { Party } from '../lanes/landscape.ts';
import { wrongWith as wrongPayload } from '../lanes/requests/effect.ts';
import type { RequestRule } from '../lanes/requests/rules.ts';
import { isEntityName } from '../model/index.ts';
import { condition } from './condition.ts';

type CheckExpression = (
  entity: string,
  expression: Expression,
) => { readonly message: string; readonly hint: string | undefined } | undefined;

/** Compiles the rules; problems are added with their places. `wrongWith` checks a condition against its entity. */
export function buildRequests(
  config: HubConfig,
  parties: readonly Party[],
  derived: readonly DeriveRule[],
  problems: Problem[],
  wrongWith: CheckExpression,
): RequestRule[] {
  return Object.entries(config.requests).flatMap(([name, rule]): RequestRule[] => {
    const tell = (field: string, code: string, message: string, hint?: string): [] => {
      problems.push(config.source.problem(['requests', name, field], code, message, { hint }));
      return [];
    };
    const { from, of = from, ask, kind, payload } = rule;
    // Unknown names are told by whoever reads the file.
    if (!isEntityName(from) || !isEntityName(of)) return [];
    if (
      of !== from &&
      !derived.some((one) => one.from === from && one.entity === of && one.kind !== 'group')
    ) {
      const hint = `add a rule under derive: that makes a ${of} of each ${from}`;
      return tell('of', 'config.request', `no rule makes a ${of} of one ${from}`, hint);
    }
    const copies = parties.filter((party) => party.connection === ask && party.entity === of);
    const party = copies.find((one) => one.facts.requests?.includes(kind));
    if (party === undefined) {
      const offered = [...new Set(copies.flatMap((one) => one.facts.requests ?? []))];
      const hint =
        copies.length === 0
          ? `no party of a sync about ${of} is in ${ask}`
          : `it can be asked: ${offered.length === 0 ? 'nothing' : offered.join(', ')}`;
      return tell('kind', 'config.request', `${ask} cannot be asked to ${kind} a ${of}`, hint);
    }
    const wrong = kind === 'changeAddress' ? wrongPayload(of, kind, payload, {}) : undefined;
    if (wrong?.startsWith('the payload')) return tell('payload', 'config.request', wrong);
    let expression: Expression;
    try {
      expression = compileExpression(rule.when, ['record']);
    } catch (error) {
      return tell('when', 'config.expression', error instanceof Error ? error.message : String(error));
    }
    const unfit = wrongWith(from, expression);
    if (unfit !== undefined) return tell('when', 'config.expression', unfit.message, unfit.hint);
    const when: RequestRule['when'] = condition(expression, `requests.${name}`);
    return [{ name, from, when, of, party, kind, payload, deadlineMs: rule.deadline }];
  });
}
