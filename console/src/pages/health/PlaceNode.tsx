import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { Tag } from 'antd';
import type { ReactNode } from 'react';
import { State } from '../../parts/State.tsx';
import { heightOf, type MapNode, measures } from './flow.ts';
import styles from './health.module.css';
import { texts } from './texts.ts';

type PlaceNodeType = Node<
  { readonly node: MapNode; readonly isChosen: boolean; readonly open: () => void },
  'place'
>;

const modes = ['observe', 'shadow', 'live'] as const;

/** A connection or a sync on the map. */
export function PlaceNode({ data: { node, isChosen, open } }: NodeProps<PlaceNodeType>): ReactNode {
  const say = texts.useSay();
  const mode = modes.find((one) => one === node.mode);
  const height = heightOf(node);
  return (
    <>
      <Handles node={node} height={height} />
      <button
        type="button"
        className={`${styles.node} ${styles[node.colour]} ${isChosen ? styles.chosen : ''}`}
        style={{ height, width: measures.width }}
        aria-pressed={node.kind === 'sync' ? undefined : isChosen}
        onClick={open}
      >
        <span className={styles.nodeName}>
          <State colour={node.colour}>
            <span className="lh-break">{node.name}</span>
          </State>
          {mode && mode !== 'live' && <Tag>{say(mode)}</Tag>}
        </span>
        <span className={styles.nodeCounts}>
          {node.kind !== 'sync' && say(node.kind === 'source' ? 'tells' : 'isTold')}
          {node.due > 0 && <span>{say('waiting', { count: node.due })}</span>}
          {node.stuck > 0 && <span className={styles.stuck}>{say('stuck', { count: node.stuck })}</span>}
        </span>
      </button>
    </>
  );
}

/** Where edges begin and end: at a sync each has a place of its own, so that their rates stand below each other. */
function Handles({ node, height }: { readonly node: MapNode; readonly height: number }): ReactNode {
  if (node.kind !== 'sync') {
    const isSource = node.kind === 'source';
    return (
      <Handle
        type={isSource ? 'source' : 'target'}
        position={isSource ? Position.Right : Position.Left}
        className={styles.handle}
      />
    );
  }
  const at = (slot: number, count: number): number => height / 2 + (slot - (count - 1) / 2) * measures.slot;
  return (
    <>
      {Array.from({ length: node.ins }, (_, slot) => `in-${slot}`).map((id, slot) => (
        <Handle
          key={id}
          id={id}
          type="target"
          position={Position.Left}
          className={styles.handle}
          style={{ top: at(slot, node.ins) }}
        />
      ))}
      {Array.from({ length: node.outs }, (_, slot) => `out-${slot}`).map((id, slot) => (
        <Handle
          key={id}
          id={id}
          type="source"
          position={Position.Right}
          className={styles.handle}
          style={{ top: at(slot, node.outs) }}
        />
      ))}
    </>
  );
}
