import { expect, test } from 'vitest';
import { z } from 'zod';
import { connectors } from '../connectors/registry.ts';
import { type JsonSchema, type Shape, shapeOf } from '../console/src/pages/connections/form/shape.ts';
import { fieldAt, fromForm, NoFieldFor, toForm } from '../console/src/pages/connections/form/values.ts';

function shapeFor(name: string): Shape {
  const config = connectors[name]?.config ?? z.never();
  return shapeOf(z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as JsonSchema, 'en');
}

const written: Readonly<Record<string, object>> = {
  pospal: {
    accounts: {
      WEB: { appId: 'a', baseUrl: 'https://a.example/', storeCode: 'WEB', online: true },
      S01: { appId: 'b', baseUrl: 'https://b.example/', storeCode: 'S01' },
    },
    productAccounts: ['WEB'],
    quota: { perDay: 300 },
  },
  kingdee: {
    serverUrl: `\${ERP_URL}`,
    acctId: '5f',
    auth: 'LoginBySign',
    partialSaves: false,
    extraFields: { BD_MATERIAL: ['F_ABC_Brand'] },
  },
  sql: {
    dialect: 'postgres',
    host: 'db.example',
    database: 'shop',
    user: 'hub',
    objects: { goods: { table: 'goods', key: 'id', unique: ['code', 'store'] } },
  },
  http: {
    baseUrl: 'https://api.example.com',
    auth: { type: 'oauth2', tokenUrl: 'https://api.example.com/token', clientId: 'hub' },
    errors: [{ status: 429, kind: 'throttle', afterMs: 5_000 }],
    objects: { goods: { id: 'id', list: { path: '/goods', paging: { by: 'page', size: 100 } } } },
  },
  file: {
    place: { type: 'folder', path: 'in' },
    objects: { goods: { files: 'goods-*.csv', id: ['code'], sheet: 2 } },
  },
};

test('what a form shows of settings says the same again', () => {
  for (const [name, config] of Object.entries(written)) {
    const shape = shapeFor(name);
    const said = fromForm(shape, toForm(shape, config));
    // A list of one may stand without its brackets.
    const expected =
      name === 'file'
        ? { ...config, objects: { goods: { files: 'goods-*.csv', id: 'code', sheet: 2 } } }
        : config;
    expect(said, name).toEqual(expected);
  }
});

test('an empty form says nothing but what has to be there; every connector has one', () => {
  for (const name of Object.keys(connectors)) {
    const shape = shapeFor(name);
    expect(shape.kind, name).toBe('object');
    const told = (fromForm(shape, {}) ?? {}) as Record<string, unknown>;
    expect(Object.values(told), name).toEqual(Object.values(told).map(() => ({})));
  }
});

test('the place of a mistake is found in the form, in rows of maps and lists as well', () => {
  const pospal = shapeFor('pospal');
  const form = toForm(pospal, written.pospal);
  expect(fieldAt(pospal, form, '/accounts/S01/appId')).toEqual(['accounts', 1, 'value', 'appId']);
  expect(fieldAt(pospal, form, '/accounts/S02/appId')).toEqual(['accounts']);
  expect(fieldAt(pospal, form, '/quota/perDay')).toEqual(['quota', 'perDay']);
  const http = shapeFor('http');
  expect(fieldAt(http, toForm(http, written.http), '/errors/0/kind')).toEqual(['errors', 0, 'kind']);
  expect(fieldAt(http, toForm(http, written.http), '/auth/clientId')).toEqual(['auth', 'clientId']);
});

test('what has no field is not lost: the form says so', () => {
  const shape = shapeFor('kingdee');
  expect(() => toForm(shape, { ...written.kingdee, unheard: 1 })).toThrow(NoFieldFor);
  expect(() => toForm(shape, { ...written.kingdee, serverUrl: { no: 'text' } })).toThrow(NoFieldFor);
  // What is typed is kept for the hub to refuse.
  expect(fromForm(shape, { queryLimit: 'many', lcid: '2052' })).toEqual({ queryLimit: 'many', lcid: 2052 });
});
