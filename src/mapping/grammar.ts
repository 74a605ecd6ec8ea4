/** The grammar of a mapping file: YAML nodes → document. Each rule says what it expected and where. */
import { isMap, isScalar, type Node } from 'yaml';
import { readFields } from './fields.ts';
import { checkPath, DIRECTIONS, type Entry, Nodes } from './nodes.ts';
import type {
  AboutSpec,
  AssignSpec,
  Direction,
  FlowStep,
  Located,
  MappingDocument,
  Position,
  Problem,
} from './types.ts';

const TOP = [
  'mapping',
  'entity',
  'object',
  'direction',
  'about',
  'target',
  'when',
  'fields',
  'out',
  'in',
  'flow',
  'amend',
] as const;
const DEFAULT_FLOW: readonly FlowStep[] = [{ name: 'create', create: true }];

interface GrammarInput {
  readonly file: string;
  readonly version: string;
  readonly text: string;
  readonly place: (offset: number) => Position;
  readonly problems: Problem[];
  readonly root: Node | null;
}

/** Reads a whole document; undefined when there is too little of it to go on with. Problems are added to `input.problems`. */
export function readGrammar(input: GrammarInput): MappingDocument | undefined {
  const nodes = new Nodes(input.file, input.text, input.place, input.problems);
  const top: Position = { line: 1, column: 1 };
  if (input.root === null) {
    nodes.report('mapping.empty', top, 'the file is empty');
    return undefined;
  }
  const entries = nodes.entries(input.root, 'a mapping', top);
  if (entries === undefined) return undefined;
  nodes.unknown(entries, TOP, 'a mapping');
  const find = (name: string): Entry | undefined => entries.find((entry) => entry.name === name);
  const required = (name: string, example: string): Located<string> => {
    const entry = find(name);
    if (entry !== undefined) return nodes.text(entry, name) ?? { value: '', at: entry.keyAt };
    nodes.report('mapping.missing-key', top, `${name} is missing`, `Write ${name}: ${example}`);
    return { value: '', at: top };
  };
  const name = required('mapping', 'connector/object');
  const entity = required('entity', 'order');
  const object = required('object', 'the object in the connector');
  const aboutEntry = find('about');
  const about = aboutEntry === undefined ? undefined : readAbout(nodes, aboutEntry);
  const targetEntry = find('target');
  const target = targetEntry === undefined ? undefined : nodes.text(targetEntry, 'target');
  const directionEntry = find('direction');
  const written =
    directionEntry === undefined ? undefined : nodes.word(directionEntry, 'direction', DIRECTIONS);
  if (aboutEntry !== undefined && written !== undefined && written !== 'in') {
    nodes.report('mapping.conflicting-options', aboutEntry.keyAt, 'a mapping with about: is inward only');
  }
  const direction: Direction = aboutEntry !== undefined ? 'in' : (written ?? 'both');
  const whenEntry = find('when');
  const when = whenEntry === undefined ? undefined : nodes.expression(whenEntry, 'when');
  const fieldsEntry = find('fields');
  const flowEntry = find('flow');
  const fields = fieldsEntry === undefined ? [] : readFields(nodes, fieldsEntry);
  const out = readAssigns(nodes, find('out'), 'out');
  const inward = readAssigns(nodes, find('in'), 'in');
  const anything = [fieldsEntry, find('out'), find('in')].some(
    (entry) => isMap(entry?.node) && entry.node.items.length > 0,
  );
  if (!anything) {
    nodes.report(
      'mapping.missing-key',
      fieldsEntry?.keyAt ?? top,
      'nothing is mapped',
      'Write fields: with at least one line.',
    );
  }
  if (direction === 'in') {
    for (const entry of [find('out'), flowEntry, find('amend'), targetEntry]) {
      if (entry === undefined) continue;
      nodes.report(
        'mapping.conflicting-options',
        entry.keyAt,
        `${entry.name}: has no meaning in a mapping that is inward only`,
      );
    }
  }
  return {
    file: input.file,
    version: input.version,
    name,
    entity,
    object,
    direction,
    ...(about === undefined ? {} : { about }),
    ...(target === undefined ? {} : { target }),
    ...(when === undefined ? {} : { when }),
    fields,
    out,
    in: inward,
    flow: flowEntry === undefined ? DEFAULT_FLOW : readFlow(nodes, flowEntry),
    flowWritten: flowEntry !== undefined,
    amend: readAmend(nodes, find('amend')),
  };
}

