import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Drawer, Input, Segmented, Select, Space, Table, Upload } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { answer, answerWithTag, type HubSchemas, hub } from '../../../api/client.ts';
import { isStale } from '../../../api/problem.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { QueryView } from '../../../parts/QueryView.tsx';
import { StaleView } from '../../../parts/StaleView.tsx';
import { useUnsaved } from '../../../parts/useUnsaved.tsx';
import styles from '../mappings.module.css';
import { texts } from '../texts.ts';
import { Report } from './Report.tsx';
import { type NamedTable, useChanged } from './RowDrawer.tsx';
import { cellsOf, csvOf, headingsOf, withHeadings } from './spreadsheet.ts';

type CodeChange = HubSchemas['CodeChange'];

interface ImportDrawerProps {
  readonly table: NamedTable;
  readonly connections: readonly string[];
  /** What was pasted. */
  readonly text: string;
  readonly close: () => void;
}

/** What is taken into the table, as the API wants it. */
type Taken = { readonly csv: string } | { readonly xlsx: string };

const largestFile = 180_000;

/** Rows from Excel, pasted or as a file: looked at, then taken whole or not at all. */
export function ImportDrawer({ table, connections, text, close }: ImportDrawerProps): ReactNode {
  const say = texts.useSay();
  const [from, setFrom] = useState<'cells' | 'file'>('cells');
  const [typed, setTyped] = useState(text);
  const [connection, setConnection] = useState('');
  const [file, setFile] = useState<{ readonly name: string; readonly taken: Taken }>();
  const [tooLarge, setTooLarge] = useState(false);
  const [replace, setReplace] = useState(false);
  const [writeAgain, setWriteAgain] = useState(false);
  const cells = cellsOf(typed);
  const pasted = withHeadings(cells, table, connection);
  const taken =
    from === 'file' ? file?.taken : pasted.ok && cells.length > 0 ? { csv: csvOf(pasted.cells) } : undefined;
  // What was pasted to open this is in the clipboard still.
  const { saved, leave } = useUnsaved(() => file !== undefined || (typed !== text && typed.trim() !== ''));
  const ask = useImport({
    table,
    replace,
    writeAgain,
    close: () => {
      saved();
      close();
    },
  });
  const hasOwn = pasted.ok && cells.length > 0 && pasted.cells[0]?.length === cells[0]?.length;
  return (
    <Drawer open size={720} onClose={() => leave(close)} title={say('importTitle', { table: table.name })}>
      <Space orientation="vertical" size="middle" className={styles.wide}>
        <Segmented
          aria-label={say('importFrom')}
          value={from}
          onChange={setFrom}
          options={[
            { value: 'cells', label: say('pasteCells') },
            { value: 'file', label: say('aFile') },
          ]}
        />
        {from === 'cells' ? (
          <>
            <Input.TextArea
              autoFocus
              rows={6}
              value={typed}
              aria-label={say('cells')}
              placeholder={say('cellsHint', { columns: headingsOf(table).join(', ') })}
              onChange={({ target }) => setTyped(target.value)}
            />
            {!hasOwn && (
              <Space>
                {say('allOf')}
                <Select
                  className={styles.versionChoice}
                  aria-label={say('connection')}
                  value={connection}
                  onChange={setConnection}
                  options={[
                    { value: '', label: say('everyConnection') },
                    ...connections.map((value) => ({ value, label: value })),
                  ]}
                />
              </Space>
            )}
            {cells.length > 0 && !pasted.ok && (
              <Alert
                type="error"
                showIcon
                role="alert"
                title={say('wrongColumns', { found: pasted.found, expected: pasted.expected.join(', ') })}
              />
            )}
            {pasted.ok && cells.length > 0 && <Cells cells={pasted.cells} />}
          </>
        ) : (
          <>
            <Upload.Dragger
              accept=".csv,.xlsx"
              maxCount={1}
              showUploadList={false}
              beforeUpload={async (chosen) => {
                setTooLarge(chosen.size > largestFile);
                setFile(
                  chosen.size > largestFile ? undefined : { name: chosen.name, taken: await takenOf(chosen) },
                );
                return false;
              }}
            >
              {say('dropFile')}
            </Upload.Dragger>
            {tooLarge && <Alert type="error" showIcon role="alert" title={say('fileTooLarge')} />}
            {file && <Alert type="info" showIcon title={file.name} />}
          </>
        )}
        <Checkbox checked={replace} onChange={({ target }) => setReplace(target.checked)}>
          {say('replace')}
        </Checkbox>
        <Checkbox checked={writeAgain} onChange={({ target }) => setWriteAgain(target.checked)}>
          {say('writeAgain')}
        </Checkbox>
        <Button type="primary" disabled={taken === undefined} onClick={() => taken && ask(taken)}>
          {say('importAsk')}
        </Button>
      </Space>
    </Drawer>
  );
}

