import { createSimulator as createKingdee } from '../../connectors/kingdee/simulator/index.ts';
import { serve } from '../../connectors/kit/index.ts';
import { createSimulator as createPospal } from '../../connectors/pospal/simulator/index.ts';
import { createSimulator as createQimen } from '../../connectors/qimen/simulator/index.ts';
import type { Vendors } from '../../src/demo/goods.ts';

export const stores = ['S01', 'S02', 'S03'];

/** Vendors that outlive hubs. */
export interface StandingVendors extends Vendors {
  /** What hub.yaml says of each. */
  readonly connections: Readonly<Record<string, object>>;
  stop(): Promise<void>;
}

/** Starts the vendors of the shipped configuration. @param port where the hub they push to answers */
export async function openVendors(port: number): Promise<StandingVendors> {
  // A vendor that finds the door closed knocks again.
  const resendAfterMs = [50, 200, 500, ...Array.from({ length: 30 }, () => 1_000)];
  const vendors = {
    pos: createPospal({
      dailyQuota: 1_000_000,
      accounts: [
        { name: 'WEB', online: true, storeCode: 'WEB' },
        ...stores.map((store) => ({ name: store, storeCode: store })),
      ],
      resendAfterMs,
    }),
    erp: createKingdee({}),
    wms: createQimen({ resendAfterMs }),
  };
  const closes: (() => Promise<unknown>)[] = [];
  const connections: Record<string, object> = {};
  for (const [id, connector] of [
    ['pos', 'pospal'],
    ['erp', 'kingdee'],
    ['wms', 'qimen'],
  ] as const) {
    const served = await serve(vendors[id].app);
    closes.push(
      () => served.close(),
      () => vendors[id].stop(),
    );
    connections[id] = { connector, ...vendors[id].connectionFor(served.url) };
    vendors[id].notifyAt(`http://127.0.0.1:${port}/hooks/${id}`);
  }
  return {
    ...vendors,
    connections,
    async stop() {
      for (const close of closes.reverse()) await close();
    },
  };
}
