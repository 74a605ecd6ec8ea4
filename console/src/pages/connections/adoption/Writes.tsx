import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { Count } from '../../../parts/Amount.tsx';
import { Diff, JsonView, jsonText } from '../../../parts/Code.tsx';
import { PersonalSwitch, usePersonal } from '../../../parts/Masked.tsx';
import { type Column, PagedTable, useLoaded } from '../../../parts/PagedTable.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../connections.module.css';
import { connectionsRoute } from '../route.ts';
import { adoptionTexts } from './adoption-texts.ts';

type Intent = HubSchemas['IntendedWrite'];

/** Writes that are held back because the connection is not live. */
export function Writes({ id }: { readonly id: string }): ReactNode {
  const say = adoptionTexts.useSay();
  const personal = usePersonal();
  const { row } = connectionsRoute.useSearch();
  const navigate = connectionsRoute.useNavigate();
  const show = (to: string | undefined): void => void navigate({ search: (now) => ({ ...now, row: to }) });
  const listKey = ['adoption', 'writes', id, personal];
  const open = useLoaded<Intent>(listKey, ({ link }) => link === row);
  const counts = useQuery({
    queryKey: ['adoption', 'counts', id],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/connections/{id}/intents/counts', { params: { path: { id } }, signal })),
  });
  const columns: readonly Column<Intent>[] = [
    { key: 'object', title: say('object'), show: (one) => one.object },
    { key: 'entity', title: say('entity'), show: (one) => one.entity },
    { key: 'key', title: say('key'), width: '2fr', show: (one) => one.key ?? one.record },
    { key: 'step', title: say('step'), show: (one) => one.step ?? say('update') },
    { key: 'at', title: say('since'), width: 140, show: (one) => <Age at={one.at} /> },
  ];
  return (
    <>
      <div className={styles.lists}>
        <PersonalSwitch />
        {counts.data?.items.map((one) => (
          <span key={`${one.object} ${one.step}`}>
            {one.object} {one.step}: <Count value={one.count} />
          </span>
        ))}
      </div>
      <PagedTable
        label={say('writes')}
        height={460}
        listKey={listKey}
        read={(cursor, signal) =>
          answer(
            hub.GET('/v1/connections/{id}/intents', {
              params: { path: { id }, query: { cursor, limit: 100, personal } },
              signal,
            }),
          )
        }
        idOf={({ link }) => link}
        columns={columns}
        openId={row}
        onOpen={({ link }) => show(link)}
        empty={say('none-writes')}
      />
      <Drawer
        open={open !== undefined}
        size={760}
        title={say('oneWrite', { name: open?.key ?? open?.record ?? '' })}
        onClose={() => show(undefined)}
      >
        {open && <InFull intent={open} />}
      </Drawer>
    </>
  );
}

function InFull({ intent }: { readonly intent: Intent }): ReactNode {
  const say = adoptionTexts.useSay();
  const sides = sidesOf(intent.difference);
  return (
    <div className={styles.stack}>
      {sides && (
        <Diff
          before={jsonText(sides.shown)}
          after={jsonText(sides.wanted)}
          beforeTitle={say('shownThere')}
          afterTitle={say('wouldBe')}
          language="json"
        />
      )}
      <h3 className={styles.unit}>{say('body')}</h3>
      <JsonView value={intent.body} label={say('body')} height="360px" />
    </div>
  );
}

/** Path → what is shown there and what is wanted, as two values. */
function sidesOf(difference: unknown): { shown: object; wanted: object } | undefined {
  if (typeof difference !== 'object' || difference === null) return undefined;
  const entries = Object.entries(difference as Record<string, Record<string, unknown> | null>);
  if (entries.length === 0) return undefined;
  const side = (name: 'shown' | 'wanted'): object =>
    Object.fromEntries(entries.map(([path, one]) => [path, one?.[name] ?? null]));
  return { shown: side('shown'), wanted: side('wanted') };
}
