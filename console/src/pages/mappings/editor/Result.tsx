import type { UseQueryResult } from '@tanstack/react-query';
import { Alert, Button, Empty, Segmented, Spin } from 'antd';
import type { ReactNode } from 'react';
import type { HubSchemas } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { JsonView } from '../../../parts/Code.tsx';
import { ProblemAlert } from '../../../parts/ProblemView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import styles from '../mappings.module.css';
import { mappingRoute } from '../route.ts';
import { texts } from '../texts.ts';

type Preview = HubSchemas['MappingPreview'];

interface ResultProps {
  readonly preview: UseQueryResult<Preview>;
  /** The text is not right now: what is shown came of the last one that was. */
  readonly isWaiting: boolean;
  readonly hasSample: boolean;
  readonly goTo: (line: number) => void;
}

/** What became of the sample, as a whole or value by value. */
export function Result({ preview, isWaiting, hasSample, goTo }: ResultProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { right = 'document' } = mappingRoute.useSearch();
  const navigate = mappingRoute.useNavigate();
  const { data, error } = preview;
  return (
    <>
      <div className={styles.paneHead}>
        <Segmented
          size="small"
          aria-label={say('paneResult')}
          value={right}
          onChange={(chosen) =>
            void navigate({
              search: (now) => ({ ...now, right: chosen === 'steps' ? 'steps' : undefined }),
            })
          }
          options={[
            { value: 'document', label: say('result') },
            { value: 'steps', label: say('steps') },
          ]}
        />
        {preview.isFetching && <Spin size="small" />}
      </div>
      {!may('operate') && <Alert type="info" showIcon title={say('noPreview')} />}
      {isWaiting && data && may('operate') && <Alert type="warning" showIcon title={say('lastRight')} />}
      {error && !isWaiting && <ProblemAlert error={error} onRetry={() => void preview.refetch()} />}
      {data ? (
        <div className={`${styles.column} ${isWaiting ? styles.dim : ''}`}>
          <Verdict data={data} />
          {right === 'steps' ? (
            <Steps data={data} goTo={goTo} />
          ) : data.document === null ? null : (
            <div className={styles.fill}>
              <JsonView value={data.document} label={say('paneResult')} height="100%" />
            </div>
          )}
        </div>
      ) : (
        may('operate') && !error && !hasSample && <Empty description={say('noSampleYet')} />
      )}
    </>
  );
}

function Verdict({ data }: { readonly data: Preview }): ReactNode {
  const say = texts.useSay();
  const { ok, errors, waits, applies } = data;
  return (
    <>
      {applies === false && <Alert type="warning" showIcon title={say('notLetOut')} />}
      {!ok && (errors.length > 0 || waits.length > 0) && (
        <Alert
          type={errors.length > 0 ? 'error' : 'warning'}
          showIcon
          role="status"
          title={say(errors.length > 0 ? 'cannotMap' : 'wouldWait')}
          description={
            <ul className={styles.problems}>
              {errors.map((one) => (
                <li key={`${one.field} ${one.code}`}>
                  <code>{one.field}</code> <Sentence code={one.code} said={one.message} />{' '}
                  <code className={styles.quiet}>{one.code}</code>
                </li>
              ))}
              {waits.map((one) => (
                <li key={JSON.stringify(one)}>{waitText(one)}</li>
              ))}
            </ul>
          }
        />
      )}
    </>
  );
}

/** What is waited for, as the API tells it: a code of a table, or a record. */
function waitText(wait: unknown): string {
  if (typeof wait !== 'object' || wait === null) return String(wait);
  const told = wait as Readonly<Record<string, unknown>>;
  return told.kind === 'ref' ? `${told.entity} ${told.id}` : `${told.table} / ${told.key}`;
}

const mostSteps = 400;

function Steps({ data, goTo }: { readonly data: Preview; readonly goTo: (line: number) => void }): ReactNode {
  const say = texts.useSay();
  const { steps, way } = data;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and is to be scrolled by keys too
    <section className={styles.scroll} aria-label={say('steps')} tabIndex={0}>
      <ol className={styles.steps}>
        {steps.slice(0, mostSteps).map((step, index) => {
          const [from, to] = way === 'in' ? [step.vendor, step.canonical] : [step.canonical, step.vendor];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have their order and nothing else
            <li key={index}>
              <div>
                <code className="lh-break">{from ?? '—'}</code> →{' '}
                <code className="lh-break">{to ?? '—'}</code>{' '}
                <Button type="link" size="small" onClick={() => goTo(step.line)}>
                  {say('line', { line: step.line })}
                </Button>
              </div>
              <div className="lh-break">
                {valueText(step.raw)} → <strong>{valueText(step.converted)}</strong>{' '}
                <span className={styles.quiet}>{step.how}</span>
              </div>
              {step.errors.map((one) => (
                <div key={one.code} className={styles.wrong}>
                  <Sentence code={one.code} said={one.message} />
                </div>
              ))}
            </li>
          );
        })}
      </ol>
      {steps.length > mostSteps && <p>{say('moreSteps', { count: steps.length - mostSteps })}</p>}
    </section>
  );
}

/** A value in a line; what is not told is said so. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '∅';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
