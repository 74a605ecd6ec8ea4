/** A hub between an ERP and a till that both keep goods, tell them and are told them; nothing but memory behind them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Connector, ObjectOperations } from '../../connectors/kit/types.ts';
import { connectors } from '../../connectors/registry.ts';
import type { Hub } from '../../src/hub.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { quiet, startTestHub, type TestHub } from '../harness.ts';
import { tell } from './read-outs.ts';

const mappings = {
  'kingdee/material': `
mapping: kingdee/material
entity: product
object: BD_MATERIAL
fields:
  code: FNumber
  name: { at: FName, optional: true }
  specification: { at: FSpecification, optional: true }
  category: { at: FMaterialGroup.FNumber, optional: true }
  active: { at: FForbidStatus, as: boolean, format: "A|B", optional: true }
`,
  'pospal/product': `
mapping: pospal/product
entity: product
object: product
fields:
  code: barcode
  name: { at: name, optional: true }
  specification: { at: description, optional: true }
  category: { at: attribute1, optional: true }
  active: { at: enable, optional: true, enum: { "true": 1, "false": [0, -1] } }
`,
};

/** A system's goods by id, and what was written to them. */
export class Goods {
  readonly rows = new Map<string, JsonObject>();
  readonly writes: { readonly id: string; readonly body: JsonObject }[] = [];
  /** While it is pending, writes that came are not answered. */
  answers: Promise<void> = Promise.resolve();

  readonly operations: ObjectOperations = {
    list: async () => ({ items: [], cursor: {}, more: false }),
    find: async ({ items }) =>
      items.map(({ remoteId = '' }) => ({ found: true, remoteId, stepDone: this.rows.has(remoteId) })),
    write: async ({ items }) => {
      const results = items.map(({ body, remoteId = `S01/${String(body.barcode)}` }) => {
        this.writes.push({ id: remoteId, body });
        this.rows.set(remoteId, { ...this.rows.get(remoteId), ...body });
        return { ok: true as const, remoteId };
      });
      await this.answers;
      return results;
    },
  };
}

/** The registered connector, whose goods are these. */
function withGoods(connector: Connector, object: string, goods: Goods): Connector {
  return {
    ...connector,
    open: (context) => {
      const session = connector.open(context);
      return { ...session, objects: { ...session.objects, [object]: goods.operations } };
    },
  };
}

export interface GoodsHub {
  readonly hub: TestHub;
  /** Folder of the mappings, for a hub that is started once more. */
  readonly folder: string;
  readonly erp: Goods;
  readonly pos: Goods;
  stop(): Promise<void>;
}

/**
 * @param yaml hub.yaml with the connections `erp` and `pos`.
 * @param more Text behind the till's mapping: how goods are made there.
 */
export async function startGoodsHub(yaml: string, more = ''): Promise<GoodsHub> {
  const [erp, pos] = [new Goods(), new Goods()];
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-mappings-'));
  for (const [name, text] of Object.entries(mappings)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, `${name}.yaml`), name === 'pospal/product' ? text + more : text);
  }
  const hub = await startTestHub({
    seed: false,
    yaml: () => yaml,
    config: (config) => ({ ...config, mappings: folder }),
    connectors: {
      ...connectors,
      kingdee: withGoods(connectors.kingdee as Connector, 'BD_MATERIAL', erp),
      pospal: withGoods(connectors.pospal as Connector, 'product', pos),
    },
  });
  return {
    ...{ hub, folder, erp, pos },
    async stop() {
      await hub.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a system tells of its goods is applied, with all that follows. `running`: the hub that was started last. */
export async function toldGoods(
  hub: TestHub,
  running: Hub,
  connection: string,
  object: string,
  remoteId: string,
  body: JsonObject = {},
): Promise<void> {
  const where = { ...hub, hub: running, database: running.database };
  expect(await tell(where, connection, { object, remoteId, body })).toMatchObject({ error: null });
  await quiet(running.database);
}
