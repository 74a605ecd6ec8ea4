import '@xyflow/react/dist/style.css';
import { Background, type Edge, type Node, ReactFlow } from '@xyflow/react';
import { type ReactNode, useMemo } from 'react';
import { useBrightness } from '../../shell/theme.ts';
import { heightOf, layoutOf, measures, type FlowMap as Shown } from './flow.ts';
import { PlaceNode } from './PlaceNode.tsx';
import { RateEdge } from './RateEdge.tsx';
import { texts } from './texts.ts';

const nodeTypes = { place: PlaceNode };
const edgeTypes = { rate: RateEdge };

interface FlowMapProps {
  readonly map: Shown;
  /** The connection all else is shown of. */
  readonly chosen: string | undefined;
  readonly onConnection: (connection: string) => void;
  readonly onSync: (sync: string) => void;
}

/** Connections and syncs, and what moves between them. Nodes are buttons: Tab, Enter. */
export default function FlowMap({ map, chosen, onConnection, onSync }: FlowMapProps): ReactNode {
  const say = texts.useSay();
  const brightness = useBrightness();
  const nodes = useMemo<Node[]>(() => {
    const places = layoutOf(map.nodes);
    return map.nodes.map((node) => ({
      id: node.id,
      type: 'place',
      position: places.get(node.id) ?? { x: 0, y: 0 },
      width: measures.width,
      height: heightOf(node),
      data: {
        node,
        isChosen: node.kind !== 'sync' && node.name === chosen,
        open: () => (node.kind === 'sync' ? onSync(node.name) : onConnection(node.name)),
      },
    }));
  }, [map, chosen, onConnection, onSync]);
  const edges = useMemo<Edge[]>(
    () =>
      map.edges.map((edge) => ({
        id: edge.id,
        type: 'rate',
        ariaLabel: say('mapEdge'),
        source: edge.from,
        target: edge.to,
        sourceHandle: edge.way === 'out' ? `out-${edge.slot}` : null,
        targetHandle: edge.way === 'in' ? `in-${edge.slot}` : null,
        data: { edge, isFaint: chosen !== undefined && !edge.id.split('/').slice(1, 2).includes(chosen) },
      })),
    [map, chosen, say],
  );
  const labels = useMemo(
    () => ({
      'node.a11yDescription.default': say('mapNode'),
      'node.a11yDescription.keyboardDisabled': say('mapNode'),
      'edge.a11yDescription.default': say('mapEdge'),
    }),
    [say],
  );
  const rows = Math.max(...nodes.map(({ position, height = 0 }) => position.y + height));
  return (
    <section aria-label={say('mapLabel')} style={{ height: Math.min(620, rows * 0.95 + 40) }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={brightness}
        fitView
        fitViewOptions={{ padding: 0.04, maxZoom: 1 }}
        minZoom={0.3}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={labels}
      >
        <Background gap={24} />
      </ReactFlow>
    </section>
  );
}
