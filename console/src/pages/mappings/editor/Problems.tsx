import type { UseQueryResult } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { HubSchemas } from '../../../api/client.ts';
import { ProblemAlert } from '../../../parts/ProblemView.tsx';
import { FindingInFile } from '../../../parts/Sentence.tsx';
import { State } from '../../../parts/State.tsx';
import styles from '../mappings.module.css';
import { texts } from '../texts.ts';

interface ProblemsProps {
  readonly query: UseQueryResult<{ ok: boolean; problems: HubSchemas['MappingProblem'][] }>;
  readonly errors: number;
  readonly goTo: (line: number, column: number) => void;
}

/** What the checker says of the text, each with its place. */
export function Problems({ query, errors, goTo }: ProblemsProps): ReactNode {
  const say = texts.useSay();
  const { data, error } = query;
  if (error) return <ProblemAlert error={error} onRetry={() => void query.refetch()} />;
  if (data === undefined) return <div className={styles.verdict}>{say('checking')}</div>;
  const { problems } = data;
  return (
    <div className={styles.verdict}>
      <div role="status">
        {problems.length === 0 ? (
          <State colour="green">{say('right')}</State>
        ) : (
          <State colour={errors > 0 ? 'red' : 'amber'}>
            {say(errors > 0 ? 'wrong' : 'warned', { count: errors > 0 ? errors : problems.length })}
          </State>
        )}
      </div>
      {problems.length > 0 && (
        <ul className={styles.problems} aria-label={say('marks')}>
          {problems.slice(0, 100).map((one) => (
            <li key={`${one.line}:${one.column}:${one.code}:${one.message}`}>
              <Button type="link" size="small" onClick={() => goTo(one.line, one.column)}>
                {say('lineColumn', { line: one.line, column: one.column })}
              </Button>
              <span>
                <FindingInFile {...one} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
