import { Button, Drawer } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Count } from '../../parts/Amount.tsx';
import { Details } from '../../parts/Details.tsx';
import { Filters } from '../../parts/Filters.tsx';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { ShownOnce } from '../../parts/ShownOnce.tsx';
import { State } from '../../parts/State.tsx';
import { Age } from '../../parts/Time.tsx';
import { texts as shellTexts } from '../../shell/texts.ts';
import { workRoute } from './route.ts';
import { texts } from './texts.ts';
import { UserForm } from './UserForm.tsx';
import { UserView } from './UserView.tsx';

type User = HubSchemas['User'];
type OneTime = HubSchemas['OneTimePassword'];

/** Who may sign in, and what they may do. */
export function Users(): ReactNode {
  const say = texts.useSay();
  const sayShell = shellTexts.useSay();
  const may = useMay();
  const { user } = workRoute.useSearch();
  const navigate = workRoute.useNavigate();
  const [oneTime, setOneTime] = useState<OneTime>();
  const open = (id: string | undefined): void => void navigate({ search: (now) => ({ ...now, user: id }) });
  const columns: readonly Column<User>[] = [
    { key: 'email', title: say('email'), width: '2fr', show: (one) => one.email },
    { key: 'name', title: say('name'), show: (one) => one.name },
    { key: 'role', title: say('role'), width: 130, show: (one) => sayShell(one.role) },
    { key: 'state', title: say('state'), width: 240, show: (one) => <UserState one={one} /> },
    {
      key: 'sessions',
      title: say('sessions'),
      width: 100,
      align: 'end',
      show: (one) => <Count value={one.sessions} />,
    },
    {
      key: 'seen',
      title: say('seen'),
      width: 140,
      show: ({ lastSeenAt }) => (lastSeenAt === null ? say('never') : <Age at={lastSeenAt} />),
    },
  ];
  return (
    <>
      {may('admin') && (
        <Filters listKey={['users']}>
          <Button type="primary" onClick={() => open('new')}>
            {say('addUser')}
          </Button>
        </Filters>
      )}
      <PagedTable
        label={say('users')}
        height="calc(100vh - 310px)"
        listKey={['users']}
        read={(cursor, signal) =>
          answer(hub.GET('/v1/users', { params: { query: { cursor, limit: 200 } }, signal }))
        }
        idOf={({ id }) => id}
        columns={columns}
        openId={user}
        onOpen={({ id }) => open(id)}
      />
      <Drawer
        open={user !== undefined && may('admin')}
        size={620}
        title={say(user === 'new' ? 'addUser' : 'user')}
        onClose={() => open(undefined)}
        destroyOnHidden
      >
        {user === 'new' && (
          <UserForm
            onMade={(made) => {
              open(undefined);
              setOneTime(made);
            }}
          />
        )}
        {user !== undefined && user !== 'new' && <UserView key={user} id={user} onPassword={setOneTime} />}
      </Drawer>
      <ShownOnce title={say('oneTime')} value={oneTime?.password} onClose={() => setOneTime(undefined)}>
        <p>{say('oneTimeLead')}</p>
        <Details lines={[[say('email'), oneTime?.user.email]]} />
      </ShownOnce>
    </>
  );
}

function UserState({ one }: { readonly one: User }): ReactNode {
  const say = texts.useSay();
  if (one.disabled) return <State colour="red">{say('disabled')}</State>;
  if (one.mustChangePassword) return <State colour="amber">{say('mustChange')}</State>;
  return <State colour="green">{say('maySignIn')}</State>;
}
