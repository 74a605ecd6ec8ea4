import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import type { HubSchemas } from '../../api/client.ts';
import { fieldWords, useWords } from '../../parts/model-words.ts';
import { Sentence } from '../../parts/Sentence.tsx';
import { Age } from '../../parts/Time.tsx';
import { LinkState } from './CopyDrawer.tsx';
import styles from './find.module.css';
import { texts } from './texts.ts';
import { CopyVerbs, RecordVerbs } from './VerbsMenu.tsx';
import { waitText } from './Wait.tsx';

type OrderPage = HubSchemas['OrderPage'];
type Document = OrderPage['documents'][number];
type Copy = Document['copies'][number];

interface DocumentsProps {
  readonly order: OrderPage;
  /** The copy that is open. */
  readonly open: string | undefined;
  readonly onOpen: (link: string) => void;
}

/** The chain: a row for each document, a column for each system, and where it stands there. */
export function Documents({ order, open, onOpen }: DocumentsProps): ReactNode {
  const say = texts.useSay();
  const connections = [
    ...new Set(order.documents.flatMap((document) => document.copies.map((copy) => copy.connection))),
  ];
  const isHeld = (id: string, copy?: Copy): boolean =>
    order.holds.some(
      (hold) =>
        hold.recordId === id &&
        (hold.connection === null || hold.connection === copy?.connection) &&
        (hold.object === null || hold.object === copy?.object),
    );
  return (
    <section aria-label={say('documents')}>
      <h2>{say('documents')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled can be reached */}
      <section className={styles.chain} tabIndex={0} aria-label={say('documents')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('document')}</th>
              {connections.map((one) => (
                <th key={one} scope="col">
                  {one}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {order.documents.map((document) => (
              <tr key={document.id}>
                <th scope="row">
                  <DocumentHead order={order} document={document} isHeld={isHeld(document.id)} />
                </th>
                {connections.map((connection) => (
                  <td key={connection}>
                    <Cell
                      document={document}
                      copies={document.copies.filter((copy) => copy.connection === connection)}
                      open={open}
                      onOpen={onOpen}
                      isHeld={(copy) => isHeld(document.id, copy)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function DocumentHead({
  order,
  document,
  isHeld,
}: {
  readonly order: OrderPage;
  readonly document: Document;
  readonly isHeld: boolean;
}): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const name = `${words('entity', document.entity)} ${document.number ?? ''}`.trim();
  const sources = document.after.flatMap((id) => {
    const source = order.documents.find((one) => one.id === id);
    return source ? [`${words('entity', source.entity)} ${source.number ?? ''}`.trim()] : [];
  });
  const states = Object.entries(document.states);
  const days = Object.entries(document.dates).filter(([, day]) => day !== null);
  return (
    <div className={styles.document}>
      <div className={styles.lines}>
        <Link to="/records/$id" params={{ id: document.id }}>
          <strong>{name}</strong>
        </Link>
        {document.state !== 'live' && <span>{words('record', document.state)}</span>}
        {document.stage !== null && document.entity === 'order' && (
          <span>{words('stage', document.stage)}</span>
        )}
        {document.entity !== 'order' && states.length > 0 && (
          <span>
            {states.map(([state, word]) => `${fieldWords(words, state)}: ${words('word', word)}`).join(', ')}
          </span>
        )}
        {days.map(([field, day]) => (
          <span key={field} className={styles.quiet}>{`${fieldWords(words, field)}: ${day}`}</span>
        ))}
        <span className={styles.quiet}>
          {document.rule === null
            ? document.from !== null && say('toldBy', { connection: document.from })
            : say('madeBy', { rule: document.rule })}
          {sources.length > 0 && ` · ${say('after', { documents: sources.join(', ') })}`}
        </span>
        <span className={styles.quiet}>
          <Age at={document.madeAt} />
        </span>
      </div>
      <RecordVerbs
        record={{ id: document.id, entity: document.entity, number: document.number }}
        isHeld={isHeld}
        dates={Object.keys(document.dates)}
        label={name}
      />
    </div>
  );
}

interface CellProps {
  readonly document: Document;
  readonly copies: readonly Copy[];
  readonly open: string | undefined;
  readonly onOpen: (link: string) => void;
  readonly isHeld: (copy: Copy) => boolean;
}

function Cell({ document, copies, open, onOpen, isHeld }: CellProps): ReactNode {
  const say = texts.useSay();
  if (copies.length === 0) return <span className={styles.quiet}>{say('noCopy')}</span>;
  return copies.map((copy) => (
    <div key={copy.link} className={`${styles.copy} ${copy.link === open ? styles.copyOpen : ''}`}>
      <CopyText copy={copy} onOpen={onOpen} />
      <CopyVerbs
        record={{ id: document.id, entity: document.entity, number: document.number }}
        copy={copy}
        isHeld={isHeld(copy)}
      />
    </div>
  ));
}

function CopyText({
  copy,
  onOpen,
}: {
  readonly copy: Copy;
  readonly onOpen: (link: string) => void;
}): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const number = copy.remoteNumber ?? copy.remoteId;
  return (
    <div className={styles.lines}>
      <Button
        type="link"
        className={styles.number}
        aria-label={say('openCopy', {
          object: copy.object,
          number: number ?? say('noNumber'),
          connection: copy.connection,
        })}
        onClick={() => onOpen(copy.link)}
      >
        {number ?? say('noNumber')}
      </Button>
      <span className={styles.quiet}>{copy.object}</span>
      <span>
        <LinkState state={copy.state} code={copy.problem?.code ?? null} />
        {copy.since !== null && (
          <span className={styles.quiet}>
            {' '}
            · <Age at={copy.since} />
          </span>
        )}
      </span>
      {copy.told && <span className={styles.quiet}>{say('came')}</span>}
      {copy.step !== null && (
        <span className={styles.quiet}>{say('stepDone', { step: words('step', copy.step) })}</span>
      )}
      {copy.nextStep !== null && <span>{say('stepNext', { step: words('step', copy.nextStep) })}</span>}
      {copy.remoteStatus !== null && (
        <span className={styles.quiet}>{say('statusThere', { status: copy.remoteStatus })}</span>
      )}
      {copy.waits.map((one) => (
        <span key={`${one.kind} ${one.target}`}>
          {say('waitsFor')}: {waitText(one, say, words)}
        </span>
      ))}
      {copy.problem && copy.problem.code !== 'push.held' && (
        <span className={styles.bad}>
          <Sentence code={copy.problem.code} said={copy.problem.sentence} /> <code>{copy.problem.code}</code>
        </span>
      )}
    </div>
  );
}
