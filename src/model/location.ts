import { z } from 'zod';
import { common } from './common.ts';
import { defineEntity } from './entity.ts';
import { choice, code, flag, text } from './values.ts';

export const location = defineEntity({
  name: 'location',
  nature: 'state',
  schema: z.strictObject({
    ...common,
    code: code('Hub-wide code'),
    kind: choice(['store', 'warehouse', 'virtual'], 'What it is'),
    name: text('Name').optional(),
    dayCut: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like "04:00"')
      .describe('Time of day at which a new trading day begins, HH:MM')
      .optional(),
    zone: text('Time zone, e.g. Asia/Shanghai').optional(),
    address: text('Address').optional(),
    active: flag('In use').optional(),
  }),
  matchKeys: [{ name: 'code', paths: ['code'], strength: 'strong' }],
});
export type Location = z.infer<typeof location.schema>;
