import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { JsonView } from '../../parts/Code.tsx';
import { Details } from '../../parts/Details.tsx';
import { FilterMoment, Filters, FilterText } from '../../parts/Filters.tsx';
import { usePersonal } from '../../parts/Masked.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { type WorkSearch, workRoute } from './route.ts';
import { texts } from './texts.ts';

type Entry = HubSchemas['AuditEntry'];

/** Who decided what; and whether the log is what was written. */
export function Audit(): ReactNode {
  const say = texts.useSay();
  const personal = usePersonal();
  const { author, action, subject, since, entry } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const [verifying, setVerifying] = useState(false);
  const narrow = (change: Partial<WorkSearch>): void =>
    void navigate({ search: (now) => ({ ...now, ...change }) });
  const columns: readonly Column<Entry>[] = [
    { key: 'at', title: say('when'), width: 140, show: (one) => <Age at={one.at} /> },
    { key: 'author', title: say('author'), width: '2fr', show: (one) => one.author },
    { key: 'action', title: say('action'), width: '2fr', show: (one) => one.action },
    { key: 'subject', title: say('about'), width: '3fr', show: (one) => one.subject },
  ];
  return (
    <>
      <Filters listKey={['audit']}>
        <FilterText label={say('author')} value={author} onChange={(value) => narrow({ author: value })} />
        <FilterText
          label={say('actionFilter')}
          value={action}
          onChange={(value) => narrow({ action: value })}
        />
        <FilterText label={say('about')} value={subject} onChange={(value) => narrow({ subject: value })} />
        <FilterMoment label={say('since')} value={since} onChange={(value) => narrow({ since: value })} />
        <Button onClick={() => setVerifying(true)}>{say('verify')}</Button>
      </Filters>
      {verifying && <Chain />}
      <PagedTable
        label={say('audit')}
        height="calc(100vh - 310px)"
        listKey={['audit', { author, action, subject, since, personal }]}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/audit', {
              params: { query: { author, action, subject, since, personal, cursor, limit: 200 } },
              signal,
            }),
          )
        }
        idOf={({ id }) => String(id)}
        columns={columns}
        openId={entry}
        onOpen={({ id }) => narrow({ entry: String(id) })}
        empty={say('noEntries')}
      />
      <Drawer
        open={entry !== undefined}
        size={620}
        title={say('entry', { id: entry ?? '' })}
        onClose={() => narrow({ entry: undefined })}
      >
        {entry !== undefined && <EntryView id={entry} />}
      </Drawer>
    </>
  );
}

function EntryView({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const personal = usePersonal();
  const entry = useQuery({
    queryKey: ['audit-entry', id, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/audit/{id}', { params: { path: { id }, query: { personal } }, signal })),
  });
  return (
    <QueryView query={entry}>
      {(one) => (
        <>
          <Details
            lines={[
              [say('when'), <Time key="w" at={one.at} />],
              [say('author'), one.author],
              [say('action'), one.action],
              [say('about'), one.subject],
            ]}
          />
          <JsonView value={one.details} label={say('details')} />
        </>
      )}
    </QueryView>
  );
}

/** Computes the chain anew. */
function Chain(): ReactNode {
  const say = texts.useSay();
  const chain = useQuery({
    queryKey: ['audit-chain'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/audit/chain', { signal })),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <div style={{ marginBottom: 12 }}>
      <QueryView query={chain}>
        {({ entries, head, findings }) => (
          <Alert
            type={findings.length === 0 ? 'success' : 'error'}
            showIcon
            role="status"
            title={
              findings.length === 0
                ? say('chainWhole', { count: entries })
                : say('chainBroken', { count: findings.length })
            }
            description={
              <>
                {head !== null && (
                  <div className="lh-break">
                    {say('chainHead')} <code>{`${head.seq}:${head.hash}`}</code>
                  </div>
                )}
                {findings.slice(0, 20).map((one) => (
                  <div key={`${one.kind}${one.seq}${one.auditId}`}>
                    {say(`finding.${one.kind}`)}: {one.auditId ?? one.seq}
                  </div>
                ))}
              </>
            }
          />
        )}
      </QueryView>
    </div>
  );
}
