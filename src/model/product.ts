import { z } from 'zod';
import { common } from './common.ts';
import { defineEntity } from './entity.ts';
import { choice, code, date, decimal, flag, keyed, money, text } from './values.ts';

/** One golden product per sku: `code` is the sku's code, `spu` what groups its variants. */
export const product = defineEntity({
  name: 'product',
  nature: 'state',
  schema: z.strictObject({
    ...common,
    code: code('Sku code shared by all systems'),
    name: text('Name').optional(),
    spu: code('Code that groups variants of one product').optional(),
    category: text('Category').optional(),
    brand: text('Brand').optional(),
    specification: text('Specification as printed').optional(),
    active: flag('May still be sold').optional(),
    baseUnitId: code('Base unit (hub-wide code)').optional(),
    taxRate: decimal('Tax rate in percent').optional(),
    price: money('List price per base unit, tax included').optional(),
    cost: money('Purchase price per base unit').optional(),
    batchManaged: flag('Stock is kept by batch').optional(),
    skus: keyed(
      {
        code: code('Sku code'),
        attributes: z.record(z.string(), z.string()).describe('Attribute → value, e.g. colour').optional(),
        baseUnitId: code('Base unit (hub-wide code)').optional(),
        taxRate: decimal('Tax rate in percent').optional(),
      },
      'Variants, when one record holds several',
    ).optional(),
    units: keyed(
      {
        unitId: code('Unit (hub-wide code)'),
        factor: decimal('How many base units it is'),
      },
      'Other units',
    ).optional(),
    barcodes: keyed(
      {
        barcode: text('Barcode; not unique among products'),
        unitId: code('Unit (hub-wide code) the barcode stands for').optional(),
      },
      'Barcodes',
    ).optional(),
    bundle: keyed(
      {
        sku: code('Sku code of the component'),
        quantity: decimal('How many of it, in its base unit'),
        validFrom: date('First business day it belongs to the bundle; absent: always did').optional(),
        validTo: date('Last business day it belongs to the bundle; absent: still does').optional(),
      },
      'Components, when it is sold as a bundle',
    ).optional(),
    kind: choice(['goods', 'service', 'bundle', 'virtual'], 'Absent: goods').optional(),
  }),
  matchKeys: [{ name: 'code', paths: ['code'], strength: 'strong' }],
});
export type Product = z.infer<typeof product.schema>;
