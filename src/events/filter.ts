/**
 * CEL over events, checked when it is written: `event` is what happened (type, subject, data …), `record` the golden
 * record in it. A name that no event of the types meant has is refused, with its place and the nearest right one.
 */
import { compileExpression, Refused, type Runtime } from '../mapping/over-event.ts';
import { canonicalPaths, isObject, type Json, schemaPaths } from '../model/index.ts';
import { nearest } from '../problems/index.ts';
import type { EventType } from './catalog.ts';
import type { HubEvent } from './event.ts';

/** What is wrong with an expression, and where. */
export interface FilterProblem {
  /** Stable code. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Character of the text, from 0. */
  readonly offset: number;
}

export interface EventExpression {
  /** CEL's name of the type of the result; `dyn` when it depends on data. */
  readonly type: string;
  /** Whether it asks code tables. */
  readonly asksCodes: boolean;
  /** The value; undefined for null. Throws EventFault when it cannot be told of this event. `codes`: whom it may ask. */
  evaluate(event: HubEvent, codes?: Runtime): Json | undefined;
}

export type EventExpressionResult =
  | { readonly ok: true; readonly expression: EventExpression }
  | { readonly ok: false; readonly problem: FilterProblem };

/** An expression that cannot be told of an event: what it asks for is not there, or is something else. */
export class EventFault extends Error {}

const eventFields = ['id', 'type', 'version', 'occurredAt', 'subject', 'key', 'data'];

/** Compiles an expression over events of the given types. `codes`: it may look codes up. */
export function compileOverEvents(
  source: string,
  types: readonly EventType[],
  { codes = false }: { readonly codes?: boolean } = {},
): EventExpressionResult {
  const place = (offset: number) => ({ line: 1, column: offset + 1 });
  const result = compileExpression(
    { source, at: place(0), place },
    { direction: codes ? 'out' : 'either', inList: false, bare: !codes, variables: ['event', 'record'] },
  );
  if (!result.ok) {
    const { code, message, offset, hint } = result;
    return { ok: false, problem: { code, message, offset, ...(hint === undefined ? {} : { hint }) } };
  }
  const { expression } = result;
  const asked = ['remoteNo', 'remoteId', 'remoteLine'].find((name) => expression.calls.has(name));
  if (asked !== undefined) {
    const message = `${asked}() is not known here: only mappings ask for numbers of systems`;
    const offset = Math.max(0, source.indexOf(asked));
    return { ok: false, problem: { code: 'mapping.expression-type', message, offset } };
  }
  for (const { root, path, offset } of expression.paths) {
    const problem = unknownPath(root, path, types);
    if (problem) return { ok: false, problem: { ...problem, offset } };
  }
  return {
    ok: true,
    expression: {
      type: expression.type,
      asksCodes: expression.calls.has('lookup'),
      evaluate(event, runtime = nothing) {
        const { record } = event.data;
        const value = expression.evaluate(
          {
            connection: '',
            event: { ...event },
            record: isObject(record) ? record : {},
          },
          runtime,
        );
        if (value instanceof Refused) throw new EventFault(value.reason);
        return value;
      },
    },
  };
}

export type FilterResult =
  | { readonly ok: true; readonly test: (event: HubEvent) => boolean }
  | { readonly ok: false; readonly problem: FilterProblem };

/** A filter: an expression that gives true or false. `test` throws EventFault when it gives something else. */
export function compileFilter(source: string, types: readonly EventType[]): FilterResult {
  const result = compileOverEvents(source, types);
  if (!result.ok) return result;
  const { expression } = result;
  if (expression.type !== 'bool' && expression.type !== 'dyn') {
    const message = `a filter gives true or false, not ${expression.type}`;
    return { ok: false, problem: { code: 'mapping.expression-type', message, offset: 0 } };
  }
  return {
    ok: true,
    test: (event) => {
      const value = expression.evaluate(event);
      if (typeof value !== 'boolean')
        throw new EventFault(`the filter gives ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
      return value;
    },
  };
}

/** The text with the place marked below it, for a terminal or an answer. */
export function markedPlace(source: string, { offset }: FilterProblem): string {
  const before = source.slice(0, offset);
  const line = source.split('\n')[before.split('\n').length - 1] ?? '';
  const column = offset - (before.lastIndexOf('\n') + 1);
  return `${line}\n${' '.repeat(column)}^`;
}

const unable = (): never => {
  throw new Error('codes and numbers cannot be asked here');
};
const nothing: Runtime = {
  lookup: unable,
  lookupBack: unable,
  remoteNumber: unable,
  remoteId: unable,
  remoteLine: unable,
};

function unknownPath(
  root: string,
  path: readonly string[],
  types: readonly EventType[],
): Omit<FilterProblem, 'offset'> | undefined {
  if (root === 'record') return unknownInRecord('record', path, types);
  const [first = '', second, ...rest] = path;
  if (root !== 'event' || path.length === 0) return undefined;
  if (!eventFields.includes(first)) return unknown('event', first, eventFields);
  if (first !== 'data' || second === undefined) return undefined;
  if (second === 'record') return unknownInRecord('event.data.record', rest, types);
  const names = types.flatMap(({ schema }) => schemaPaths(schema).map((info) => info.path));
  const asked = [second, ...rest].join('.');
  if (isKnown(asked, names, [])) return undefined;
  return unknown('event.data', asked, names);
}

function unknownInRecord(
  root: string,
  path: readonly string[],
  types: readonly EventType[],
): Omit<FilterProblem, 'offset'> | undefined {
  const withRecord = types.filter((one) => one.hasRecord);
  if (withRecord.length === 0) {
    const message = 'these events have no record';
    return { code: 'events.unknown-field', message, hint: 'Ask event.data.' };
  }
  // A record of any entity: what it has is known only when it comes.
  if (path.length === 0 || withRecord.some((one) => one.entity === undefined)) return undefined;
  const infos = [...new Set(withRecord.map((one) => one.entity))].flatMap((entity) =>
    entity === undefined ? [] : [...canonicalPaths(entity).values()],
  );
  const open = infos.filter(({ kind, type }) => kind === 'map' || type === 'json').map((info) => info.path);
  const names = infos.map((info) => info.path);
  const asked = path.join('.');
  if (isKnown(asked, names, open)) return undefined;
  return unknown(root, asked, names);
}

function isKnown(asked: string, names: readonly string[], open: readonly string[]): boolean {
  return names.includes(asked) || open.some((name) => asked.startsWith(`${name}.`));
}

function unknown(root: string, asked: string, names: readonly string[]): Omit<FilterProblem, 'offset'> {
  const near = nearest(
    asked,
    names.filter((name) => !name.includes('[]')),
  ).map((name) => `${root}.${name}`);
  return {
    code: 'events.unknown-field',
    message: `${root}.${asked} is not known of these events`,
    ...(near.length === 0 ? {} : { hint: `Did you mean ${near.join(' or ')}?` }),
  };
}
