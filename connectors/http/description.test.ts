import { expect, it } from 'vitest';
import { describe } from './description.ts';

const openapi = `openapi: 3.1.0
components:
  schemas:
    Product: { type: object, properties: { code: { type: string }, unit: { $ref: '#/components/schemas/Unit' } } }
    Unit: { type: object, properties: { name: { type: string } } }
`;
const files: Readonly<Record<string, string>> = {
  'shop.yaml': openapi,
  'broken.yaml': 'a: [',
  'order.json':
    '[{ "no": 1, "lines": [{ "sku": "A" }, { "sku": "B", "qty": 2 }] }, { "no": "2", "note": null }]',
  'text.json': '"text"',
};
const read = (file: string): string | undefined => files[file];

it('objects are described by an OpenAPI file, under their own name or the one that is given', () => {
  const { schemas, problems } = describe(
    { openapi: 'shop.yaml', objects: { goods: { schema: 'Product' }, Unit: {}, other: {} } },
    read,
  );
  expect(problems).toEqual([]);
  expect(schemas.goods).toEqual({ $ref: '#/components/schemas/Product' });
  expect(Object.keys(schemas).sort()).toEqual(['Product', 'Unit', 'goods']);
});

it('or by samples: the names any of them has, and every type that was seen', () => {
  const { schemas } = describe({ objects: { order: { sample: 'order.json' } } }, read);
  expect(schemas.order).toEqual({
    type: ['object'],
    additionalProperties: false,
    properties: {
      no: { type: ['number', 'string'] },
      note: {},
      lines: {
        type: ['array'],
        items: {
          type: ['object'],
          additionalProperties: false,
          properties: { sku: { type: ['string'] }, qty: { type: ['number'] } },
        },
      },
    },
  });
});

it('what cannot be read is told at the setting that names it', () => {
  const told = (settings: object): string[] =>
    describe({ ...settings } as never, read).problems.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  expect(told({ openapi: 'none.yaml' })).toEqual([
    'openapi: none.yaml cannot be read; the name starts at the folder of hub.yaml',
  ]);
  expect(told({ openapi: 'broken.yaml' })).toEqual([
    expect.stringMatching(/^openapi: broken.yaml is not YAML or JSON: /),
  ]);
  expect(told({ openapi: 'order.json' })).toEqual([expect.stringContaining('has no components.schemas')]);
  expect(told({ openapi: 'shop.yaml', objects: { goods: { schema: 'Produkt' } } })).toEqual([
    'objects.goods.schema: shop.yaml has no schema Produkt under components.schemas; did you mean Product?',
  ]);
  expect(told({ objects: { a: { sample: 'text.json' } } })).toEqual([
    'objects.a.sample: text.json must hold one object, or a list of objects',
  ]);
});
