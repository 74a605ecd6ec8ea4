import { useQuery } from '@tanstack/react-query';
import { Descriptions, Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useLanguage } from '../../language/index.ts';
import { JsonView } from '../../parts/Code.tsx';
import { useWords } from '../../parts/model-words.ts';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence, useSayOf } from '../../parts/Sentence.tsx';
import { State } from '../../parts/State.tsx';
import { Age, Span, Time } from '../../parts/Time.tsx';
import styles from './connections.module.css';
import { ModeTag } from './parts.tsx';
import { objectQuery, titleIn } from './queries.ts';
import { connectionsRoute } from './route.ts';
import { texts } from './texts.ts';

type Item = HubSchemas['ConnectionObject'];

/** What the system has: natures, ways, how often it is asked, when it was read last. */
export function Objects({ id }: { readonly id: string }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const language = useLanguage();
  const { object } = connectionsRoute.useSearch();
  const navigate = connectionsRoute.useNavigate();
  const open = (name: string | undefined): void =>
    void navigate({ search: (now) => ({ ...now, object: name }) });
  const columns: readonly Column<Item>[] = [
    {
      key: 'object',
      title: say('object'),
      width: '2fr',
      show: (item) => (
        <span className={styles.cellTwo}>
          <strong>{item.title === null ? item.object : titleIn(item.title, language)}</strong>
          {item.title !== null && <code className={styles.quiet}>{item.object}</code>}
        </span>
      ),
    },
    {
      key: 'nature',
      title: say('nature'),
      width: 165,
      show: (item) => (
        <span className={styles.cellTwo}>
          <span>{item.entity === null ? '—' : words('entity', item.entity)}</span>
          <span className={styles.quiet}>{natureText(item.nature, say)}</span>
        </span>
      ),
    },
    { key: 'way', title: say('way'), width: 175, show: (item) => wayText(item, say) },
    {
      key: 'syncs',
      title: say('syncs'),
      width: '3fr',
      show: (item) =>
        [...new Set(item.parties.map((one) => `${one.sync} (${one.mapping})`))].join(', ') || '—',
    },
    {
      key: 'poll',
      title: say('polling'),
      width: 135,
      show: (item) => {
        const [fastest] = item.parties.flatMap((one) => one.pollMs ?? []).sort((a, b) => a - b);
        return fastest === undefined ? '—' : <Span seconds={fastest / 1_000} />;
      },
    },
    { key: 'read', title: say('lastRead'), width: '1.5fr', show: (item) => <Reading item={item} /> },
  ];
  return (
    <>
      <PagedTable
        label={say('objects')}
        listKey={['connections', 'objects', id]}
        read={async (_cursor, signal) => ({
          items: (await answer(hub.GET('/v1/connections/{id}/objects', { params: { path: { id } }, signal })))
            .items,
          next: null,
        })}
        idOf={(item) => item.object}
        columns={columns}
        rowHeight={56}
        height={520}
        openId={object}
        onOpen={(item) => open(item.object)}
        empty={say('noObjects')}
      />
      <Drawer open={object !== undefined} size={640} title={object} onClose={() => open(undefined)}>
        {object !== undefined && <InFull id={id} object={object} />}
      </Drawer>
    </>
  );
}

function Reading({ item: { reading } }: { readonly item: Item }): ReactNode {
  const say = texts.useSay();
  const sayOf = useSayOf();
  if (!reading) return '—';
  const when = reading.coveredAt === null ? say('neverRead') : <Age at={reading.coveredAt} />;
  if (reading.code === null) return when;
  return (
    <span className={styles.cellTwo}>
      <State colour="amber">{when}</State>
      <span className={styles.quiet} title={sayOf(reading.code, reading.sentence ?? '')}>
        {reading.code}
      </span>
    </span>
  );
}

function InFull({ id, object }: { readonly id: string; readonly object: string }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const found = useQuery(objectQuery(id, object));
  return (
    <QueryView query={found}>
      {(item) => (
        <div className={styles.stack}>
          <Descriptions
            column={1}
            size="small"
            items={[
              {
                key: 'entity',
                label: say('entity'),
                children: item.entity === null ? '—' : words('entity', item.entity),
              },
              { key: 'nature', label: say('nature'), children: natureText(item.nature, say) || '—' },
              { key: 'way', label: say('way'), children: wayText(item, say) },
              { key: 'payload', label: say('payload'), children: say(`payload-${item.payload}`) },
              { key: 'create', label: say('createSafety'), children: say(`create-${item.createSafety}`) },
              { key: 'batch', label: say('batchSize'), children: item.batchSize },
              {
                key: 'gone',
                label: say('tellsDeletions'),
                children: say(item.tellsDeletions ? 'yes' : 'no'),
              },
              ...(item.reading
                ? [
                    { key: 'read', label: say('lastRead'), children: <Time at={item.reading.coveredAt} /> },
                    { key: 'due', label: say('nextRead'), children: <Age at={item.reading.dueAt} /> },
                  ]
                : []),
              ...(item.reading?.code
                ? [
                    {
                      key: 'failed',
                      label: say('failures', { count: item.reading.failures }),
                      children: (
                        <span className="lh-break">
                          <code>{item.reading.code}</code>{' '}
                          <Sentence code={item.reading.code} said={item.reading.sentence} />
                        </span>
                      ),
                    },
                  ]
                : []),
            ]}
          />
          {item.parties.map((party) => (
            <Descriptions
              key={`${party.sync} ${party.mapping}`}
              column={1}
              size="small"
              bordered
              title={say('inSync', { sync: party.sync })}
              items={[
                { key: 'mapping', label: say('mapping'), children: <code>{party.mapping}</code> },
                { key: 'mode', label: say('mode'), children: <ModeTag mode={party.mode} /> },
                { key: 'reads', label: say('reads'), children: say(party.reads ? 'yes' : 'no') },
                {
                  key: 'writes',
                  label: say('writes'),
                  children:
                    (['creates', 'updates', 'removes'] as const)
                      .filter((one) => party[one])
                      .map((one) => say(one))
                      .join(', ') || say('no'),
                },
                {
                  key: 'poll',
                  label: say('polling'),
                  children: party.pollMs === null ? '—' : <Span seconds={party.pollMs / 1_000} />,
                },
              ]}
            />
          ))}
          {item.schema !== null && (
            <section>
              <h3 className={styles.unit}>{say('schema')}</h3>
              <JsonView value={item.schema} label={say('schema')} height="320px" />
            </section>
          )}
        </div>
      )}
    </QueryView>
  );
}

type Say = ReturnType<typeof texts.useSay>;

function wayText({ parties, can }: Item, say: Say): string {
  const reads = parties.some((one) => one.reads);
  const writes = parties.some((one) => one.writes);
  if (reads && writes) return say('both');
  if (reads) return say('in');
  if (writes) return say('out');
  return say(can.write ? 'unused' : 'unusedRead');
}

function natureText(nature: string | null, say: Say): string {
  return nature === 'state' || nature === 'document' || nature === 'quantity' ? say(`nature-${nature}`) : '';
}
