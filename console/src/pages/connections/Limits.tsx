import { useQuery } from '@tanstack/react-query';
import { Alert, Progress } from 'antd';
import { Fragment, type ReactNode } from 'react';
import { z } from 'zod';
import { Count } from '../../parts/Amount.tsx';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { Age, Span, Time } from '../../parts/Time.tsx';
import styles from './connections.module.css';
import { limitsQuery } from './queries.ts';
import { texts } from './texts.ts';

const Used = z.object({ limit: z.number(), used: z.number() });
type Used = z.infer<typeof Used>;

/** What `GET /v1/connections/{id}/limits` tells of each unit beside its name. */
const Unit = z.object({
  unit: z.string(),
  waiting: z.number(),
  perSecond: Used.optional(),
  perMinute: Used.optional(),
  perHour: Used.optional(),
  concurrent: Used.optional(),
  day: z.object({ resetsAt: z.string(), shares: z.record(z.string(), Used) }).optional(),
  breaker: z
    .object({ state: z.string(), since: z.string().optional(), nextProbeAt: z.string().optional() })
    .optional(),
});
const Session = z.object({
  credential: z.string(),
  ageSeconds: z.number().nullish(),
  goodUntil: z.string().nullish(),
});

const windows = ['perSecond', 'perMinute', 'perHour', 'concurrent'] as const;
const shares = ['fetch', 'poll', 'write', 'backfill', 'operator'] as const;

/** Calls the system allows, and what is used of them. */
export function Limits({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const limits = useQuery(limitsQuery(id));
  return (
    <QueryView
      query={limits}
      isEmpty={({ items, sessions }) => items.length === 0 && sessions.length === 0}
      empty={<Nothing>{say('noCalls')}</Nothing>}
    >
      {({ items, sessions }) => (
        <div className={styles.stack}>
          {items.map((item) => (
            <UnitView key={item.unit} unit={Unit.parse(item)} />
          ))}
          {sessions.length > 0 && (
            <section>
              <h3 className={styles.unit}>{say('signIns')}</h3>
              {sessions.map((item) => {
                const { credential, ageSeconds, goodUntil } = Session.parse(item);
                return (
                  <div key={credential}>
                    <code>{credential}</code>
                    {typeof ageSeconds === 'number' && (
                      <>
                        {' · '}
                        {say('signedInFor')} <Span seconds={ageSeconds} />
                      </>
                    )}
                    {goodUntil && (
                      <>
                        {' · '}
                        {say('goodUntil')} <Time at={goodUntil} />
                      </>
                    )}
                  </div>
                );
              })}
            </section>
          )}
        </div>
      )}
    </QueryView>
  );
}

function UnitView({ unit }: { readonly unit: z.infer<typeof Unit> }): ReactNode {
  const say = texts.useSay();
  const { breaker, day, waiting } = unit;
  const rows = windows.flatMap((name) => {
    const used = unit[name];
    return used ? [{ name, used }] : [];
  });
  const isOpen = breaker !== undefined && breaker.state !== 'closed';
  return (
    <section>
      <h3 className={styles.unit}>{unit.unit === '' ? say('wholeConnection') : unit.unit}</h3>
      {isOpen && (
        <Alert
          type="error"
          showIcon
          style={{ marginBottom: 8 }}
          title={say('breakerOpen')}
          description={
            <>
              {say('since')} <Age at={breaker.since} /> · {say('nextProbe')} <Age at={breaker.nextProbeAt} />
            </>
          }
        />
      )}
      {rows.length === 0 && !day && <p className={styles.quiet}>{say('noLimits')}</p>}
      <div className={styles.used}>
        {rows.map(({ name, used }) => (
          <UsedRow key={name} label={say(name)} used={used} />
        ))}
      </div>
      {day && (
        <>
          <p className={styles.quiet}>
            {say('budget')} · {say('resets')} <Age at={day.resetsAt} />
          </p>
          <div className={styles.used}>
            {shares.flatMap((name) => {
              const used = day.shares[name];
              return used ? [<UsedRow key={name} label={say(name)} used={used} />] : [];
            })}
          </div>
        </>
      )}
      {waiting > 0 && <p>{say('callsWait', { count: waiting })}</p>}
    </section>
  );
}

function UsedRow({
  label,
  used: { used, limit },
}: {
  readonly label: string;
  readonly used: Used;
}): ReactNode {
  const share = limit === 0 ? (used > 0 ? 1 : 0) : used / limit;
  return (
    <Fragment>
      <span>{label}</span>
      <Progress
        percent={Math.min(100, Math.round(share * 100))}
        showInfo={false}
        size="small"
        aria-label={label}
        status={share >= 1 ? 'exception' : 'normal'}
      />
      <span>
        <Count value={used} /> / <Count value={Math.floor(limit)} />
      </span>
    </Fragment>
  );
}
