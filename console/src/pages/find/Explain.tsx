import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { Amount } from '../../parts/Amount.tsx';
import { JsonView } from '../../parts/Code.tsx';
import { usePersonal } from '../../parts/Masked.tsx';
import { fieldWords, useWords } from '../../parts/model-words.ts';
import { QueryView } from '../../parts/QueryView.tsx';
import { useSayOf } from '../../parts/Sentence.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { Facts } from './Facts.tsx';
import styles from './find.module.css';
import { texts } from './texts.ts';
import { shortId, Value } from './Value.tsx';
import { Cell } from './Values.tsx';
import { pagesKey } from './verbs.tsx';

type Explained = HubSchemas['ExplainedField'];
type SetBy = HubSchemas['SetBy'];
type CarriedTo = HubSchemas['CarriedTo'];

/** Lines of sources that are listed; a day's summary has thousands. */
const mostShares = 50;

interface ExplainProps {
  /** Of the record. */
  readonly id: string;
  /** Path of the value; undefined: closed. */
  readonly field: string | undefined;
  /** Where it was found among the others. */
  readonly compared: HubSchemas['ComparedField'] | undefined;
  readonly links: readonly HubSchemas['Link'][];
  readonly onClose: () => void;
}

/** Why a value is what it is: who set it, what it was made of, and where it went. */
export function Explain({ id, field, compared, links, onClose }: ExplainProps): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const personal = usePersonal();
  // Keys that are hidden stand for all elements.
  const asked = field?.replaceAll('[***]', '[]');
  const query = useQuery({
    queryKey: [pagesKey, 'explain', id, asked, personal],
    queryFn: ({ signal }) =>
      answer(
        hub.GET('/v1/records/{id}/explain', {
          params: { path: { id }, query: { field: asked ?? '', personal } },
          signal,
        }),
      ),
    enabled: asked !== undefined,
  });
  return (
    <Drawer
      open={field !== undefined}
      size={680}
      title={say('explain', { field: fieldWords(words, field ?? '') })}
      onClose={onClose}
    >
      {field !== undefined && (
        <>
          {compared && compared.shown.length > 0 && (
            <table className={styles.plain}>
              <thead>
                <tr>
                  <th scope="col">{say('system')}</th>
                  <th scope="col">{say('value')}</th>
                </tr>
              </thead>
              <tbody>
                <tr>
                  <th scope="row">{say('golden')}</th>
                  <td>
                    <Value value={compared.value} path={compared.path} refersTo={compared.refersTo} />
                  </td>
                </tr>
                {compared.shown.map((shown) => {
                  const link = links.find((one) => one.id === shown.link);
                  return (
                    <tr key={shown.link}>
                      <th scope="row">{`${link?.connection ?? ''} ${link?.object ?? ''}`}</th>
                      <td>
                        <Cell shown={shown} path={compared.path} refersTo={compared.refersTo} />{' '}
                        {shown.by !== null && <span className={styles.quiet}>{say(`by.${shown.by}`)}</span>}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          )}
          <QueryView query={query}>
            {({ fields }) =>
              fields.map((one, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: paths of hidden values are alike, and their order stays
                <Why key={index} field={one} isOnly={fields.length === 1} />
              ))
            }
          </QueryView>
        </>
      )}
    </Drawer>
  );
}

function Why({ field, isOnly }: { readonly field: Explained; readonly isOnly: boolean }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  return (
    <section className={styles.part} aria-label={fieldWords(words, field.path)}>
      {!isOnly && (
        <h3>
          {fieldWords(words, field.path)}: <Value value={field.value} path={field.path} />
        </h3>
      )}
      <h3>{say('setBy')}</h3>
      <SetFacts set={field.set} />
      {field.madeFrom && <Made made={field.madeFrom} />}
      {field.conflicts.length > 0 && (
        <section className={styles.part}>
          <h3>{say('decidedConflicts')}</h3>
          <ul className={styles.list}>
            {field.conflicts.map((one) => (
              <li key={`${one.version} ${one.at}`}>
                <Time at={one.at} /> · {say('keptBy', { kept: one.kept, by: one.decidedBy })}
              </li>
            ))}
          </ul>
        </section>
      )}
      {field.copies.length > 0 && (
        <section className={styles.part}>
          <h3>{say('whereTo')}</h3>
          <ul className={styles.list}>
            {field.copies.map((copy) => (
              <li key={`${copy.connection} ${copy.object} ${copy.remoteId}`}>
                <Carried copy={copy} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}

function SetFacts({ set }: { readonly set: SetBy }): ReactNode {
  const say = texts.useSay();
  const via = set.told?.via ?? '';
  const origin = set.origin && Object.keys(set.origin).length > 0 ? set.origin : undefined;
  return (
    <>
      <Facts
        items={[
          [
            say('since'),
            set.at === undefined ? null : (
              <span key="at">
                <Time at={set.at} /> (<Age at={set.at} />)
                {set.version !== undefined && ` · ${say('sinceVersion', { version: set.version })}`}
              </span>
            ),
          ],
          [say('rule'), set.rule],
          [
            say('message'),
            set.told && (
              <span key="told">
                {say('messageOf', {
                  object: set.told.object,
                  connection: set.told.connection,
                  via: Object.hasOwn(texts.all, `via.${via}`) ? say(`via.${via}` as 'via.poll') : via,
                })}{' '}
                <span className={styles.quiet}>
                  {set.told.message} {set.told.remoteId}
                </span>
              </span>
            ),
          ],
          [say('mapping'), set.mapping],
          [say('stoodAt'), set.read?.vendor && <code key="vendor">{set.read.vendor}</code>],
          [say('raw'), set.read?.raw === undefined ? null : <Value key="raw" value={set.read.raw} path="" />],
          [
            say('how'),
            set.read && (
              <code key="how">{say('mappingLine', { how: set.read.how, line: set.read.line })}</code>
            ),
          ],
        ]}
      />
      {origin && !set.told && (
        <div className={styles.part}>
          <JsonView value={origin} label={say('cause')} />
        </div>
      )}
    </>
  );
}

function Made({ made }: { readonly made: NonNullable<Explained['madeFrom']> }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const { copied, shares = [] } = made;
  return (
    <section className={styles.part}>
      <h3>{say('madeFrom')}</h3>
      <p className={styles.quiet} style={{ marginTop: 0 }}>
        {say('madeBy', { rule: made.rule })} · {say('sources', { count: made.sources })}
      </p>
      <Facts
        items={[
          [say('expression'), made.expression && <code key="expression">{made.expression}</code>],
          [
            say('copiedFrom'),
            copied && (
              <span key="copied">
                <Link to="/records/$id" params={{ id: copied.recordId }} search={{ field: copied.path }}>
                  {`${words('entity', copied.entity)} ${copied.number ?? shortId(copied.recordId)}`}
                </Link>{' '}
                · {fieldWords(words, copied.path)}: <Value value={copied.value} path={copied.path} />
              </span>
            ),
          ],
        ]}
      />
      {shares.length > 0 && (
        <table className={styles.plain}>
          <tbody>
            {shares.slice(0, mostShares).map((share) => (
              <tr key={`${share.recordId} ${share.line ?? ''}`}>
                <th scope="row">
                  <Link to="/records/$id" params={{ id: share.recordId }}>
                    {`${words('entity', share.entity)} ${share.number ?? shortId(share.recordId)}`}
                  </Link>{' '}
                  {share.line !== undefined && say('line', { line: share.line })}
                </th>
                <td>
                  {Object.entries(share.sums).map(([name, sum]) => (
                    <div key={name}>
                      {fieldWords(words, name)} <Amount value={sum} />
                    </div>
                  ))}
                </td>
                <td className={styles.quiet}>{share.told?.message ?? share.rule}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Carried({ copy }: { readonly copy: CarriedTo }): ReactNode {
  const say = texts.useSay();
  const sayOf = useSayOf();
  const words = useWords();
  const { why } = copy;
  return (
    <div className={styles.lines}>
      <strong>{`${copy.connection} ${copy.object} ${copy.remoteNumber ?? copy.remoteId ?? ''}`}</strong>
      {(copy.written ?? []).map((one) => (
        <span key={one.vendor}>
          {say('writtenTo', { vendor: one.vendor })}
          {one.sent !== undefined && (
            <>
              {': '}
              <Value value={one.sent} path="" />
            </>
          )}
        </span>
      ))}
      {copy.request && (
        <span className={styles.quiet}>
          {say('carried', { step: words('step', copy.request.step) })} · <Time at={copy.request.at} /> ·{' '}
          {words('outcome', copy.request.outcome ?? 'open')}
        </span>
      )}
      {copy.written === undefined && copy.told && <span className={styles.quiet}>{say('toldOnly')}</span>}
      {why && (
        <span className={styles.quiet}>
          {say('why', {
            why: Object.hasOwn(texts.all, `why.${why.code}`)
              ? say(`why.${why.code}` as 'why.explain.due')
              : sayOf(why.code, why.sentence),
          })}{' '}
          {!why.code.startsWith('explain.') && <code>{why.code}</code>}
        </span>
      )}
    </div>
  );
}
