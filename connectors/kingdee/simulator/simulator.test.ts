import { beforeEach, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../kit/index.ts';
import { compareValues, parseFilter, passes } from './filter.ts';
import { createSimulator, type KingdeeSimulator } from './index.ts';

let simulator: KingdeeSimulator;
let cookie = '';

async function post(
  service: string,
  body: string,
  headers: Record<string, string> = {},
  root = '/k3cloud/',
): Promise<Json> {
  const response = await simulator.app.request(`${root}${service}.common.kdsvc`, {
    ...{ method: 'POST', body, headers: { 'content-type': 'application/json', cookie, ...headers } },
  });
  const set = response.headers.getSetCookie();
  if (set.length > 0) cookie = set.map((one) => one.split(';')[0]).join('; ');
  return (await response.json()) as Json;
}

const forms = 'Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.';
const login = 'Kingdee.BOS.WebApi.ServicesStub.AuthService.ValidateUser';
const query = (data: JsonObject): Promise<Json> => post(`${forms}ExecuteBillQuery`, JSON.stringify({ data }));

beforeEach(async () => {
  simulator = createSimulator();
  simulator.seedMaterials([
    { number: 'M1', name: '甲' },
    { number: 'M2', name: '乙' },
  ]);
  simulator.seedCustomers([{ number: 'C1', name: '客户' }]);
  cookie = '';
  const { config } = simulator.connectionFor('');
  await post(login, JSON.stringify({ parameters: [config.acctId ?? '', 'maker', 'maker-password', 2052] }));
});

const model = (number: string): JsonObject => ({
  ...{
    FBillNo: number,
    FBillTypeID: { FNUMBER: 'XSDD01_SYS' },
    FDate: '2026-03-01',
    FSaleOrgId: { FNumber: '100' },
  },
  ...{ FCustId: { FNumber: 'C1' }, FSaleOrderFinance: { FSettleCurrId: { FNumber: 'PRE001' } } },
  FSaleOrderEntry: [
    { FMaterialId: { FNumber: 'M1' }, FQty: 1, FTaxPrice: 10 },
    { FMaterialId: { FNumber: 'M2' }, FQty: 2, FTaxPrice: 5 },
  ],
});

describe('the envelope', () => {
  const data = { FormId: 'BD_MATERIAL', FieldKeys: 'FNumber' };
  it.each([
    ['named', JSON.stringify({ data }), {}],
    ['named, data as text', JSON.stringify({ data: JSON.stringify(data) }), {}],
    ['ordered', JSON.stringify({ parameters: [JSON.stringify(data)] }), {}],
    [
      'ordered, as text',
      JSON.stringify({ format: 1, parameters: JSON.stringify([JSON.stringify(data)]) }),
      {},
    ],
    [
      'form',
      new URLSearchParams({ data: JSON.stringify(data) }).toString(),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
  ])('may be %s', async (_name, body, headers) => {
    expect(await post(`${forms}ExecuteBillQuery`, body, headers)).toEqual([['M1'], ['M2']]);
  });

  it('goes to any case of the root', async () => {
    expect(await post(`${forms}ExecuteBillQuery`, JSON.stringify({ data }), {}, '/K3Cloud/')).toEqual([
      ['M1'],
      ['M2'],
    ]);
  });
});

describe('a query', () => {
  it('answers errors as one row with an object in it', async () => {
    const codeOf = async (data: JsonObject): Promise<unknown> => {
      const answer = (await query(data)) as { Result: { ResponseStatus: { MsgCode: number } } }[][];
      return answer[0]?.[0]?.Result.ResponseStatus.MsgCode;
    };
    expect(await codeOf({ FormId: 'NOPE', FieldKeys: 'FID' })).toBe(4);
    expect(await codeOf({ FormId: 'BD_MATERIAL', FieldKeys: '' })).toBe(8);
    expect(await codeOf({ FormId: 'BD_MATERIAL', FieldKeys: 'FID' })).toBe(9);
    expect(await codeOf({ FormId: 'BD_MATERIAL', FieldKeys: 'FNumber', FilterString: 'FNumber ==' })).toBe(4);
    simulator.expireSessions();
    expect(await codeOf({ FormId: 'BD_MATERIAL', FieldKeys: 'FNumber' })).toBe(1);
  });

  it('gives a row per line once a line field is asked for, and TopRowCount is an absolute end', async () => {
    await post(`${forms}Save`, JSON.stringify({ formid: 'SAL_SaleOrder', data: { Model: model('A') } }));
    const heads = await query({ FormId: 'SAL_SaleOrder', FieldKeys: 'FBillNo,FBillAllAmount' });
    expect(heads).toEqual([['A', 20]]);
    const data = { FormId: 'SAL_SaleOrder', FieldKeys: 'FBillNo,FMaterialId.FNumber,FCustId.FName' };
    expect(await query(data)).toEqual([
      ['A', 'M1', '客户'],
      ['A', 'M2', '客户'],
    ]);
    expect(await query({ ...data, StartRow: 1, Limit: 1, TopRowCount: 1 })).toEqual([]);
    expect(await query({ ...data, StartRow: 1, Limit: 1, TopRowCount: 2 })).toHaveLength(1);
  });
});

describe('a bill', () => {
  const save = (options: JsonObject): Promise<Json> =>
    post(`${forms}Save`, JSON.stringify({ formid: 'SAL_SaleOrder', data: options }));
  const step = (name: string): Promise<Json> =>
    post(`${forms}${name}`, JSON.stringify({ formid: 'SAL_SaleOrder', data: { Numbers: ['A'] } }));
  const refused = { Result: { ResponseStatus: { IsSuccess: false, MsgCode: 12 } } };

  it('goes through its states in order only', async () => {
    await save({ Model: model('A') });
    expect(await step('CancelAssign')).toMatchObject(refused);
    await step('Submit');
    expect(await step('Submit')).toMatchObject(refused);
    expect(await step('Delete')).toMatchObject(refused);
    await step('CancelAssign');
    expect(simulator.bill('SAL_SaleOrder', 'A')).toMatchObject({ FDocumentStatus: 'D' });
    await step('Delete');
    expect(simulator.bill('SAL_SaleOrder', 'A')).toBeUndefined();
  });

  it('loses the lines a save leaves out, unless told otherwise', async () => {
    await save({ Model: model('A') });
    const bill = simulator.bill('SAL_SaleOrder', 'A');
    const [first] = (bill?.FSaleOrderEntry ?? []) as { FEntryID: number }[];
    const change = { FID: bill?.FID ?? 0, FSaleOrderEntry: [{ FEntryID: first?.FEntryID ?? 0, FQty: 3 }] };
    await save({ Model: change, IsDeleteEntry: 'false', NeedUpDateFields: ['FSaleOrderEntry', 'FQty'] });
    expect(simulator.bill('SAL_SaleOrder', 'A')?.FSaleOrderEntry).toMatchObject([{ FQty: 3 }, { FQty: 2 }]);
    await save({ Model: change });
    expect(simulator.bill('SAL_SaleOrder', 'A')?.FSaleOrderEntry).toHaveLength(1);
  });
});

describe('a login', () => {
  it('is refused for good after five wrong passwords', async () => {
    const { config } = simulator.connectionFor('');
    const tryWith = (password: string): Promise<Json> =>
      post(login, JSON.stringify({ acctid: config.acctId ?? '', username: 'maker', password, lcid: 2052 }));
    for (let tries = 0; tries < 5; tries++)
      expect(await tryWith('wrong')).toMatchObject({ LoginResultType: 2 });
    expect(await tryWith('maker-password')).toMatchObject({ Message: expect.stringContaining('次数超限') });
  });
});

describe('the filter', () => {
  const row: Record<string, string> = {
    FQty: '10',
    FName: "O'Neil",
    FModifyDate: '2026-03-01T10:00:00.5',
    FNote: '',
  };
  it.each([
    ["FQty > 9 AND (FName = 'O''Neil' OR FName = 'x')", true],
    ["FModifyDate >= '2026-03-01 10:00:00' AND FModifyDate < '2026-03-01 10:00:01'", true],
    ['FQty IN (1, 10)', true],
    ["FName LIKE 'O%'", true],
    ['FNote IS NULL', true],
    ['FNote IS NOT NULL', false],
    ["FQty <> 10 OR FQty <= '9'", false],
  ])('%s', (text, expected) => {
    const filter = parseFilter(text);
    expect(filter && passes(filter, (field) => row[field] ?? '')).toBe(expected);
  });

  it('compares numbers as numbers', () => {
    expect(compareValues('10', '9')).toBeGreaterThan(0);
    expect(compareValues('M10', 'M9')).toBeLessThan(0);
  });
});
