import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { Count } from '../../../parts/Amount.tsx';
import { type Column, PagedTable, useLoaded } from '../../../parts/PagedTable.tsx';
import { Age } from '../../../parts/Time.tsx';
import styles from '../mappings.module.css';
import { mappingsRoute } from '../route.ts';
import { texts } from '../texts.ts';
import { ImportDrawer } from './ImportDrawer.tsx';
import { always } from './Report.tsx';
import { RowDrawer } from './RowDrawer.tsx';
import { splitKey } from './spreadsheet.ts';

type Row = HubSchemas['CodeRow'];
type CodeTable = HubSchemas['CodeTable'];

interface CodeGridProps {
  readonly name: string;
  /** Undefined: it is not there yet, and made with its first row. */
  readonly table: CodeTable | undefined;
}

/** The rows of one table, however many: found, changed, ended, pasted from Excel, imported, exported. */
export function CodeGrid({ name, table }: CodeGridProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { connection, key, on, removed, row } = mappingsRoute.useSearch();
  const navigate = mappingsRoute.useNavigate();
  const [pasted, setPasted] = useState<string>();
  const keys = table?.keys ?? ['key'];
  const values = table?.values ?? ['value'];
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/connections', { signal })),
  });
  const names = connections.data?.items.map(({ id }) => id) ?? [];
  const listKey = ['crossrefs', name, { connection, key, on, removed }];
  const idOf = (one: Row): string => [one.connection, one.key, one.value, one.validFrom].join(' / ');
  const open = useLoaded<Row>(listKey, (one) => idOf(one) === row);
  const filter = (changed: Readonly<Record<string, string | undefined>>): void =>
    void navigate({ search: (now) => ({ ...now, ...changed, row: undefined }) });
  const columns: readonly Column<Row>[] = [
    {
      key: 'connection',
      title: say('connection'),
      width: 150,
      show: (one) => (one.connection === '' ? say('everyConnection') : one.connection),
    },
    ...keys.map(
      (title, at): Column<Row> => ({
        key: `key.${title}`,
        title: title === 'key' ? say('ourCode') : title,
        show: (one) => splitKey(one.key, keys.length)[at] ?? '',
      }),
    ),
    ...values.map(
      (title, at): Column<Row> => ({
        key: `value.${title}`,
        title: title === 'value' ? say('theirCode') : title,
        show: (one) => (at === 0 ? one.value : (one.more[title] ?? '')),
      }),
    ),
    {
      key: 'validFrom',
      title: say('validFrom'),
      width: 120,
      show: ({ validFrom }) => (validFrom === always ? '—' : validFrom),
    },
    { key: 'validTo', title: say('validTo'), width: 120, show: ({ validTo }) => validTo ?? '—' },
    {
      key: 'author',
      title: say('by'),
      width: 300,
      show: ({ author, at, removedAt, removedBy }) =>
        removedAt === null ? (
          <>
            {author} · <Age at={at} />
          </>
        ) : (
          <del>
            {removedBy} · <Age at={removedAt} />
          </del>
        ),
    },
  ];
  const exported = (format: 'csv' | 'xlsx'): string =>
    `/v1/crossrefs/${encodeURIComponent(name)}/export?format=${format}`;
  return (
    <section
      aria-label={say('tableTitle', { table: name })}
      className={styles.column}
      onPaste={(event) => {
        const isField = event.target instanceof HTMLElement && event.target.matches('input, textarea');
        const told = event.clipboardData.getData('text/plain');
        if (isField || told === '' || !may('configure')) return;
        event.preventDefault();
        setPasted(told);
      }}
    >
      <div className={styles.bar}>
        <Button onClick={() => void navigate({ search: { tab: 'crossrefs' } })}>{say('allTables')}</Button>
        <h2>{name}</h2>
        {table && (
          <span className={styles.quiet}>
            <Count value={table.rows} /> {say('rows')}
          </span>
        )}
        <span className={styles.space} />
        {may('operate') && (
          <Button type="primary" onClick={() => void navigate({ search: (now) => ({ ...now, row: 'new' }) })}>
            {say('newRow')}
          </Button>
        )}
        {may('configure') && <Button onClick={() => setPasted('')}>{say('importRows')}</Button>}
        {table && (
          <>
            <Button href={exported('xlsx')} download>
              {say('exportExcel')}
            </Button>
            <Button href={exported('csv')} download>
              {say('exportCsv')}
            </Button>
          </>
        )}
      </div>
      {table && table.missing > 0 && <MissingCodes table={name} />}
      <div className={styles.bar}>
        <Select
          allowClear
          aria-label={say('connection')}
          placeholder={say('connection')}
          className={styles.versionChoice}
          value={connection}
          options={names.map((value) => ({ value }))}
          onChange={(chosen?: string) => filter({ connection: chosen })}
        />
        <Input.Search
          allowClear
          key={key}
          className={styles.filter}
          defaultValue={key}
          placeholder={say('exactKey')}
          aria-label={say('exactKey')}
          onSearch={(typed) => filter({ key: typed.trim() === '' ? undefined : typed.trim() })}
        />
        <span className={styles.bar}>
          {say('onDay')}
          <Input
            type="date"
            aria-label={say('onDay')}
            className={styles.day}
            value={on ?? ''}
            onChange={({ target }) => filter({ on: target.value === '' ? undefined : target.value })}
          />
        </span>
        <Checkbox
          checked={removed === 'true'}
          onChange={({ target }) => filter({ removed: target.checked ? 'true' : undefined })}
        >
          {say('alsoRemoved')}
        </Checkbox>
      </div>
      {table === undefined ? (
        <Alert type="info" showIcon title={say('tableToBe')} />
      ) : (
        <PagedTable
          label={say('tableTitle', { table: name })}
          height="max(320px, calc(100vh - 400px))"
          rowHeight={36}
          listKey={listKey}
          read={(cursor, signal) =>
            answer(
              hub.GET('/v1/crossrefs/{table}', {
                params: {
                  path: { table: name },
                  query: { connection, key, on, removed, cursor, limit: 200 },
                },
                signal,
              }),
            )
          }
          idOf={idOf}
          columns={columns}
          openId={row}
          onOpen={(one) => void navigate({ search: (now) => ({ ...now, row: idOf(one) }) })}
          empty={say(connection || key || on ? 'noneFits' : 'noRows')}
          foot={may('configure') && <span>{say('pasteHint')}</span>}
        />
      )}
      {(row === 'new' || open) && (
        <RowDrawer
          key={row}
          table={{ name, keys, values }}
          isKnown={table !== undefined}
          row={row === 'new' ? undefined : open}
          connections={names}
          preset={{ connection, key }}
        />
      )}
      {pasted !== undefined && (
        <ImportDrawer
          table={{ name, keys, values }}
          connections={names}
          text={pasted}
          close={() => setPasted(undefined)}
        />
      )}
    </section>
  );
}

/** Codes something waits for, each with what would let it go on. */
function MissingCodes({ table }: { readonly table: string }): ReactNode {
  const say = texts.useSay();
  const navigate = mappingsRoute.useNavigate();
  const query = useQuery({
    queryKey: ['missing-codes', table],
    queryFn: ({ signal }) => answer(hub.GET('/v1/missing-codes', { params: { query: { table } }, signal })),
  });
  const items = query.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={say('missingCodes', { count: items.length })}
      description={
        <ul className={styles.problems}>
          {items.slice(0, 20).map((one) => (
            <li key={`${one.connection} ${one.code} ${one.back}`}>
              <code>{one.code}</code> · {one.connection} · {say('waitFor', { count: one.count })} ·{' '}
              <Age at={one.oldest} />{' '}
              <Button
                type="link"
                size="small"
                onClick={() =>
                  void navigate({
                    search: (now) => ({
                      ...now,
                      row: 'new',
                      connection: one.connection,
                      key: one.back ? undefined : one.code,
                    }),
                  })
                }
              >
                {say('fill')}
              </Button>
            </li>
          ))}
        </ul>
      }
    />
  );
}
