/** What several views of this page show. */
import { Link } from '@tanstack/react-router';
import { Alert, Tag } from 'antd';
import type { ReactNode } from 'react';
import { jsonText } from '../../parts/Code.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import styles from './connections.module.css';
import type { Change, Difference, Mode } from './queries.ts';
import { texts } from './texts.ts';

const colours = { observe: undefined, shadow: 'warning', live: 'success' } as const;

export function ModeTag({ mode }: { readonly mode: string }): ReactNode {
  const say = texts.useSay();
  const known = mode in colours ? (mode as Mode) : undefined;
  return known ? (
    <Tag color={colours[known]} variant="outlined">
      {say(known)}
    </Tag>
  ) : (
    <Tag>{mode}</Tag>
  );
}

/** Back to all connections. */
export function Back(): ReactNode {
  const say = texts.useSay();
  return (
    <Link to="/connections" search={{}} className={styles.link}>
      ← {say('title')}
    </Link>
  );
}

interface TestedProps {
  readonly ok: boolean;
  readonly message: string;
  readonly durationMs: number;
}

/** What came of a test, in the words of the system. */
export function Tested({ ok, message, durationMs }: TestedProps): ReactNode {
  const say = texts.useSay();
  return (
    <Alert
      type={ok ? 'success' : 'error'}
      showIcon
      role="status"
      title={say(ok ? 'testGood' : 'testBad', { ms: durationMs })}
      description={
        <q className="lh-break">
          <Sentence said={message} />
        </q>
      }
    />
  );
}

interface ChangeViewProps {
  readonly change: Pick<Change, 'differences' | 'orphans' | 'restart'>;
}

/** What a change of the configuration changes. */
export function ChangeView({ change }: ChangeViewProps): ReactNode {
  const say = texts.useSay();
  const { differences, orphans, restart } = change;
  return (
    <>
      {differences.length === 0 && <p>{say('noChange')}</p>}
      <ul className={styles.changes}>
        {differences.map((one) => (
          <li key={`${one.section} ${one.name}`}>
            <DifferenceView difference={one} />
          </li>
        ))}
      </ul>
      {orphans.map(({ place, copies }) => (
        <Alert
          key={place}
          type="warning"
          showIcon
          style={{ marginTop: 8 }}
          title={say('orphans', { place, count: copies })}
        />
      ))}
      {restart && <Alert type="info" showIcon style={{ marginTop: 8 }} title={say('restart')} />}
    </>
  );
}

function DifferenceView({ difference }: { readonly difference: Difference }): ReactNode {
  const say = texts.useSay();
  const { section, name, change, values } = difference;
  return (
    <>
      <Tag>{say(`change-${change}`)}</Tag>
      <code>
        {section}.{name}
      </code>
      {values.length > 0 && (
        <dl className={styles.values}>
          {values.map(({ path, before, after }) => (
            <ValueChange key={path} path={path} before={before} after={after} />
          ))}
        </dl>
      )}
    </>
  );
}

function ValueChange({
  path,
  before,
  after,
}: {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}): ReactNode {
  return (
    <>
      <dt>
        <code>{path}</code>
      </dt>
      <dd>
        <Value value={before} /> → <Value value={after} />
      </dd>
    </>
  );
}

/** A JSON value in a line. */
export function Value({ value }: { readonly value: unknown }): ReactNode {
  if (value === undefined || value === null) return '—';
  const text = typeof value === 'string' ? value : jsonText(value);
  return <code className="lh-break">{text}</code>;
}
