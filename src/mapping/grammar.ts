/** The grammar of a mapping file: YAML nodes → document. Each rule says what it expected and where. */
import { createHash } from 'node:crypto';
import { isMap, isScalar, type Node } from 'yaml';
import { nothingToDrop, readFields } from './fields.ts';
import { checkPath, DIRECTIONS, type Entry, Nodes } from './nodes.ts';
import { isNothing } from './options.ts';
import type {
  AboutSpec,
  AssignSpec,
  CustomSpec,
  Direction,
  FlowStep,
  Located,
  MappingDocument,
  Position,
  Problem,
} from './types.ts';

const TOP = [
  'mapping',
  'extends',
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
  'custom',
] as const;
const DEFAULT_FLOW: readonly FlowStep[] = [{ name: 'create', create: true }];

interface GrammarInput {
  readonly file: string;
  readonly version: string;
  readonly text: string;
  readonly place: (offset: number) => Position;
  readonly problems: Problem[];
  readonly root: Node | null;
  /** Reads the mapping that is extended; undefined, with a problem, when it cannot be read. */
  readonly base: (name: Located<string>, asker: string) => MappingDocument | undefined;
}

/** What a later difference in a finished document may do. */
const AMENDMENTS = ['edit', 'unauditEditAudit', 'changeOrder', 'reverse', 'nextPart', 'park'] as const;
const CUSTOM_TYPES = ['text', 'texts', 'decimal', 'integer', 'boolean', 'json'] as const;

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
  const extendsEntry = find('extends');
  const extended = extendsEntry === undefined ? undefined : nodes.text(extendsEntry, 'extends');
  const own = find('mapping')?.node;
  const base =
    extended === undefined ? undefined : input.base(extended, isScalar(own) ? String(own.value) : '');
  // What is wrong with the extended mapping has been told; nothing can be said about this one without it.
  if (extendsEntry !== undefined && base === undefined) return undefined;
  const required = (name: 'mapping' | 'entity' | 'object', example: string): Located<string> => {
    const entry = find(name);
    if (entry !== undefined) return nodes.text(entry, name) ?? { value: '', at: entry.keyAt };
    if (name !== 'mapping' && base !== undefined) return base[name];
    nodes.report('mapping.missing-key', top, `${name} is missing`, `Write ${name}: ${example}`);
    return { value: '', at: top };
  };
  /** An entry, unless it is `~`; then what the extended mapping says is gone. */
  const written = (name: string): Entry | 'dropped' | undefined => {
    const entry = find(name);
    return entry !== undefined && base !== undefined && isNothing(entry.node) ? 'dropped' : entry;
  };
  const inherited = <T>(name: string, from: T | undefined, read: (entry: Entry) => T | undefined) => {
    const entry = written(name);
    return entry === 'dropped' ? undefined : entry === undefined ? from : read(entry);
  };
  const name = required('mapping', 'connector/object');
  const entity = required('entity', 'order');
  const object = required('object', 'the object in the connector');
  const about = inherited('about', base?.about, (entry) => readAbout(nodes, entry));
  const target = inherited('target', base?.target, (entry) => nodes.text(entry, 'target'));
  const told = inherited<Direction>('direction', undefined, (entry) =>
    nodes.word(entry, 'direction', DIRECTIONS),
  );
  if (about !== undefined && told !== undefined && told !== 'in') {
    nodes.report(
      'mapping.conflicting-options',
      find('about')?.keyAt ?? find('direction')?.keyAt ?? top,
      'a mapping with about: is inward only',
    );
  }
  const direction: Direction = about !== undefined ? 'in' : (told ?? base?.direction ?? 'both');
  const when = inherited('when', base?.when, (entry) => nodes.expression(entry, 'when'));
  const fieldsEntry = find('fields');
  const flowEntry = find('flow');
  const fields =
    fieldsEntry === undefined ? (base?.fields ?? []) : readFields(nodes, fieldsEntry, base?.fields, false);
  const out = readAssigns(nodes, find('out'), 'out', base?.out);
  const inward = readAssigns(nodes, find('in'), 'in', base?.in);
  const anything = [fieldsEntry, find('out'), find('in')].some(
    (entry) => isMap(entry?.node) && entry.node.items.length > 0,
  );
  if (!anything && base === undefined) {
    nodes.report(
      'mapping.missing-key',
      fieldsEntry?.keyAt ?? top,
      'nothing is mapped',
      'Write fields: with at least one line.',
    );
  }
  if (direction === 'in') {
    for (const entry of [find('out'), flowEntry, find('amend'), find('target')]) {
      if (entry === undefined || (base !== undefined && isNothing(entry.node))) continue;
      nodes.report(
        'mapping.conflicting-options',
        entry.keyAt,
        `${entry.name}: has no meaning in a mapping that is inward only`,
      );
    }
  }
  const flow = inherited('flow', base?.flowWritten ? base.flow : undefined, (entry) =>
    readFlow(nodes, entry),
  );
  return {
    file: input.file,
    version: base === undefined ? input.version : checksum(`${input.version} ${base.version}`),
    name,
    bases: base === undefined || extended === undefined ? [] : [extended.value, ...base.bases],
    entity,
    object,
    direction,
    ...(about === undefined ? {} : { about }),
    ...(target === undefined ? {} : { target }),
    ...(when === undefined ? {} : { when }),
    fields,
    out,
    in: inward,
    flow: flow ?? DEFAULT_FLOW,
    flowWritten: flow !== undefined,
    amend: readAmend(nodes, find('amend'), base?.amend ?? []),
    custom: readCustom(nodes, find('custom'), base?.custom ?? []),
  };
}

