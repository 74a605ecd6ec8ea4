import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { Amount } from '../../../parts/Amount.tsx';
import { useLoaded } from '../../../parts/PagedTable.tsx';
import { QueryView } from '../../../parts/QueryView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Age } from '../../../parts/Time.tsx';
import { problemsRoute } from '../route.ts';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { Facts } from '../shared/Facts.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { How } from '../shared/How.tsx';
import { letterOf } from '../shared/places.ts';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';

type Stuck = HubSchemas['StuckWork'];

/** What waits or is tried again: nobody decides about it here, but everybody wants to know what it waits for. */
export function StuckDrawer({ listKey }: { readonly listKey: readonly unknown[] }): ReactNode {
  const say = texts.useSay();
  const { stuck } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const open = useLoaded<Stuck>(listKey, ({ name }) => name === stuck);
  const place = letterOf(stuck);
  return (
    <Side
      open={stuck !== undefined && open !== undefined}
      title={open?.number ?? stuck ?? ''}
      close={() => void navigate({ search: (now) => ({ ...now, stuck: undefined }) })}
    >
      {open && (
        <>
          <p className="lh-break">
            <Sentence code={open.code} said={open.sentence} isExplained />
          </p>
          <CodeHelp code={open.code} />
          <Facts
            facts={[
              [say('state'), <How key="state" state={open.state} />],
              [say('where'), `${open.connection} ${open.object}`],
              [say('number'), <FindLink key="number" number={open.number} />],
              [
                say('amount'),
                open.amount === null ? null : (
                  <Amount key="amount" value={open.amount} currency={open.currency ?? undefined} />
                ),
              ],
              [say('since'), <Age key="since" at={open.since} />],
            ]}
          />
          {place?.kind === 'push' && <WaitsFor link={place.id} />}
        </>
      )}
    </Side>
  );
}

function WaitsFor({ link }: { readonly link: string }): ReactNode {
  const say = texts.useSay();
  const query = useQuery({
    queryKey: ['problems', 'link', link],
    queryFn: ({ signal }) => answer(hub.GET('/v1/links/{id}', { params: { path: { id: link } }, signal })),
  });
  return (
    <QueryView query={query}>
      {({ waitsFor }) =>
        waitsFor.length > 0 && (
          <section aria-label={say('waitsFor')}>
            <h3>{say('waitsFor')}</h3>
            <ul>
              {waitsFor.map((one) => (
                <li key={`${one.kind}/${one.target}`} className="lh-break">
                  {say(one.kind === 'table' ? 'aCode' : 'aRecord')}{' '}
                  {one.number === null ? one.target : <FindLink number={one.number} />} ·{' '}
                  <Age at={one.since} />
                </li>
              ))}
            </ul>
          </section>
        )
      }
    </QueryView>
  );
}
