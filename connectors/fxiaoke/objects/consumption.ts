/**
 * Consumption records (消费记录): a custom object of the company's own, so its name and the names of its fields are
 * settings. Mappings use our names; fields they add beside those go out as they are.
 */
import type { Json, JsonObject } from '../../kit/index.ts';
import { consumptionField, consumptionFields, type FxiaokeConfig } from '../config.ts';
import { type Kind, plainFields } from './records.ts';

const ours = Object.keys(consumptionFields) as (keyof typeof consumptionFields)[];

export function consumption(config: FxiaokeConfig): Kind {
  const theirs = new Map(ours.map((name) => [name as string, consumptionField(config, name)]));
  return {
    object: 'consumption',
    apiName: config.consumption.apiName,
    shown: async (_context, rows) => rows,
    sent: (_context, body) => ({ fields: renamed(plainFields(body), theirs) }),
  };
}

function renamed(body: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const fields: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) {
    const target = names.get(name) ?? name;
    if (target !== '' && value !== undefined) fields[target] = value;
  }
  return fields;
}
