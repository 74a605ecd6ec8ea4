import type { UseQueryResult } from '@tanstack/react-query';
import { Alert, Empty, Skeleton } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { toProblem } from '../api/problem.ts';
import { ProblemAlert, ProblemView } from './ProblemView.tsx';
import { texts } from './texts.ts';

/** From when on waiting is spoken of. */
const slowMs = 4_000;

interface QueryViewProps<Data> {
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch' | 'isFetching'>;
  /** Whether there is nothing to show. */
  readonly isEmpty?: (data: Data) => boolean;
  /** Then: says what to do first. */
  readonly empty?: ReactNode;
  /** In place of a few grey lines. */
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/**
 * What a query tells, in each of its states: nothing yet, slow, refused, not allowed, empty, there. What was read stays in
 * sight when reading it again fails, with the failure above it.
 */
export function QueryView<Data>({
  query,
  isEmpty,
  empty,
  skeleton,
  children,
}: QueryViewProps<Data>): ReactNode {
  const { data, error, refetch } = query;
  const again = (): void => void refetch();
  if (data === undefined) {
    if (error) return <ProblemView problem={toProblem(error)} onRetry={again} />;
    return <Loading>{skeleton}</Loading>;
  }
  return (
    <>
      {error && <ProblemAlert error={error} onRetry={again} />}
      {isEmpty?.(data) ? (empty ?? <Nothing />) : children(data)}
    </>
  );
}

export function Loading({ children }: { readonly children?: ReactNode }): ReactNode {
  const say = texts.useSay();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={say('loading')}>
      {slow && <Alert type="info" showIcon title={say('slow')} style={{ marginBottom: 16 }} />}
      {children ?? <Skeleton active paragraph={{ rows: 5 }} />}
    </div>
  );
}

interface NothingProps {
  /** Why there is nothing, and what to do first. */
  readonly children?: ReactNode;
  /** A button or a link that does it. */
  readonly action?: ReactNode;
}

export function Nothing({ children, action }: NothingProps): ReactNode {
  const say = texts.useSay();
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={children ?? say('none')}>
      {action}
    </Empty>
  );
}
