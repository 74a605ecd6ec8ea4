import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card } from 'antd';
import type { ReactNode } from 'react';
import { FindingLink, useFinding } from '../../parts/findings.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { State } from '../../parts/State.tsx';
import { Age } from '../../parts/Time.tsx';
import styles from './connections.module.css';
import { Limits } from './Limits.tsx';
import { Modes } from './Modes.tsx';
import { type Connection, healthQuery } from './queries.ts';
import { texts } from './texts.ts';

/** How a connection is, what it may do, and what it has used of what it is allowed. */
export function Overview({ connection }: { readonly connection: Connection }): ReactNode {
  const say = texts.useSay();
  const { id, mode } = connection;
  return (
    <div className={styles.two}>
      <div className={styles.stack}>
        <Card size="small" title={say('state')}>
          <Condition id={id} />
        </Card>
        <Card size="small" title={say('mode')}>
          <Modes id={id} mode={mode} />
        </Card>
      </div>
      <Card size="small" title={say('limits')}>
        <Limits id={id} />
      </Card>
    </div>
  );
}

function Condition({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const health = useQuery(healthQuery);
  const finding = useFinding();
  return (
    <QueryView query={health}>
      {({ connections }) => {
        const own = connections.find((one) => one.connection === id);
        if (!own) return say('notKnown');
        return (
          <div className={styles.stack}>
            <State colour={own.state} />
            {own.findings.length > 0 && (
              <ul className={styles.findings}>
                {own.findings.map((one) => {
                  const { what, action } = finding(one);
                  return (
                    <li key={JSON.stringify([one.code, one.values])}>
                      <State colour={one.level} />
                      <p>{what}</p>
                      <p className={styles.quiet}>{action}</p>
                      <p className={styles.quiet}>
                        {one.since !== null && (
                          <>
                            {say('since')} <Age at={one.since} />{' '}
                          </>
                        )}
                        {!one.code.startsWith('health.paused') && (
                          <FindingLink finding={one}>{say('toPlace')}</FindingLink>
                        )}
                      </p>
                    </li>
                  );
                })}
              </ul>
            )}
            <div className={styles.links}>
              <Elsewhere id={id} />
            </div>
          </div>
        );
      }}
    </QueryView>
  );
}

/** Leads to other pages about a connection. */
function Elsewhere({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const search = { connection: id };
  return (
    <>
      <Link to="/health" search={search}>
        {say('toHealth')}
      </Link>
      <Link to="/problems" search={search}>
        {say('toProblems')}
      </Link>
    </>
  );
}
