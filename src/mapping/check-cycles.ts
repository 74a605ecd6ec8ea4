/**
 * Objects that wait for each other: a write waits until what it refers to exists at the vendor, so two mappings
 * of one connection that refer to each other never begin.
 */
import type { Problem } from '../problems/index.ts';
import { CanonicalSide } from './canonical.ts';
import { inside, takesPart, writesOutward } from './specs.ts';
import type { Direction, EntityShape, MappingDocument, Position, Spec } from './types.ts';

/** A mapping in use: what it says, and the connection it creates objects in. */
export interface WritingMapping {
  readonly connection: string;
  readonly doc: MappingDocument;
}

interface Edge {
  readonly to: string;
  readonly doc: MappingDocument;
  readonly at: Position;
}

/** One problem per circle, at a reference of it; records of one entity may well refer to each other. */
export function referenceCycles(
  writing: readonly WritingMapping[],
  entities: Readonly<Record<string, EntityShape>>,
): Problem[] {
  const problems: Problem[] = [];
  for (const connection of new Set(writing.map((one) => one.connection))) {
    const edges = new Map<string, Edge[]>();
    for (const { doc } of writing.filter((one) => one.connection === connection)) {
      const entity = doc.entity.value;
      const shape = Object.hasOwn(entities, entity) ? entities[entity] : undefined;
      edges.set(entity, [...(edges.get(entity) ?? []), ...edgesOf(doc, new CanonicalSide(shape))]);
    }
    for (const circle of circlesOf(edges)) {
      const [first] = circle;
      if (first === undefined) continue;
      const told = circle.map((edge) => `${edge.doc.entity.value} waits for ${edge.to} (${placeOf(edge)})`);
      problems.push({
        file: first.doc.file,
        ...first.at,
        code: 'mapping.reference-cycle',
        message: `in ${connection} none of these can be written first: ${told.join(', ')}`,
        hint: 'Give one of them patch: true (created without it, written when it exists) or direction: in.',
      });
    }
  }
  return problems;
}

/** What a write of this mapping waits for. */
function edgesOf(doc: MappingDocument, canonical: CanonicalSide): Edge[] {
  if (doc.direction === 'in') return [];
  const edges: Edge[] = [];
  const add = (to: string | undefined, at: Position): void => {
    if (to !== undefined && to !== doc.entity.value) edges.push({ to, doc, at });
  };
  const walk = (specs: readonly Spec[], parent: Direction): void => {
    for (const spec of specs) {
      if (spec.kind === 'field') {
        if (spec.ref !== undefined && !spec.patch && writesOutward(spec, parent))
          add(spec.ref.value, spec.ref.at);
      } else if (takesPart(spec, 'out', parent)) walk(spec.fields, inside(spec, parent));
    }
  };
  walk(doc.fields, doc.direction);
  if (doc.target !== undefined) add(canonical.info(doc.target.value)?.entity, doc.target.at);
  for (const step of doc.flow) {
    if (step.from !== undefined) add(canonical.info(step.from.of)?.entity, doc.object.at);
  }
  return edges;
}

/** Every circle once, as the references that make it up. */
function circlesOf(edges: ReadonlyMap<string, readonly Edge[]>): Edge[][] {
  const circles: Edge[][] = [];
  const told = new Set<string>();
  const walk = (entity: string, way: readonly Edge[], passed: readonly string[]): void => {
    for (const edge of edges.get(entity) ?? []) {
      const start = passed.indexOf(edge.to);
      if (start === -1) {
        if (edges.has(edge.to)) walk(edge.to, [...way, edge], [...passed, edge.to]);
        continue;
      }
      const key = passed.slice(start).toSorted().join(' ');
      if (told.has(key)) continue;
      told.add(key);
      circles.push([...way.slice(start), edge]);
    }
  };
  for (const entity of edges.keys()) walk(entity, [], [entity]);
  return circles;
}

function placeOf(edge: Edge): string {
  return `${edge.doc.file}:${edge.at.line}`;
}
