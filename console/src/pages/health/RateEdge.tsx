import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import type { ReactNode } from 'react';
import { type MapEdge, rateText } from './flow.ts';
import styles from './health.module.css';
import { texts } from './texts.ts';

type RateEdgeType = Edge<{ readonly edge: MapEdge; readonly isFaint: boolean }, 'rate'>;

/** Pixels from the side of the sync to the middle of the rate. */
const labelGap = 44;

/** What moves between a connection and a sync: its rate beside the sync, its colour the worst of what is found there. */
export function RateEdge(props: EdgeProps<RateEdgeType>): ReactNode {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  const say = texts.useSay();
  if (!data) return null;
  const { edge, isFaint } = data;
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const isMoving = edge.perMinute > 0;
  const colour =
    edge.colour === 'red'
      ? 'var(--ant-color-error)'
      : edge.colour === 'amber'
        ? 'var(--ant-color-warning)'
        : isMoving
          ? 'var(--ant-color-success)'
          : 'var(--ant-color-text-quaternary)';
  const [x, y] = edge.way === 'in' ? [targetX - labelGap, targetY] : [sourceX + labelGap, sourceY];
  const width = 1.5 + Math.min(3.5, Math.log10(1 + edge.perMinute));
  return (
    <>
      <BaseEdge
        path={path}
        className={isMoving ? styles.moving : ''}
        style={{ stroke: colour, strokeWidth: width, opacity: isFaint ? 0.25 : 1 }}
      />
      <EdgeLabelRenderer>
        <div
          className={styles.rate}
          style={{
            transform: `translate(-50%, -50%) translate(${x}px, ${y}px)`,
            visibility: isFaint ? 'hidden' : 'visible',
          }}
        >
          {say('rate', { rate: rateText(edge.perMinute) })}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
