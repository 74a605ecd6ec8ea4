import { Alert, Button, Result } from 'antd';
import type { ReactNode } from 'react';
import { ownCodes, type Problem, toProblem } from '../api/problem.ts';
import type { Say } from '../language/index.ts';
import { useSentences } from '../language/useSentences.ts';
import styles from './parts.module.css';
import { texts } from './texts.ts';

interface Told {
  readonly title: string;
  /** What it means and what to do, where the console knows; else it is the hub's to say. */
  readonly lead?: string;
}

function tell(problem: Problem, say: Say<typeof texts.all>): Told {
  switch (problem.code) {
    case ownCodes.unreachable:
      return { title: say('unreachable'), lead: say('unreachableLead') };
    case ownCodes.noAnswer:
      return { title: say('noAnswer'), lead: say('noAnswerLead') };
    case ownCodes.strange:
      return { title: say('strange'), lead: say('strangeLead', { status: problem.status }) };
    case ownCodes.broken:
      return { title: say('broken'), lead: say('brokenLead') };
  }
  if (problem.status === 403) return { title: say('forbidden'), lead: say('forbiddenLead') };
  if (problem.status === 404) return { title: say('notFound') };
  if (problem.status === 412) return { title: say('changed') };
  if (problem.status === 429) return { title: say('busy') };
  return { title: say(problem.status >= 500 ? 'failed' : 'refused') };
}

function Facts({ problem }: { readonly problem: Problem }): ReactNode {
  const say = texts.useSay();
  const sentences = useSentences();
  const isOwn = problem.detail === problem.code;
  const { detail, hint } = sentences?.refusal(problem) ?? problem;
  return (
    <dl className={styles.facts}>
      {!isOwn && (
        <>
          <dt>{say('what')}</dt>
          <dd title={problem.detail}>{detail}</dd>
        </>
      )}
      {problem.errors && problem.errors.length > 0 && (
        <>
          <dt>{say('where')}</dt>
          <dd>
            {problem.errors.map((one) => (
              <div key={`${one.in}${one.pointer}`}>
                <code>
                  {one.in} {one.pointer}
                </code>{' '}
                {one.detail === problem.detail ? detail : (sentences?.said(one.detail) ?? one.detail)}
              </div>
            ))}
          </dd>
        </>
      )}
      {hint !== undefined && (
        <>
          <dt>{say('todo')}</dt>
          <dd>{hint}</dd>
        </>
      )}
      <dt>{say('code')}</dt>
      <dd>
        <code>{problem.code}</code>
      </dd>
    </dl>
  );
}

/** Instead of what could not be read: what happened, where, what to do, and a button to try again. */
export function ProblemView({
  problem,
  onRetry,
}: {
  readonly problem: Problem;
  readonly onRetry?: () => void;
}): ReactNode {
  const say = texts.useSay();
  const { title, lead } = tell(problem, say);
  return (
    <div role="alert">
      <Result
        status={problem.status === 403 ? '403' : problem.status === 404 ? '404' : 'error'}
        title={title}
        subTitle={lead}
        extra={
          onRetry && problem.status !== 403 ? (
            <Button type="primary" onClick={onRetry}>
              {say('retry')}
            </Button>
          ) : undefined
        }
      >
        <Facts problem={problem} />
      </Result>
    </div>
  );
}

/** The same within a form or a dialog, beside what was typed. */
export function ProblemAlert({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}): ReactNode {
  const say = texts.useSay();
  const problem = toProblem(error);
  const { title, lead } = tell(problem, say);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      style={{ marginBottom: 16 }}
      title={title}
      description={
        <>
          {lead !== undefined && <p style={{ marginTop: 0 }}>{lead}</p>}
          <Facts problem={problem} />
        </>
      }
      action={
        onRetry ? (
          <Button size="small" onClick={onRetry}>
            {say('retry')}
          </Button>
        ) : undefined
      }
    />
  );
}
