/** What the map shows: connections that tell, syncs, connections that are told, and how much goes where. Pure. */
import type { HubSchemas } from '../../api/client.ts';
import type { Colour } from '../../parts/State.tsx';

type Health = HubSchemas['Health'];
type Flows = HubSchemas['Flows'];
type Place = Flows['places'][number];
type Sync = HubSchemas['Sync'];

export interface MapNode {
  readonly id: string;
  readonly kind: 'source' | 'sync' | 'target';
  /** Of the connection or sync. */
  readonly name: string;
  readonly colour: Colour;
  /** Of a connection. */
  readonly mode?: string;
  readonly due: number;
  readonly stuck: number;
  /** Places of edges at its left and right side. */
  readonly ins: number;
  readonly outs: number;
}

export interface MapEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Which place at the side of the sync; 0 is the topmost. */
  readonly slot: number;
  readonly way: 'in' | 'out';
  /** A minute, over the last five. */
  readonly perMinute: number;
  readonly colour: Colour;
}

export interface FlowMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

/** Rates are over so many seconds, or the last step of a longer chart. */
const rateSeconds = 300;
/** Findings that are about what comes in; all others concern writing or both. */
const inward = /^health\.(inbox-|poll-)/;

/** A minute, over the last five minutes of a series. */
export function rateOf(series: readonly number[], stepSeconds: number): number {
  const steps = Math.max(1, Math.round(rateSeconds / stepSeconds));
  const lately = series.slice(-steps);
  const minutes = (lately.length * stepSeconds) / 60;
  return lately.length === 0 ? 0 : lately.reduce((sum, one) => sum + one, 0) / minutes;
}

/** `0`, `0.4`, `12`, `1200`. */
export function rateText(perMinute: number): string {
  return perMinute === 0
    ? '0'
    : perMinute < 9.5
      ? String(Math.max(0.1, Math.round(perMinute * 10) / 10))
      : String(Math.round(perMinute));
}

function worst(colours: readonly Colour[]): Colour {
  return colours.includes('red') ? 'red' : colours.includes('amber') ? 'amber' : 'green';
}

/** The map of a hub. */
export function flowMap(health: Health, flows: Flows, syncs: readonly Sync[]): FlowMap {
  const placesOf = (sync: Sync, connection: string, way: 'in' | 'out'): Place[] => {
    const objects = sync.parties
      .filter((party) => party.connection === connection)
      .filter((party) => (way === 'in' ? party.reads : party.creates || party.updates || party.removes))
      .map(({ object }) => object);
    return flows.places.filter((one) => one.connection === connection && objects.includes(one.object));
  };
  const names = health.connections.map(({ connection }) => connection);
  const edges = syncs.flatMap((sync) =>
    (['in', 'out'] as const).flatMap((way) =>
      names
        .map((connection) => ({ connection, places: placesOf(sync, connection, way) }))
        .filter(({ places }) => places.length > 0)
        .map(({ connection, places }, slot): MapEdge => {
          const about = health.findings.filter(
            (one) =>
              one.connection === connection &&
              (one.object === null || places.some(({ object }) => object === one.object)) &&
              (one.object === null || inward.test(one.code) === (way === 'in')),
          );
          const series = places.map((place) =>
            rateOf(way === 'in' ? place.received : place.written, flows.stepSeconds),
          );
          return {
            id: `${way}/${connection}/${sync.name}`,
            from: way === 'in' ? `source/${connection}` : `sync/${sync.name}`,
            to: way === 'in' ? `sync/${sync.name}` : `target/${connection}`,
            ...{ slot, way },
            perMinute: series.reduce((sum, one) => sum + one, 0),
            colour: worst(about.map(({ level }) => level)),
          };
        }),
    ),
  );
  /** A system that tells has messages, one that is told has copies; a sync has both. */
  const countsOf = (places: readonly Place[], kind: MapNode['kind']) => {
    const messages = kind === 'target' ? 0 : 1;
    const copies = kind === 'source' ? 0 : 1;
    return {
      due: places.reduce((sum, one) => sum + messages * one.dueMessages + copies * one.dueCopies, 0),
      stuck: places.reduce((sum, one) => sum + messages * one.stuckMessages + copies * one.stuckCopies, 0),
    };
  };
  const isUsed = (id: string): boolean => edges.some(({ from, to }) => from === id || to === id);
  const sides = (id: string) => ({
    ins: edges.filter(({ to }) => to === id).length,
    outs: edges.filter(({ from }) => from === id).length,
  });
  const connectionNodes = (['source', 'target'] as const).flatMap((kind) =>
    health.connections
      .map(({ connection, mode, state }): MapNode => {
        const id = `${kind}/${connection}`;
        const places = flows.places.filter((one) => one.connection === connection);
        const counts = countsOf(places, kind);
        return { ...{ id, kind, mode }, name: connection, colour: state, ...counts, ...sides(id) };
      })
      .filter(({ id }) => isUsed(id)),
  );
  const syncNodes = syncs.map(({ name }): MapNode => {
    const id = `sync/${name}`;
    const colour = health.syncs.find((one) => one.sync === name)?.state ?? 'green';
    const counts = countsOf(
      flows.places.filter((one) => one.syncs.includes(name)),
      'sync',
    );
    return { id, kind: 'sync', name, colour, ...counts, ...sides(id) };
  });
  return { nodes: [...connectionNodes, ...syncNodes], edges };
}

/** Where nodes stand, in pixels: three columns, each in the middle of the height. */
export const measures = {
  width: 190,
  slot: 24,
  least: 54,
  gap: 16,
  columns: { source: 0, sync: 420, target: 840 },
} as const;

export function heightOf({ ins, outs, kind }: MapNode): number {
  if (kind !== 'sync') return 68;
  return Math.max(measures.least, Math.max(ins, outs) * measures.slot + 8);
}

export function layoutOf(
  nodes: readonly MapNode[],
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const heightOfColumn = (kind: MapNode['kind']): number =>
    nodes.filter((one) => one.kind === kind).reduce((sum, one) => sum + heightOf(one) + measures.gap, 0);
  const whole = Math.max(...(['source', 'sync', 'target'] as const).map(heightOfColumn));
  const places = new Map<string, { x: number; y: number }>();
  for (const kind of ['source', 'sync', 'target'] as const) {
    const column = nodes.filter((one) => one.kind === kind);
    // Few connections beside many syncs are spread over the height.
    const spare = column.length === 0 ? 0 : (whole - heightOfColumn(kind)) / column.length;
    let y = spare / 2;
    for (const node of column) {
      places.set(node.id, { x: measures.columns[kind], y });
      y += heightOf(node) + measures.gap + spare;
    }
  }
  return places;
}
