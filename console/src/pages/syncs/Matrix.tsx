import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { Span } from '../../parts/Time.tsx';
import { Chip } from './Chip.tsx';
import { FieldMatrix } from './FieldMatrix.tsx';
import { MappingLink } from './MappingLink.tsx';
import styles from './matrix.module.css';
import { syncsRoute } from './route.ts';
import { texts } from './texts.ts';

type Sync = HubSchemas['Sync'];
type Party = Sync['parties'][number];

/** Syncs by connections: who takes part, and how; below, one of them field by field. */
export function Matrix(): ReactNode {
  const say = texts.useSay();
  const { sync: chosen } = syncsRoute.useSearch();
  const syncs = useQuery({
    queryKey: ['syncs'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/syncs', { signal })),
  });
  return (
    <QueryView
      query={syncs}
      isEmpty={({ items }) => items.length === 0}
      empty={
        <Nothing action={<Link to="/connections">{say('toConnections')}</Link>}>{say('noSyncs')}</Nothing>
      }
    >
      {({ items }) => (
        <>
          <Overview syncs={items} chosen={chosen} />
          <FieldMatrix sync={chosen ?? items[0]?.name ?? ''} />
        </>
      )}
    </QueryView>
  );
}

function Overview({
  syncs,
  chosen,
}: {
  readonly syncs: readonly Sync[];
  readonly chosen: string | undefined;
}): ReactNode {
  const say = texts.useSay();
  const connections = [
    ...new Set(syncs.flatMap(({ parties }) => parties.map((one) => one.connection))),
  ].sort();
  const open = chosen ?? syncs[0]?.name;
  return (
    // Whoever has no mouse scrolls it with the keys.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.scroll} aria-label={say('overview')} tabIndex={0}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{say('sync')}</th>
            {connections.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
            <th scope="col">{say('decides')}</th>
          </tr>
        </thead>
        <tbody>
          {syncs.map((sync) => (
            <tr key={sync.name} aria-current={sync.name === open ? true : undefined}>
              <th scope="row">
                <Link to="/syncs" search={{ tab: 'matrix', sync: sync.name }}>
                  {sync.name}
                </Link>
                <div className={styles.small}>
                  {sync.nature === null ? sync.entity : say(natureKey(sync.nature))}
                </div>
              </th>
              {connections.map((connection) => (
                <td key={connection}>
                  {sync.parties
                    .filter((party) => party.connection === connection)
                    .map((party) => (
                      <PartyCell key={party.name} party={party} />
                    ))}
                </td>
              ))}
              <td>
                <Decides sync={sync} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PartyCell({ party }: { readonly party: Party }): ReactNode {
  const say = texts.useSay();
  return (
    <>
      <div className={styles.party}>
        {party.reads && <Chip kind="reads">{say('reads')}</Chip>}
        {party.creates && <Chip kind="writes">{say('creates')}</Chip>}
        {party.updates && <Chip kind="writes">{say('updates')}</Chip>}
        {party.removes && <Chip kind="writes">{say('removes')}</Chip>}
        {party.deletes && <Chip>{say('deletes')}</Chip>}
        {party.conditional && <Chip>{say('conditional')}</Chip>}
        {party.mode !== 'live' && <Chip>{say(party.mode)}</Chip>}
      </div>
      <div className={styles.mapping}>
        <MappingLink mapping={party.mapping} connection={party.connection} />
        {party.pollMs !== null && (
          <div>
            {say('polled')} <Span seconds={party.pollMs / 1_000} />
          </div>
        )}
      </div>
    </>
  );
}

function Decides({ sync }: { readonly sync: Sync }): ReactNode {
  const say = texts.useSay();
  const owners = Object.entries(sync.owners as Readonly<Record<string, unknown>>);
  return (
    <>
      {owners.map(([path, owner]) => (
        <div key={path}>
          <code>{path}</code> <Chip kind="owns">{typeof owner === 'string' ? owner : say('byStage')}</Chip>
        </div>
      ))}
      <span className={styles.small}>
        {say(sync.nature === 'state' || sync.nature === null ? conflictKey(sync.conflict) : 'byStatement')}
      </span>
    </>
  );
}

function conflictKey(conflict: string | null): 'newest' | 'owner' | 'park' {
  return conflict === 'owner' || conflict === 'park' ? conflict : 'newest';
}

const natures = ['state', 'document', 'quantity'] as const;

function natureKey(nature: string): `nature.${(typeof natures)[number]}` | 'nature.other' {
  const known = natures.find((one) => one === nature);
  return known === undefined ? 'nature.other' : `nature.${known}`;
}
