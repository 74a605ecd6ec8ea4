/** The demo with one ERP or another in it. */
import type { FxiaokeSimulator } from '../../connectors/fxiaoke/simulator/index.ts';
import type { ErpSimulator } from '../../connectors/kit/erp-simulator.ts';
import type { PospalSimulator } from '../../connectors/pospal/simulator/index.ts';
import type { QimenSimulator } from '../../connectors/qimen/simulator/index.ts';
import type { WecomSimulator } from '../../connectors/wecom/simulator/index.ts';
import type { Hub } from '../hub.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { Vendors } from './goods.ts';
import type { CustomerVendors } from './people.ts';

/** The ERPs there is a variant for: the first is in hub.yaml itself, another one in `hub.<name>.yaml`, laid over it. */
export const erps = ['kingdee', 'yonyou'] as const;

/** Files beside hub.yaml that make the demo of it: the customers, and an ERP in the place of the first one. */
export function patchesFor(erp: string): readonly string[] {
  return ['hub.customers.yaml', ...(erp === erps[0] ? [] : [`hub.${erp}.yaml`])];
}

/** The three vendors, if all of them are simulated. */
export function vendorsOf(hub: Hub): Vendors<ErpSimulator> | undefined {
  const of = (name: string): unknown => hub.simulators.get(name)?.simulator;
  if (!['pos', 'erp', 'wms'].every((name) => hub.simulators.has(name))) return undefined;
  const erp = of('erp');
  if (!keepsBooks(erp)) return undefined;
  return { pos: of('pos') as PospalSimulator, erp, wms: of('wms') as QimenSimulator };
}

/** The systems beside the tills that know customers, if they are there and simulated. */
export function customerVendorsOf(hub: Pick<Hub, 'simulators'>): CustomerVendors | undefined {
  const [crm, wecom] = ['crm', 'wecom'].map((name): unknown => hub.simulators.get(name)?.simulator);
  if (crm === undefined || wecom === undefined) return undefined;
  return { crm: crm as FxiaokeSimulator, wecom: wecom as WecomSimulator };
}

/** What goods and members are read by, as connection and object. */
export function masterData(landscape: Landscape): readonly (readonly [connection: string, object: string])[] {
  return [
    ['erp', landscape.holder('erp', 'product')?.object ?? ''],
    ['pos', 'product'],
    ['pos', 'customer'],
  ];
}

function keepsBooks(simulator: unknown): simulator is ErpSimulator {
  return typeof simulator === 'object' && simulator !== null && 'books' in simulator;
}
