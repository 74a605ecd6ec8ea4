import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { connectors, simulators } from '../connectors/registry.ts';
import { patched } from '../src/config/patch.ts';
import { erps, patchesFor } from '../src/demo/erp.ts';
import { runDemo } from '../src/demo/run.ts';
import { packageRoot } from '../src/hub.ts';
import { silentLogger } from '../src/log.ts';
import { testConfig } from './harness.ts';
import { hasty } from './support/read-outs.ts';

it.each(erps.slice(1))('The same demo ends complete with %s for an ERP', async (erp) => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'lianhub-demo-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const patches = await Promise.all(
    patchesFor(erp).map((name) => readFile(path.join(packageRoot, name), 'utf8')),
  );
  const config = await testConfig((text) => patches.reduce(patched, hasty(text)));
  const { summary, trouble } = await runDemo(
    {
      ...{ config, connectors, simulators, dataDir, databaseUrl: inject('databaseUrl') },
      ...{ openapiFolder: path.join(packageRoot, 'openapi'), log: silentLogger(), durable: false },
    },
    { orders: 6, tickets: 24, stores: 3, push: true, seed: 618, patienceMs: 20_000 },
  );
  expect(trouble).toEqual([]);
  expect(summary).toMatchObject({ complete: true, receivables: 6, tickets: 24, lost: 0, duplicated: 0 });
  expect(summary).toMatchObject({
    customers: 20,
    customersAsOne: 20,
    customersKnownToAll: 20,
    relativesApart: 4,
  });
  expect(summary.consumptions).toBeGreaterThan(0);
});
