/** Rules of hub.yaml that ask a system for something when a record comes to a state. */
import type { RequestKind } from '../../../connectors/kit/types.ts';
import { documentsOf, noteRequests, standingRequests, unsentRequests } from '../../ledger/requests.ts';
import { isObject, type JsonObject } from '../../model/index.ts';
import type { Unit, Working } from '../apply/unit.ts';
import type { Party } from '../landscape.ts';
import type { World } from '../world.ts';
import { type Copies, copiesOf, place, ruleEnded, withdraw } from './place.ts';

/** `requests.<name>` of hub.yaml, compiled. */
export interface RequestRule {
  readonly name: string;
  /** Entity whose records are looked at. */
  readonly from: string;
  readonly when: (record: JsonObject) => boolean;
  /** Entity of the documents asked about: those derived from the record, or the record itself. */
  readonly of: string;
  /** Whose copy is asked about. */
  readonly party: Party;
  readonly kind: RequestKind;
  readonly payload: JsonObject;
  readonly deadlineMs: number;
}

/**
 * Asks once when a rule begins to hold for a record, and takes back what was not sent yet when it does not hold any
 * more. That a rule has held is noted with the record, so that nothing is read for those it never held for.
 */
export async function askByRules(world: World, unit: Unit, changed: readonly Working[]): Promise<void> {
  const begun: { rule: RequestRule; source: Working }[] = [];
  for (const source of changed) {
    for (const rule of world.landscape.requestsFrom(source.entity)) {
      const mark = `request:${rule.name}`;
      const held = source.provenance[mark] !== undefined;
      const holds = source.state === 'live' && rule.when({ ...source.data, id: source.id });
      if (holds === held) continue;
      const { [mark]: _gone, ...rest } = source.provenance;
      source.provenance = holds ? { ...rest, [mark]: unit.now.toISOString() } : rest;
      if (holds) begun.push({ rule, source });
      else await takeBack(unit, rule, await targetsOf(unit, rule, source));
    }
  }
  if (begun.length === 0) return;
  const asked: { rule: RequestRule; target: Working }[] = [];
  for (const { rule, source } of begun) {
    for (const target of await targetsOf(unit, rule, source)) asked.push({ rule, target });
  }
  const copies = await copiesOf(unit, [...new Set(asked.map(({ target }) => target.id))]);
  for (const { rule, target } of asked) {
    if (rule.party.mode !== 'live' || !isOpenFor(rule.kind, target, copies)) continue;
    const { kind, payload, deadlineMs, party } = rule;
    place(unit, target, party, { kind, payload, deadlineMs, by: `rule:${rule.name}` }, copies);
  }
}

async function targetsOf(unit: Unit, rule: RequestRule, source: Working): Promise<Working[]> {
  if (rule.of === source.entity) return [source];
  const stored = await documentsOf(unit.sql, source.id);
  const here = unit.derived.filter(({ group_key }) => group_key.split('/', 1)[0] === source.id);
  const ids = [...new Set([...stored, ...here.map((row) => row.record_id)])];
  await unit.load(ids);
  return ids.flatMap((id) => {
    const target = unit.get(id);
    return target?.entity === rule.of && target.state === 'live' ? [target] : [];
  });
}

/** What has left is not cancelled, held or sent elsewhere; nobody is asked in vain. */
function isOpenFor(kind: RequestKind, target: Working, copies: Copies): boolean {
  const states = isObject(target.data.states) ? target.data.states : {};
  if (kind === 'agreeRefund') return states.verdict !== 'accepted';
  if (states.closure === 'cancelled') return false;
  const left = states.fulfilment === 'shipped' || states.fulfilment === 'delivered';
  return !left || copies.links.length === 0;
}

/** Takes back what was not sent yet; what is under way is answered, or not asked again. */
async function takeBack(unit: Unit, rule: RequestRule, targets: readonly Working[]): Promise<void> {
  const ids = targets.map((target) => target.id);
  const mine = (await standingRequests(unit.sql, ids)).filter(
    ({ asked_by, state }) => asked_by === `rule:${rule.name}` && state !== 'accepted',
  );
  if (mine.length === 0) return;
  const unsent = new Set((await unsentRequests(unit.sql, ids)).map((row) => row.id));
  const [back, under] = [mine.filter(({ id }) => unsent.has(id)), mine.filter(({ id }) => !unsent.has(id))];
  await withdraw(unit, back, ruleEnded);
  await noteRequests(
    unit.sql,
    under.map(({ id, state }) => ({ id, state, unwanted: true as const })),
  );
}
