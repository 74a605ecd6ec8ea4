import type { ReactNode } from 'react';
import { type Finding, FindingLink, useFinding } from '../../parts/findings.tsx';
import { Nothing } from '../../parts/QueryView.tsx';
import { State } from '../../parts/State.tsx';
import { Age } from '../../parts/Time.tsx';
import styles from './health.module.css';
import { texts } from './texts.ts';

interface FindingsProps {
  readonly findings: readonly Finding[];
  /** Only those about it are shown. */
  readonly connection: string | undefined;
}

/** What is wrong, why, since when, what to do, and one click to where that is done. */
export function Findings({ findings, connection }: FindingsProps): ReactNode {
  const say = texts.useSay();
  const finding = useFinding();
  if (findings.length === 0)
    return (
      <Nothing>
        {connection === undefined ? say('nothingTodo') : say('nothingTodoOf', { connection })}
      </Nothing>
    );
  return (
    <ul className={styles.findings}>
      {findings.map((one) => {
        const { what, action } = finding(one);
        return (
          <li key={JSON.stringify([one.code, one.values])} className={styles.finding}>
            <State colour={one.level} />
            <div>
              <p>
                {what}
                {one.since !== null && (
                  <span className={styles.action}>
                    {' · '}
                    <Age at={one.since} />
                  </span>
                )}
              </p>
              <p className={styles.action}>{action}</p>
            </div>
            <FindingLink finding={one}>{say('go')}</FindingLink>
          </li>
        );
      })}
    </ul>
  );
}
