import { Drawer, Input } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { JsonView } from '../../parts/Code.tsx';
import { type Column, PagedTable, useLoaded } from '../../parts/PagedTable.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { accountRoute } from './route.ts';
import { texts } from './texts.ts';

type Entry = HubSchemas['AuditEntry'];

/** What a user has decided, from the audit log: which one is open and what is filtered stands in the address. */
export function Decisions({ author }: { readonly author: string }): ReactNode {
  const say = texts.useSay();
  const { action, decision } = accountRoute.useSearch();
  const navigate = accountRoute.useNavigate();
  const listKey = ['audit', { author, action }];
  const open = useLoaded<Entry>(listKey, ({ id }) => String(id) === decision);
  const columns: readonly Column<Entry>[] = [
    { key: 'at', title: say('at'), width: 140, show: ({ at }) => <Age at={at} /> },
    { key: 'action', title: say('action'), show: (entry) => entry.action },
    { key: 'subject', title: say('subject'), width: '2fr', show: ({ subject }) => subject },
  ];
  return (
    <section aria-label={say('decisions')}>
      <h2>{say('decisions')}</h2>
      <Input.Search
        allowClear
        defaultValue={action ?? ''}
        placeholder={say('filter')}
        aria-label={say('filter')}
        style={{ maxWidth: 320, marginBottom: 12 }}
        onSearch={(typed) =>
          void navigate({
            search: (now) => ({ ...now, action: typed.trim() === '' ? undefined : typed.trim() }),
          })
        }
      />
      <PagedTable
        label={say('decisions')}
        height={420}
        listKey={listKey}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/audit', { params: { query: { author, action, cursor, limit: 200 } }, signal }))
        }
        idOf={({ id }) => String(id)}
        columns={columns}
        openId={decision}
        onOpen={({ id }) => void navigate({ search: (now) => ({ ...now, decision: String(id) }) })}
        empty={say('noDecisions')}
      />
      <Drawer
        open={open !== undefined}
        size={560}
        title={say('decision', { id: decision ?? '' })}
        onClose={() => void navigate({ search: (now) => ({ ...now, decision: undefined }) })}
      >
        {open && (
          <>
            <p>
              <Time at={open.at} /> · {open.action} · {open.subject}
            </p>
            <JsonView value={open.details} label={say('details')} />
          </>
        )}
      </Drawer>
    </section>
  );
}
