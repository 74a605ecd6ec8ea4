import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Card, Skeleton, Space, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Amount } from '../../parts/Amount.tsx';
import { PersonalSwitch, usePersonal } from '../../parts/Masked.tsx';
import { useWords } from '../../parts/model-words.ts';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { State } from '../../parts/State.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { CopyDrawer } from './CopyDrawer.tsx';
import { Documents } from './Documents.tsx';
import styles from './find.module.css';
import { followed } from './follow.ts';
import { Holds } from './Holds.tsx';
import { orderRoute } from './route.ts';
import { texts } from './texts.ts';
import { pagesKey, useVerbs } from './verbs.tsx';
import { waitText } from './Wait.tsx';

type OrderPage = HubSchemas['OrderPage'];

export default function Page(): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const verbs = useVerbs();
  const { name } = orderRoute.useParams();
  const { copy, try: tryId } = orderRoute.useSearch();
  const navigate = orderRoute.useNavigate();
  const personal = usePersonal();
  const query = useQuery({
    queryKey: [pagesKey, 'order', name, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/orders/{name}/page', { params: { path: { name }, query: { personal } }, signal })),
    refetchInterval: followed(personal),
  });
  const order = query.data;
  const record = order && { id: order.id, entity: 'order', number: order.number };
  const isHeld = order?.holds.some((one) => one.recordId === order.id && one.connection === null) === true;
  return (
    <PageFrame
      title={say('order', { number: order?.number ?? name })}
      lead={order && <Lead order={order} />}
      actions={
        <>
          <PersonalSwitch />
          {order && (
            <Link to="/records/$id" params={{ id: order.id }}>
              <Button tabIndex={-1}>{say('toRecord')}</Button>
            </Link>
          )}
          {record && may('operate') && (
            <Button onClick={() => (isHeld ? verbs.release(record) : verbs.hold(record))}>
              {say(isHeld ? 'release' : 'hold')}
            </Button>
          )}
        </>
      }
    >
      <QueryView query={query} skeleton={<Skeleton active paragraph={{ rows: 10 }} />}>
        {(data) => (
          <>
            <Notices order={data} />
            <div className={styles.two}>
              <Next order={data} />
              <Numbers order={data} />
            </div>
            <Documents
              order={data}
              open={copy}
              onOpen={(link) => void navigate({ search: { copy: link } })}
            />
          </>
        )}
      </QueryView>
      <CopyDrawer
        copy={copy}
        tryId={tryId}
        onTry={(id) => void navigate({ search: (now) => ({ ...now, try: id }), replace: true })}
        onClose={() => void navigate({ search: {} })}
      />
    </PageFrame>
  );
}

function Lead({ order }: { readonly order: OrderPage }): ReactNode {
  const words = useWords();
  const say = texts.useSay();
  return (
    <Space size={12} wrap>
      <Tag variant="outlined">{words('stage', order.stage)}</Tag>
      {order.kind !== null && <span>{words('word', order.kind)}</span>}
      {order.payable !== null && (
        <span>
          {say('payable')} <Amount value={order.payable} currency={order.currency ?? undefined} />
        </span>
      )}
      {order.placedAt !== null && (
        <span>
          {say('placed')} <Time at={order.placedAt} /> (<Age at={order.placedAt} />)
        </span>
      )}
    </Space>
  );
}

/** What stands in the way of the whole order. */
function Notices({ order }: { readonly order: OrderPage }): ReactNode {
  const say = texts.useSay();
  return (
    <>
      <Holds
        holds={order.holds}
        nameOf={(id) => {
          const document = order.documents.find((one) => one.id === id);
          return { id, entity: document?.entity ?? 'order', number: document?.number ?? null };
        }}
      />
      {order.conflicts.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={say('disputed', { count: order.conflicts.length })}
          description={order.conflicts.map((one) => one.path).join(', ')}
          action={
            <Link to="/records/$id" params={{ id: order.id }} search={{ tab: 'conflicts' }}>
              {say('decide')}
            </Link>
          }
        />
      )}
      {order.requests.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={say('requests')}
          description={order.requests.map((one) => (
            <div key={one.id}>
              {say('request', {
                connection: one.connection,
                kind: sayOr(say, `request.${one.kind}`, one.kind),
                state: sayOr(say, `request.${one.state}`, one.state),
              })}
            </div>
          ))}
        />
      )}
    </>
  );
}

function sayOr(say: ReturnType<typeof texts.useSay>, key: string, otherwise: string): string {
  return Object.hasOwn(texts.all, key) ? say(key as 'request.asked') : otherwise;
}

function Next({ order }: { readonly order: OrderPage }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const sentences = order.documents.flatMap((document) =>
    document.copies.flatMap((copy) => {
      if (copy.next === 'nothing') return [];
      const what = `${words('entity', document.entity)} ${document.number ?? ''}`.trim();
      const place = `${copy.object} (${copy.connection})`;
      const step = words('step', copy.nextStep ?? '');
      const waits = copy.waits.map((one) => waitText(one, say, words)).join(', ') || say('whatItNeeds');
      const head = { id: copy.link, since: copy.since, problem: copy.problem };
      switch (copy.next) {
        case 'write':
        case 'note':
        case 'lookUp':
          return [{ ...head, text: say(`next.${copy.next}`, { step, what, place }) }];
        case 'wait':
          return [{ ...head, text: say('next.wait', { what, place, waits }) }];
        default:
          return [{ ...head, text: say(`next.${copy.next}`, { what, place }) }];
      }
    }),
  );
  return (
    <Card size="small" title={say('next')}>
      {sentences.length === 0 ? (
        <State colour="green">{say('nothingNext')}</State>
      ) : (
        <ul className={styles.list}>
          {sentences.map(({ id, text, since, problem }) => (
            <li key={id}>
              {text}
              {since !== null && (
                <span className={styles.quiet}>
                  {' '}
                  · <Age at={since} />
                </span>
              )}
              {problem && (
                <div className={styles.quiet}>
                  <Sentence code={problem.code} said={problem.sentence} /> <code>{problem.code}</code>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Numbers({ order }: { readonly order: OrderPage }): ReactNode {
  const say = texts.useSay();
  const numbers = Object.entries(order.numbers);
  return (
    <Card size="small" title={say('numbers')}>
      {numbers.length === 0 ? (
        <p className={styles.quiet}>{say('noNumbers')}</p>
      ) : (
        <table className={styles.plain}>
          <tbody>
            {numbers.map(([connection, list]) => (
              <tr key={connection}>
                <th scope="row">{connection}</th>
                <td>
                  {list.map(({ object, number }) => (
                    <div key={`${object} ${number}`}>
                      <Typography.Text copyable={{ text: number }}>{number}</Typography.Text>{' '}
                      <span className={styles.quiet}>{object}</span>
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
