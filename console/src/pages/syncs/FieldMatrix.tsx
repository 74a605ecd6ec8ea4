import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { Nothing, QueryView } from '../../parts/QueryView.tsx';
import { Chip } from './Chip.tsx';
import { MappingLink } from './MappingLink.tsx';
import styles from './matrix.module.css';
import { syncsRoute } from './route.ts';
import { texts } from './texts.ts';

type Fields = HubSchemas['SyncFields'];
type Field = Fields['fields'][number];

/** One sync, field by field: which party reads and writes it, and whose word counts. */
export function FieldMatrix({ sync }: { readonly sync: string }): ReactNode {
  const say = texts.useSay();
  const { field = '' } = syncsRoute.useSearch();
  const navigate = syncsRoute.useNavigate();
  const fields = useQuery({
    queryKey: ['syncs', sync, 'fields'],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/syncs/{name}/fields', { params: { path: { name: sync } }, signal })),
  });
  return (
    <section aria-label={say('fieldsOf', { sync })}>
      <div className={styles.head}>
        <h2>{say('fieldsOf', { sync })}</h2>
        <Input
          allowClear
          value={field}
          placeholder={say('fieldFilter')}
          aria-label={say('fieldFilter')}
          style={{ width: 260 }}
          onChange={({ target }) =>
            void navigate({
              replace: true,
              search: (now) => ({ ...now, field: target.value === '' ? undefined : target.value }),
            })
          }
        />
      </div>
      <QueryView query={fields}>{(data) => <Table data={data} filter={field.toLowerCase()} />}</QueryView>
    </section>
  );
}

function Table({ data, filter }: { readonly data: Fields; readonly filter: string }): ReactNode {
  const say = texts.useSay();
  const shown = data.fields.filter(
    ({ path, cells }) =>
      path.toLowerCase().includes(filter) ||
      cells.some(({ vendor }) => vendor.some((one) => one.toLowerCase().includes(filter))),
  );
  if (shown.length === 0) return <Nothing>{say('noFields')}</Nothing>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={`${styles.scroll} ${styles.fields}`} aria-label={say('fieldTable')} tabIndex={0}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{say('field')}</th>
            {data.parties.map((party) => (
              <th key={party.name} scope="col">
                {party.connection}
                <div className={styles.small}>
                  {party.name === party.connection ? party.object : `${party.name} · ${party.object}`}
                  <div>
                    <MappingLink mapping={party.mapping} connection={party.connection} />
                  </div>
                </div>
                {party.made > 0 && <div className={styles.small}>{say('made', { count: party.made })}</div>}
              </th>
            ))}
            <th scope="col">{say('owner')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((field) => (
            <tr key={field.path}>
              <th scope="row">
                <code>{field.path}</code>
              </th>
              {data.parties.map(({ name }) => (
                <td key={name}>
                  <FieldCell cell={field.cells.find((one) => one.party === name)} />
                </td>
              ))}
              <td>
                <OwnerCell owner={field.owner} path={field.path} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FieldCell({ cell }: { readonly cell: Field['cells'][number] | undefined }): ReactNode {
  const say = texts.useSay();
  if (cell === undefined) return <span className={styles.small}>—</span>;
  return (
    <>
      <div className={styles.party}>
        {cell.reads && <Chip kind="reads">{say('reads')}</Chip>}
        {cell.writes && <Chip kind="writes">{say(cell.onCreateOnly ? 'writesOnce' : 'writes')}</Chip>}
      </div>
      <div className={styles.small} title={cell.how.join('\n')}>
        <code>{cell.vendor.length > 0 ? cell.vendor.join(', ') : cell.how.join(', ')}</code>
      </div>
    </>
  );
}

function OwnerCell({ owner, path }: { readonly owner: Field['owner']; readonly path: string }): ReactNode {
  const say = texts.useSay();
  if (owner === null) return <span className={styles.small}>{say('nobody')}</span>;
  return (
    <>
      {owner.connection !== null && <Chip kind="owns">{owner.connection}</Chip>}
      {owner.by !== null && (
        <div className={styles.small}>
          {Object.entries(owner.at).map(([stage, connection]) => (
            <div key={stage}>
              <code>
                {owner.by} = {stage}
              </code>{' '}
              → {connection}
            </div>
          ))}
        </div>
      )}
      {owner.declaredFor !== path && (
        <div className={styles.small}>{say('declaredFor', { path: owner.declaredFor })}</div>
      )}
    </>
  );
}