function readAbout(nodes: Nodes, entry: Entry): AboutSpec | undefined {
  const entries = nodes.entries(entry.node, 'about', entry.keyAt);
  if (entries === undefined) return undefined;
  nodes.unknown(entries, ['ref', 'by', 'at'], 'about');
  const find = (name: string): Entry | undefined => entries.find((item) => item.name === name);
  const text = (name: string): Located<string> | undefined => {
    const found = find(name);
    if (found !== undefined) return nodes.text(found, `about.${name}`);
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      `about.${name} is missing`,
      'Write about: { ref: entity, by: number, at: path }',
    );
    return undefined;
  };
  const ref = text('ref');
  const at = text('at');
  const byEntry = find('by');
  const by =
    byEntry === undefined ? 'number' : (nodes.word(byEntry, 'about.by', ['id', 'number']) ?? 'number');
  if (ref === undefined || at === undefined || !checkPath(nodes, at.value, at.at, 'a vendor path'))
    return undefined;
  return { ref, by, at };
}

function readAssigns(nodes: Nodes, entry: Entry | undefined, what: 'in' | 'out'): AssignSpec[] {
  if (entry === undefined) return [];
  const assigns: AssignSpec[] = [];
  for (const line of nodes.entries(entry.node, what, entry.keyAt) ?? []) {
    const okay = checkPath(
      nodes,
      line.name,
      line.keyAt,
      what === 'out' ? 'a vendor path' : 'a canonical path',
    );
    const expression = nodes.expression(line, line.name);
    if (okay && expression !== undefined) assigns.push({ path: line.name, keyAt: line.keyAt, expression });
  }
  return assigns;
}

function readFlow(nodes: Nodes, entry: Entry): readonly FlowStep[] {
  const items = nodes.items(entry.node);
  if (items === undefined || items.length === 0) {
    nodes.report(
      'mapping.wrong-shape',
      entry.keyAt,
      'flow must be a list of steps',
      'Write flow: [ { create: save }, submit ]',
    );
    return DEFAULT_FLOW;
  }
  const steps = items.map((item) => readStep(nodes, item, entry.keyAt)).filter((step) => step !== undefined);
  const named = steps.filter((step) => step.create);
  if (named.length > 1)
    nodes.report('mapping.conflicting-options', entry.keyAt, 'only one step of a flow can create the object');
  return steps;
}

function readStep(nodes: Nodes, item: Node, otherwise: Position): FlowStep | undefined {
  if (isScalar(item) && typeof item.value === 'string' && item.value !== '')
    return { name: item.value, create: false };
  const entries = nodes.entries(item, 'a step', otherwise);
  if (entries === undefined) return undefined;
  const options = entries.filter((entry) => entry.name === 'from' || entry.name === 'as');
  const [main, second] = entries.filter((entry) => !options.includes(entry));
  if (main === undefined || second !== undefined) {
    nodes.report(
      'mapping.wrong-shape',
      second?.keyAt ?? nodes.at(item),
      'a step has one name',
      'Write { create: save } or { audit: auditor }',
    );
    return undefined;
  }
  const create = main.name === 'create';
  const hasValue = isScalar(main.node) && main.node.value !== null;
  const value = hasValue ? nodes.text(main, main.name) : undefined;
  const asEntry = options.find((entry) => entry.name === 'as');
  const as = asEntry === undefined ? (create ? undefined : value?.value) : nodes.text(asEntry, 'as')?.value;
  const fromEntry = options.find((entry) => entry.name === 'from');
  const from = fromEntry === undefined ? undefined : readFrom(nodes, fromEntry);
  return {
    name: create ? (value?.value ?? 'create') : main.name,
    create,
    ...(as === undefined ? {} : { as }),
    ...(from === undefined ? {} : { from }),
  };
}

function readFrom(nodes: Nodes, entry: Entry): { object: string; of: string } | undefined {
  const entries = nodes.entries(entry.node, 'from', entry.keyAt);
  if (entries === undefined) return undefined;
  nodes.unknown(entries, ['object', 'of'], 'from');
  const objectEntry = entries.find((item) => item.name === 'object');
  const ofEntry = entries.find((item) => item.name === 'of');
  if (objectEntry === undefined || ofEntry === undefined) {
    nodes.report(
      'mapping.missing-key',
      entry.keyAt,
      'from needs object and of',
      'Write from: { object: SAL_SaleOrder, of: orderId }',
    );
    return undefined;
  }
  const object = nodes.text(objectEntry, 'from.object')?.value;
  const of = nodes.text(ofEntry, 'from.of')?.value;
  return object === undefined || of === undefined ? undefined : { object, of };
}

function readAmend(nodes: Nodes, entry: Entry | undefined): Readonly<Record<string, string>> {
  const amend: Record<string, string> = Object.create(null);
  if (entry === undefined) return amend;
  for (const line of nodes.entries(entry.node, 'amend', entry.keyAt) ?? []) {
    const policy = nodes.text(line, `amend.${line.name}`);
    if (policy !== undefined) amend[line.name] = policy.value;
  }
  return amend;
}
