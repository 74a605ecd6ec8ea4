import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Space } from 'antd';
import type { ReactNode } from 'react';
import { answer, answerWithTag, type HubSchemas, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useCaller } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Details } from '../../parts/Details.tsx';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { texts } from './texts.ts';
import { UserForm } from './UserForm.tsx';

type User = HubSchemas['User'];
type OneTime = HubSchemas['OneTimePassword'];

export function UserView({
  id,
  onPassword,
}: {
  readonly id: string;
  readonly onPassword: (made: OneTime) => void;
}): ReactNode {
  const say = texts.useSay();
  const user = useQuery({
    queryKey: ['user', id],
    queryFn: ({ signal }) => answerWithTag(hub.GET('/v1/users/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <QueryView query={user}>
      {({ data, tag }) => (
        <>
          <Actions one={data} onPassword={onPassword} />
          <Details
            lines={[
              [say('email'), data.email],
              [say('seen'), data.lastSeenAt === null ? say('never') : <Age key="s" at={data.lastSeenAt} />],
              [
                say('made'),
                <span key="m">
                  <Time at={data.createdAt} /> · {data.createdBy}
                </span>,
              ],
              data.disabledAt !== null && [
                say('disabled'),
                <span key="d">
                  <Time at={data.disabledAt} /> · {data.disabledBy}
                </span>,
              ],
            ]}
          />
          {data.rightsFrom === 'provider' ? (
            <Alert type="info" showIcon title={say('fromProvider')} style={{ marginBottom: 16 }} />
          ) : (
            <UserForm before={data} tag={tag} />
          )}
          <Sessions id={id} />
        </>
      )}
    </QueryView>
  );
}

/** Reads again what a change of a user changes. */
function useRefresh(id: string): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      refreshLists(queries, 'users'),
      queries.invalidateQueries({ queryKey: ['user', id] }),
      queries.invalidateQueries({ queryKey: ['user-sessions', id] }),
    ]);
  };
}

function Actions({
  one,
  onPassword,
}: {
  readonly one: User;
  readonly onPassword: (made: OneTime) => void;
}): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const caller = useCaller();
  const after = useRefresh(one.id);
  const { email } = one;
  const params = { path: { id: one.id } };
  const toggle = () =>
    act({
      title: say(one.disabled ? 'enableUser' : 'disableUser', { email }),
      verb: say(one.disabled ? 'enable' : 'disable'),
      what: say(one.disabled ? 'enableUserWhat' : 'disableUserWhat'),
      isDangerous: !one.disabled,
      run: () =>
        answer(hub.POST(one.disabled ? '/v1/users/{id}/enable' : '/v1/users/{id}/disable', { params })),
      done: ({ disabled }) => say(disabled ? 'nowDisabled' : 'nowEnabled', { email }),
      after,
    });
  const reset = () =>
    act({
      title: say('resetTitle', { email }),
      verb: say('reset'),
      what: say('resetWhat'),
      run: () => answer(hub.POST('/v1/users/{id}/reset-password', { params })),
      done: () => say('resetDone', { email }),
      after: async (made) => {
        onPassword(made);
        await after();
      },
    });
  return (
    <Space wrap style={{ marginBottom: 16 }}>
      {one.hasPassword && <Button onClick={reset}>{say('reset')}</Button>}
      {/* Nobody locks themselves out by mistake. */}
      {email !== caller.email && (
        <Button danger={!one.disabled} onClick={toggle}>
          {say(one.disabled ? 'enable' : 'disable')}
        </Button>
      )}
    </Space>
  );
}

function Sessions({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const after = useRefresh(id);
  const sessions = useQuery({
    queryKey: ['user-sessions', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/users/{id}/sessions', { params: { path: { id } }, signal })),
  });
  const endAll = () =>
    act({
      title: say('endAll'),
      verb: say('end'),
      what: say('endAllWhat'),
      isDangerous: true,
      run: () => answer(hub.DELETE('/v1/users/{id}/sessions', { params: { path: { id } } })),
      done: ({ ended }) => say('ended', { count: ended }),
      after,
    });
  const endOne = (session: string) =>
    act({
      title: say('endOne'),
      verb: say('end'),
      what: say('endOneWhat'),
      run: () =>
        answer(hub.DELETE('/v1/users/{id}/sessions/{session}', { params: { path: { id, session } } })),
      done: ({ ended }) => say('ended', { count: ended }),
      after,
    });
  return (
    <section aria-label={say('sessions')} style={{ marginTop: 24 }}>
      <h3>{say('sessions')}</h3>
      <QueryView
        query={sessions}
        isEmpty={({ items }) => items.length === 0}
        empty={<Nothing>{say('noSessions')}</Nothing>}
      >
        {({ items }) => (
          <>
            <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
              {items.map((one) => (
                <li
                  key={one.id}
                  style={{
                    display: 'flex',
                    gap: 12,
                    alignItems: 'center',
                    justifyContent: 'space-between',
                    padding: '6px 0',
                  }}
                >
                  <span className="lh-break">
                    {one.browser ?? say('unknownBrowser')}
                    {one.current && ` (${say('thisOne')})`}
                    <br />
                    {one.address ?? ''} {say('usedLast')} <Age at={one.lastUsedAt} />
                  </span>
                  <Button size="small" onClick={() => endOne(one.id)}>
                    {say('end')}
                  </Button>
                </li>
              ))}
            </ul>
            <Button danger onClick={endAll} style={{ marginTop: 8 }}>
              {say('endAll')}
            </Button>
          </>
        )}
      </QueryView>
    </section>
  );
}
