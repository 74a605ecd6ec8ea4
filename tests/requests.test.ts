import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectors as registered } from '../connectors/registry.ts';
import { requestsCommand } from '../src/cli/requests.ts';
import { HubError } from '../src/errors.ts';
import { typesOf } from '../src/events/catalog.ts';
import { packageRoot } from '../src/hub.ts';
import { declareInterest } from '../src/ledger/events.ts';
import { type ListedRequest, listRequests } from '../src/ledger/requests.ts';
import type { JsonObject } from '../src/model/index.ts';
import { inspect } from '../src/setup/inspect.ts';
import { startTestHub, statusOf, type TestHub, testConfig, until } from './harness.ts';
import { golden, hasty, linkOf, withFacts } from './support/read-outs.ts';

/** Deadlines a test can wait for. */
const connectors = withFacts((facts) => ({ ...facts, writeDeadlineMs: 800, latenessMs: 50, searchLagMs: 0 }));

function settings(text: string): string {
  return hasty(text).replace(
    'connector: qimen\n    simulator: {}',
    'connector: qimen\n    simulator: { lifecycle: false, confirmAfterCancel: true, partialShare: 0 }',
  );
}

describe('A system that is asked for something may refuse', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub({ yaml: settings, connectors });
    await declareInterest(
      hub.database,
      'test',
      typesOf(['request.*']).map(({ type }) => type),
    );
  });
  afterAll(() => hub?.stop());

  const cancelCalls = (): number => hub.wms.callsByMethod()['order.cancel'] ?? 0;
  const cancelAtShop = (number: string): void => hub.pos.changeOrder('WEB', number, { state: 3 });
  const fulfilment = async (number: string) =>
    (await golden(hub, 'fulfilment')).find(({ data }) => data.number === `${number}-1`);
  const statesOf = async (number: string): Promise<JsonObject> =>
    ((await fulfilment(number))?.data.states ?? {}) as JsonObject;
  const requestOf = async (number: string): Promise<ListedRequest | undefined> =>
    (await listRequests(hub.database, { closed: true })).findLast((one) => one.number === `${number}-1`);
  const link = (number: string) => linkOf(hub, 'wms', 'delivery-order', `${number}-1`);

  function place(): string {
    const [sku] = hub.inventor.skus;
    const items = [{ barcode: sku?.code ?? '', quantity: '2' }];
    return hub.pos.placeOrder('WEB', { ...hub.inventor.order(), items });
  }

  /** A paid order whose instruction is at the warehouse. */
  async function instructed(): Promise<string> {
    const number = place();
    await until('the warehouse has its instruction', async () => (await link(number))?.state === 'idle');
    return number;
  }

  async function answered(number: string, state: ListedRequest['state']): Promise<ListedRequest> {
    let last: ListedRequest | undefined;
    await until(`the request about ${number} is ${state}`, async () => {
      last = await requestOf(number);
      return last?.state === state;
    });
    return last as ListedRequest;
  }

  async function history(number: string): Promise<{ origin: JsonObject; patch: JsonObject }[]> {
    const found = await hub.database.query<{ origin: JsonObject; patch: JsonObject }>(
      `select c.origin, patch_of(c.patch, c.created) as patch from changes c where c.record_id = $1 order by c.version`,
      [(await fulfilment(number))?.id],
    );
    return found.rows;
  }

  async function eventsOf(number: string): Promise<string[]> {
    const found = await hub.database.query<{ type: string }>(
      `select type from events where subject = $1 and type like 'request.%' order by seq`,
      [(await fulfilment(number))?.id],
    );
    return found.rows.map((row) => row.type);
  }

  /** What a command prints, or says when it fails. */
  async function lianhub(...words: string[]): Promise<string> {
    let printed = '';
    const command = requestsCommand({
      open: async () => ({ world: hub.hub.world, close: async () => undefined }),
      write: (text) => {
        printed += text.toString();
      },
      user: 'li.na',
    });
    try {
      await command.parseAsync(words, { from: 'user' });
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return error.toText();
    }
    return printed.trimEnd();
  }

  it('a cancelled order is asked for at the warehouse, and the instruction is cancelled once it accepts', async () => {
    const number = await instructed();
    cancelAtShop(number);
    const request = await answered(number, 'accepted');
    expect(request).toMatchObject({ kind: 'cancel', asked_by: 'rule:cancelFulfilment', connection: 'wms' });
    expect(hub.wms.order(`${number}-1`)?.state).toBe('CANCELED');
    expect(await statesOf(number)).toMatchObject({ closure: 'cancelled' });
    expect((await history(number)).at(-1)?.origin).toMatchObject({ request: request.id, via: 'request' });
    expect(await eventsOf(number)).toEqual(['request.accepted']);
    await until('its copy rests', async () => (await link(number))?.state === 'idle');
  });

  it('a refusal is an answer: nothing changes, nothing is a dead letter, and a person closes it', async () => {
    const number = await instructed();
    const order = hub.wms.order(`${number}-1`);
    if (order) order.state = 'PICK';
    cancelAtShop(number);
    const request = await answered(number, 'refused');
    expect(request.reason).toContain('无法取消');
    expect((await statesOf(number)).closure).toBeUndefined();
    expect(await eventsOf(number)).toEqual(['request.refused']);
    await until('its copy rests', async () => (await link(number))?.state === 'idle');
    expect(await link(number)).toMatchObject({ error_code: null });
    expect(await lianhub('list', '--state', 'refused')).toContain(`fulfilment ${number}-1`);
    await lianhub('close', request.id, '--note', 'told the buyer');
    expect(await lianhub('list', '--state', 'refused')).toBe('Nothing is asked for.');
    expect(await lianhub('show', request.id)).toContain('closed by li.na: told the buyer');
    expect(await lianhub('close', request.id, '--note', 'again')).toContain('only one that is over');
  });

  it('an answer that is lost is looked up, not asked for again', async () => {
    const number = await instructed();
    const before = cancelCalls();
    hub.wms.gatewayFault(1, 'readTimeoutAfterEffect', 'order.cancel');
    cancelAtShop(number);
    await answered(number, 'accepted');
    expect(cancelCalls()).toBe(before + 1);
    expect(await statesOf(number)).toMatchObject({ closure: 'cancelled' });
    const tries = await hub.database.query<{ step: string; outcome: string; found: boolean | null }>(
      `select t.step, t.outcome, (t.answer ->> 'foundLater')::boolean as found from tries t
       where t.link_id = $1 and t.step like 'request:%'`,
      [(await link(number))?.id],
    );
    expect(tries.rows).toEqual([{ step: 'request:cancel', outcome: 'done', found: true }]);
  });

  it('goods that leave although the warehouse had accepted win: the record follows, and a person has a task', async () => {
    const number = await instructed();
    cancelAtShop(number);
    await answered(number, 'accepted');
    hub.wms.advance(`${number}-1`);
    const request = await answered(number, 'overtaken');
    expect(await statesOf(number)).toMatchObject({ fulfilment: 'shipped' });
    expect((await statesOf(number)).closure).toBeUndefined();
    expect((await history(number)).map(({ origin }) => origin.overtaken)).toContain(true);
    expect(await eventsOf(number)).toEqual(['request.accepted', 'request.overtaken']);
    expect(await lianhub('list', '--state', 'overtaken')).toContain('goods were shipped although');
    const status = await statusOf(hub);
    expect(status).toMatchObject({
      requests: expect.arrayContaining([
        { state: 'overtaken', count: 1, oldest: expect.any(String), overdue: 0 },
      ]),
    });
    await lianhub('close', request.id, '--note', 'parcel called back');
    expect(await lianhub('list', '--state', 'overtaken')).toBe('Nothing is asked for.');
  });

  it('one without an answer is asked again, shows as overdue, and is overtaken by goods that leave meanwhile', async () => {
    const number = await instructed();
    hub.wms.gatewayFault(1_000, 'busy', 'order.cancel');
    const said = await lianhub(
      ...[
        'ask',
        'fulfilment',
        `${number}-1`,
        '--connection',
        'wms',
        '--kind',
        'cancel',
        '--deadline',
        '10ms',
      ],
    );
    expect(said).toMatch(/: asked\.$/);
    const before = cancelCalls();
    await until('it was asked again', () => cancelCalls() >= before + 2);
    const request = await requestOf(number);
    expect(request).toMatchObject({ state: 'asked', code: 'qimen.warehouse-busy', asked_by: 'person:li.na' });
    expect(await lianhub('list', '--state', 'asked')).toContain('overdue for');
    const twice = ['ask', 'fulfilment', `${number}-1`, '--connection', 'wms', '--kind', 'cancel'];
    expect(await lianhub(...twice)).toContain(`asked to cancel this already: ${request?.id}`);
    hub.wms.advance(`${number}-1`);
    await answered(number, 'overtaken');
    expect((await statesOf(number)).closure).toBeUndefined();
    await until('its copy rests', async () => (await link(number))?.state === 'idle');
    const asked = cancelCalls();
    expect(await lianhub('withdraw', request?.id ?? '')).toContain('cannot be taken back');
    expect(cancelCalls()).toBe(asked);
  });

  it('one that only failed so far is taken back, and what a system does not offer is not asked for', async () => {
    const number = await instructed();
    const asking = ['ask', 'fulfilment', `${number}-1`, '--connection', 'wms', '--kind'];
    expect(await lianhub(...asking, 'changeAddress', '--payload', '{"receiver":{"name":"x"}}')).toContain(
      'it offers cancel',
    );
    await lianhub(...asking, 'cancel');
    await until('it has failed once', async () => ((await requestOf(number))?.attempts ?? 0) > 0);
    const id = (await requestOf(number))?.id ?? '';
    await until('it is taken back', async () => (await lianhub('withdraw', id)).endsWith('withdrawn.'));
    await until('its copy rests', async () => (await link(number))?.state === 'idle');
    expect((await statesOf(number)).closure).toBeUndefined();
  });

  it('an order that is opened again is not asked about any more', async () => {
    const number = await instructed();
    cancelAtShop(number);
    await until('it has failed once', async () => ((await requestOf(number))?.attempts ?? 0) > 0);
    hub.pos.changeOrder('WEB', number, { state: 1 });
    await answered(number, 'withdrawn');
    await until('its copy rests', async () => (await link(number))?.state === 'idle');
    expect((await statesOf(number)).closure).toBeUndefined();
  });

  it('what was not sent yet is cancelled without asking, and is never sent', async () => {
    hub.wms.gatewayFault(1_000, 'connectionRefuse', 'deliveryorder.create');
    const number = place();
    await until(
      'a create has failed',
      async () => (await link(number))?.error_code !== null && !!(await link(number)),
    );
    const before = cancelCalls();
    cancelAtShop(number);
    const request = await answered(number, 'accepted');
    expect(request.reason).toBe('nothing had been sent there yet');
    expect(await statesOf(number)).toMatchObject({ closure: 'cancelled' });
    await until('its copy rests', async () => (await link(number))?.state === 'idle');
    expect(cancelCalls()).toBe(before);
    expect(hub.wms.order(`${number}-1`)).toBeUndefined();
  });
});

