import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Space, Tabs, Tag } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Masked, PersonalSwitch, usePersonal } from '../../parts/Masked.tsx';
import { useWords } from '../../parts/model-words.ts';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Age } from '../../parts/Time.tsx';
import { Conflicts } from './Conflicts.tsx';
import { Copies } from './Copies.tsx';
import { CopyDrawer } from './CopyDrawer.tsx';
import styles from './find.module.css';
import { followed } from './follow.ts';
import { History } from './History.tsx';
import { Holds } from './Holds.tsx';
import { recordRoute } from './route.ts';
import { texts } from './texts.ts';
import { shortId } from './Value.tsx';
import { Values } from './Values.tsx';
import { pagesKey, useVerbs } from './verbs.tsx';

type Record = HubSchemas['RecordWithCopies'];
type Tab = 'values' | 'history' | 'copies' | 'conflicts';

export default function Page(): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const { id } = recordRoute.useParams();
  const { tab = 'values', copy, try: tryId } = recordRoute.useSearch();
  const navigate = recordRoute.useNavigate();
  const personal = usePersonal();
  const query = useQuery({
    queryKey: [pagesKey, 'record', id, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/records/{id}', { params: { path: { id }, query: { personal } }, signal })),
    refetchInterval: followed(personal),
  });
  const record = query.data;
  const panes: Readonly<{ [Key in Tab]: (record: Record) => ReactNode }> = {
    values: (one) => <Values record={one} />,
    history: (one) => <History record={one} />,
    copies: (one) => <Copies record={one} />,
    conflicts: (one) => <Conflicts record={one} />,
  };
  return (
    <PageFrame
      title={say('record', {
        entity: words('entity', record?.entity ?? 'record'),
        number: record?.number ?? shortId(id),
      })}
      lead={record && <Lead record={record} />}
      actions={
        <>
          <PersonalSwitch />
          {record && <Verbs record={record} />}
        </>
      }
    >
      <QueryView query={query}>
        {(data) => (
          <>
            <Holds holds={data.holds.map((one) => ({ ...one, recordId: data.id }))} nameOf={() => data} />
            {data.mergedInto !== null && (
              <Alert
                type="info"
                showIcon
                title={say('mergedInto')}
                action={
                  <Link to="/records/$id" params={{ id: data.mergedInto }}>
                    {say('mergedRecord')}
                  </Link>
                }
              />
            )}
            <div className={styles.tabs}>
              <Tabs
                aria-label={say('tabs')}
                activeKey={tab}
                onChange={(key) => void navigate({ search: { tab: key as Tab } })}
                items={(Object.keys(panes) as Tab[]).map((key) => ({ key, label: say(key) }))}
              />
              {panes[tab](data)}
            </div>
          </>
        )}
      </QueryView>
      <CopyDrawer
        copy={copy}
        tryId={tryId}
        onTry={(one) => void navigate({ search: (now) => ({ ...now, try: one }), replace: true })}
        onClose={() => void navigate({ search: (now) => ({ ...now, copy: undefined, try: undefined }) })}
      />
    </PageFrame>
  );
}

function Lead({ record }: { readonly record: Record }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const { name } = record.data;
  return (
    <Space size={12} wrap>
      {typeof name === 'string' && <Masked value={name} />}
      <Tag variant="outlined">{words('record', record.state)}</Tag>
      <span>
        {say('version')} {record.version}
      </span>
      <span>
        {say('changed')} <Age at={record.updatedAt} />
      </span>
    </Space>
  );
}

function Verbs({ record }: { readonly record: Record }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const verbs = useVerbs();
  const isHeld = record.holds.some((one) => one.connection === null);
  const dates = Object.keys(record.dates);
  return (
    <>
      {record.entity === 'order' && (
        <Link to="/orders/$name" params={{ name: record.id }}>
          <Button tabIndex={-1}>{say('toOrder')}</Button>
        </Link>
      )}
      {may('operate') && dates.length > 0 && (
        <Button onClick={() => verbs.redate(record, dates)}>{say('redate')}</Button>
      )}
      {may('operate') && (
        <Button onClick={() => (isHeld ? verbs.release(record) : verbs.hold(record))}>
          {say(isHeld ? 'release' : 'hold')}
        </Button>
      )}
    </>
  );
}
