import { describe, expect, it } from 'vitest';
import { joinKey, splitKey } from '../model/codeKey.ts';
import { readTableFile, tableCells, writeTableFile } from './files.ts';
import { writeXlsx } from './xlsx.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const read = (content: string, connections?: readonly string[]) =>
  readTableFile(text(content), { file: 't.csv', table: 't', ...(connections ? { connections } : {}) });
const wrong = async (promise: Promise<unknown>): Promise<string> =>
  String(
    await promise.then(
      () => 'nothing',
      (error: unknown) => error,
    ),
  );

describe('A file of a code table', () => {
  it('says its columns in its first row', async () => {
    const sheet = await read(
      'connection,key.store,key.tax,value,value.account,valid_from\n# of the year\nerp,S01,13,T13,2221.01,2026-01-01\nerp,S01,13,T13B,,\n',
    );
    expect(sheet).toMatchObject({ keys: ['store', 'tax'], values: ['value', 'account'] });
    expect(sheet.rows).toEqual([
      {
        name: 't',
        connection: 'erp',
        key: 'S01|13',
        value: 'T13',
        more: { account: '2221.01' },
        validFrom: '2026-01-01',
        validTo: null,
        position: 0,
      },
      {
        name: 't',
        connection: 'erp',
        key: 'S01|13',
        value: 'T13B',
        more: {},
        validFrom: '0001-01-01',
        validTo: null,
        position: 1,
      },
    ]);
  });

  it('may have its headings in Chinese, quotes, commas in cells and a byte order mark', async () => {
    const sheet = await read(
      '\ufeff系统,我方编码,对方编码,生效日期\r\nerp,"W01, north","CK""01",2026-01-01\r\n',
    );
    expect(sheet.rows[0]).toMatchObject({
      connection: 'erp',
      key: 'W01, north',
      value: 'CK"01',
      validFrom: '2026-01-01',
    });
  });

  it('is refused with every bad row, its place and what was expected', async () => {
    const said = await wrong(
      read(
        'connection,key,value,valid_from,valid_to\nepr,W01,CK001,,\nerp,,CK002,,\nerp,W03,,,\nerp,W04,CK4,2026-13-01,\nerp,W05,CK5,2026-05-02,2026-05-01\nerp,W06,CK6,,,more\nerp,W07,CK7,,\nerp,W07,CK7,,\n',
        ['erp', 'wms'],
      ),
    );
    expect(said).toContain('t.csv has 7 problems, and nothing of it was taken');
    expect(said).toContain(
      't.csv:2:1 crossref.connection: there is no connection named epr (Did you mean erp?)',
    );
    expect(said).toContain('t.csv:3:2 crossref.empty: key is empty');
    expect(said).toContain('t.csv:4:3 crossref.empty: value is empty');
    expect(said).toContain('t.csv:5:4 crossref.date: 2026-13-01 is not a day');
    expect(said).toContain(
      't.csv:6:5 crossref.period: it ends on 2026-05-01, before it begins on 2026-05-02',
    );
    expect(said).toContain('t.csv:7:6 crossref.cells: expected 5 cells, found 6');
    expect(said).toContain('t.csv:9:1 crossref.twice: this is row 8 again');
  });

  it.each([
    ['keys,value\n', 't.csv:1:1 crossref.heading: keys is not a heading of a code table (did you mean key?)'],
    ['connection,key\n', 'the first row is to name the columns, and value is not among them'],
    ['', 'the first row is to name the columns, and connection and key and value is not among them'],
    ['connection,key,value,value\n', 't.csv:1:4 crossref.heading: there is a column value already'],
    ['connection,key,value,value.a.b\n', 't.csv:1:4 crossref.heading'],
    ['connection,key,value\nerp,"W01,CK\n', 'crossref.unreadable: the file is not CSV'],
    ['connection,key,value\nerp,W\u000001,CK\n', 'the file is not a text file'],
    [
      `connection,key,value\nerp,${'长'.repeat(501)},CK\n`,
      't.csv:2:2 crossref.cell: longer than 500 characters',
    ],
  ])('says what is wrong with %j', async (content, expected) => {
    expect(await wrong(read(content))).toContain(expected);
  });

  it('in another encoding is refused, and read when that is said', async () => {
    // 门店 in GB18030.
    const bytes = Uint8Array.from([
      ...text('connection,key,value\nerp,'),
      0xc3,
      0xc5,
      0xb5,
      0xea,
      ...text(',CK\n'),
    ]);
    const file = { file: 't.csv', table: 't' };
    expect(await wrong(readTableFile(bytes, file))).toContain('--encoding gb18030');
    expect((await readTableFile(bytes, { ...file, encoding: 'gb18030' })).rows[0]?.key).toBe('门店');
  });

  it('comes back from CSV and from Excel as it went out', async () => {
    const { rows, keys, values } = await read(
      'connection,key.a,key.b,value,value.name,valid_from,valid_to\nerp,001,"x|y\\z","=1+1","一,二",2026-01-01,\n,002,b,0.10,,,2026-12-31\n,002,b,#3,,,\n',
    );
    const full = rows.map((row) => ({
      more: {},
      validFrom: '',
      validTo: null,
      position: 0,
      ...row,
      author: 'li',
      at: new Date(0),
      removedAt: null,
      removedBy: null,
    }));
    for (const kind of ['csv', 'xlsx'] as const) {
      const bytes = await writeTableFile(kind, { name: 't', keys, values }, full);
      const back = await readTableFile(bytes, { file: `t.${kind}`, table: 't' });
      expect(back).toEqual({ table: 't', keys, values, rows });
    }
    expect(tableCells({ name: 't', keys, values }, full)[1]).toEqual([
      'erp',
      '001',
      'x|y\\z',
      '=1+1',
      '一,二',
      '2026-01-01',
      '',
      'li',
    ]);
  });

  it('from Excel is refused where a cell is no longer what was typed', async () => {
    const { default: writeSheet } = await import('write-excel-file/node');
    const bytes = await writeSheet(
      [
        ['connection', 'key', 'value', 'valid_from'],
        ['erp', 100, 'CK001', new Date('2026-11-01T00:00:00Z')],
        ['erp', 1.5e20, 'CK002', null],
        ['erp', true, 'CK003', null],
      ],
      { dateFormat: 'yyyy-mm-dd' },
    ).toBuffer();
    const said = await wrong(readTableFile(bytes, { file: 't.xlsx', table: 't' }));
    expect(said).toContain('t.xlsx has 2 problems');
    expect(said).toMatch(/t\.xlsx:3:2 crossref\.cell: .* format the cell as text and enter it again/);
    expect(said).toContain('t.xlsx:4:2 crossref.cell: true is not text');
    const fine = await writeSheet(
      [
        ['connection', 'key', 'value', 'valid_from'],
        ['erp', 100, 'CK001', new Date('2026-11-01T00:00:00Z')],
      ],
      { dateFormat: 'yyyy-mm-dd' },
    ).toBuffer();
    const { rows } = await readTableFile(fine, { file: 't.xlsx', table: 't' });
    expect(rows[0]).toMatchObject({ key: '100', value: 'CK001', validFrom: '2026-11-01' });
    expect(await wrong(readTableFile(text('PK no workbook'), { file: 't.xlsx', table: 't' }))).toContain(
      'not an Excel workbook',
    );
    expect(await wrong(readTableFile(await writeXlsx('t', []), { file: 't.xls', table: 't' }))).toContain(
      'ends in .csv or .xlsx',
    );
  });
});

describe('A key of several columns', () => {
  it.each([[['a']], [['a|b']], [['a', 'b']], [['a|', '\\b', '']], [['\\', '|']]])(
    '%j is one text and comes apart again',
    (parts) => {
      expect(splitKey(joinKey(parts), parts.length)).toEqual(parts);
    },
  );

  it('is none when it has another number of parts', () => {
    expect(splitKey('a|b', 3)).toBeUndefined();
  });
});