/** The version of a text. */
export function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
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

function readAssigns(
  nodes: Nodes,
  entry: Entry | undefined,
  what: 'in' | 'out',
  base: readonly AssignSpec[] | undefined,
): AssignSpec[] {
  let assigns: AssignSpec[] = [...(base ?? [])];
  if (entry === undefined) return assigns;
  for (const line of nodes.entries(entry.node, what, entry.keyAt) ?? []) {
    const okay = checkPath(
      nodes,
      line.name,
      line.keyAt,
      what === 'out' ? 'a vendor path' : 'a canonical path',
    );
    const isDropped = base !== undefined && isNothing(line.node);
    const at = assigns.findIndex((assign) => assign.path === line.name);
    if (isDropped && at === -1)
      nothingToDrop(
        nodes,
        line,
        assigns.map((assign) => assign.path),
      );
    const expression = isDropped ? undefined : nodes.expression(line, line.name);
    const made = okay && expression !== undefined ? [{ path: line.name, keyAt: line.keyAt, expression }] : [];
    assigns = at === -1 ? [...assigns, ...made] : assigns.toSpliced(at, 1, ...made);
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
  const options = entries.filter((entry) => ['from', 'as', 'wait'].includes(entry.name));
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
  const waitEntry = options.find((entry) => entry.name === 'wait');
  const wait = waitEntry === undefined ? undefined : nodes.text(waitEntry, 'wait')?.value;
  if (waitEntry !== undefined && (create || as !== undefined || from !== undefined)) {
    nodes.report(
      'mapping.conflicting-options',
      waitEntry.keyAt,
      create ? 'nobody else can create the object' : 'a step the hub waits for is not done by the hub',
      'Write { audit: ~, wait: workflow }',
    );
    return undefined;
  }
  return {
    name: create ? (value?.value ?? 'create') : main.name,
    create,
    ...(as === undefined ? {} : { as }),
    ...(from === undefined ? {} : { from }),
    ...(wait === undefined ? {} : { wait }),
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

function readAmend(
  nodes: Nodes,
  entry: Entry | undefined,
  base: MappingDocument['amend'],
): MappingDocument['amend'] {
  let amend = base;
  if (entry === undefined) return amend;
  for (const line of nodes.entries(entry.node, 'amend', entry.keyAt) ?? []) {
    const others = amend.filter(({ value }) => value.stage !== line.name);
    const isDropped = others.length < amend.length && isNothing(line.node);
    amend = others;
    const policy = isDropped ? undefined : nodes.word(line, `amend.${line.name}`, AMENDMENTS);
    if (policy !== undefined) amend = [...amend, { value: { stage: line.name, policy }, at: line.keyAt }];
  }
  return amend;
}

/** `custom:`: vendor paths that only this company has, with their types. */
function readCustom(
  nodes: Nodes,
  entry: Entry | undefined,
  base: readonly CustomSpec[],
): readonly CustomSpec[] {
  if (entry === undefined) return base;
  const own: CustomSpec[] = [];
  for (const line of nodes.entries(entry.node, 'custom', entry.keyAt) ?? []) {
    if (!checkPath(nodes, line.name, line.keyAt, 'a vendor path')) continue;
    const type = nodes.word(line, `custom.${line.name}`, CUSTOM_TYPES);
    if (type !== undefined) own.push({ path: line.name, at: line.keyAt, type });
  }
  return [...base.filter((spec) => !own.some(({ path }) => path === spec.path)), ...own];
}