describe('A rule that asks', () => {
  const problemsOf = async (from: string, to: string): Promise<string[]> => {
    const config = await testConfig((text) => text.replace(from, to));
    const openapiFolder = path.join(packageRoot, 'openapi');
    const { errors } = await inspect({ config, connectors: registered, openapiFolder });
    return errors.map(({ code, message, hint }) => `${code}: ${message} (${hint})`);
  };

  it.each([
    [
      'ask: wms\n    kind: cancel',
      'ask: wms\n    kind: hold',
      'config.request: wms cannot be asked to hold a fulfilment (it can be asked: cancel)',
    ],
    [
      'ask: wms\n    kind: cancel',
      'ask: pos\n    kind: cancel',
      'config.request: pos cannot be asked to cancel a fulfilment (no party of a sync about fulfilment is in pos)',
    ],
    [
      'of: fulfilment\n    ask',
      'of: shipment\n    ask',
      'config.request: no rule makes a shipment of one order (add a rule under derive: that makes a shipment of each order)',
    ],
    [
      'when: record.states.closure == "cancelled"\n    of',
      'when: record.states.closed == "cancelled"\n    of',
      'config.expression: order has no field states.closed (Did you mean states.closure?)',
    ],
  ])('what nobody offers is refused at the start: %s → %s', async (from, to, problem) => {
    expect(await problemsOf(from, to)).toEqual([problem]);
  });
});