async function takenOf(file: File): Promise<Taken> {
  if (!/\.xlsx$/i.test(file.name)) return { csv: await file.text() };
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { xlsx: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
}

function Cells({ cells }: { readonly cells: readonly (readonly string[])[] }): ReactNode {
  const say = texts.useSay();
  const [headings = [], ...rows] = cells;
  return (
    <Table
      size="small"
      rowKey={({ at }) => String(at)}
      pagination={rows.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
      dataSource={rows.map((row, at) => ({ at, row }))}
      columns={headings.map((heading, at) => ({
        title: heading,
        render: (_: unknown, { row }: { readonly row: readonly string[] }) =>
          heading === 'connection' && row[at] === '' ? say('everyConnection') : row[at],
      }))}
    />
  );
}

interface ImportOptions {
  readonly table: NamedTable;
  readonly replace: boolean;
  readonly writeAgain: boolean;
  readonly close: () => void;
}

/** Asks with what it would change, and does it for the table as it was looked at. */
function useImport({ table, replace, writeAgain, close }: ImportOptions): (taken: Taken) => void {
  const say = texts.useSay();
  const act = useAction();
  const after = useChanged();
  const tag = useRef('*');
  const path = { table: table.name };
  const post = (taken: Taken, match: string, dryRun: boolean): Promise<CodeChange> =>
    answer(
      hub.POST('/v1/crossrefs/{table}/import', {
        params: { path, header: { 'If-Match': match } },
        body: { ...taken, replace, writeAgain, dryRun },
      }),
    );
  return (taken) =>
    act({
      title: say('importTitle', { table: table.name }),
      verb: say('importNow'),
      what: replace ? say('importReplaces') : say('importWhat'),
      preview: async () => {
        const now = await answerWithTag(
          hub.GET('/v1/crossrefs/{table}', { params: { path, query: { limit: 1 } } }),
        );
        tag.current = now.tag ?? '*';
        return await post(taken, tag.current, true);
      },
      showPreview: (report) => <Report report={report} />,
      isNothing: ({ changed }) => changed === 0,
      run: () => post(taken, tag.current, false),
      done: ({ changed }) => say('imported', { count: changed }),
      stale: (error) =>
        isStale(error) && (
          <Both
            name={table.name}
            mine={'csv' in taken ? taken.csv : say('aFile')}
            goOn={(now) => {
              tag.current = now;
            }}
            close={close}
          />
        ),
      after: async () => {
        close();
        await after();
      },
    });
}

/** The table as it is now beside what was to be taken into it. */
function Both({
  name,
  mine,
  goOn,
  close,
}: {
  readonly name: string;
  readonly mine: string;
  readonly goOn: (tag: string) => void;
  readonly close: () => void;
}): ReactNode {
  const query = useQuery({
    queryKey: ['crossref-text', name],
    queryFn: ({ signal }) =>
      answerWithTag(
        hub.GET('/v1/crossrefs/{table}/export', {
          params: { path: { table: name }, query: { format: 'csv' } },
          parseAs: 'text',
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <QueryView query={query}>
      {({ data, tag = '*' }) => (
        <StaleView mine={mine} theirs={data} language="text" onMine={() => goOn(tag)} onTheirs={close} />
      )}
    </QueryView>
  );
}
