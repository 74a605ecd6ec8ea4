import { fromChinaTime, type JsonObject, type Notice, type ObjectFacts } from '../../kit/index.ts';
import { objectAt, textAt } from '../xml.ts';

/** A step of an order's way through the warehouse (orderprocess.report); only ever told to us. */
export const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 30_000,
  partialUpdate: false,
};

/**
 * One notice per report, known by order code, status and time; undefined when it names no order or status.
 * `revision` is the time of the step (UTC), so that steps of one order can be put in order.
 */
export function processNotice(request: JsonObject): Notice | undefined {
  const orderCode = textAt(objectAt(request, 'order'), 'orderCode');
  const process = objectAt(request, 'process');
  const status = textAt(process, 'processStatus')?.toUpperCase();
  if (orderCode === undefined || status === undefined) return undefined;
  const operateTime = textAt(process, 'operateTime');
  const revision = operateTime === undefined ? undefined : utcOrNothing(operateTime);
  return {
    object: 'delivery-process',
    remoteId: `${orderCode}/${status}/${operateTime ?? ''}`,
    body: { ...request, process: { ...process, processStatus: status } },
    ...(revision === undefined ? {} : { revision }),
  };
}

/** A time nobody can read orders nothing, but must not lose the report. */
export function utcOrNothing(text: string): string | undefined {
  try {
    return fromChinaTime(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
