/**
 * What Parcels's answers mean for the work. The rows go by HTTP status, as most APIs do; put those with the vendor's own
 * codes and texts before them, as its documents name them.
 */
import { z } from 'zod';
import {
  type Decision,
  decide,
  defineErrorTable,
  type HttpAnswer,
  type Json,
} from '../../../connectors/kit/index.ts';

export const errorTable = defineErrorTable([
  {
    status: 401,
    kind: 'fatal',
    hubCode: 'parcels.secret',
    message: 'The secret is not accepted; correct it. The vendor says: {text}',
  },
  {
    status: 403,
    kind: 'fatal',
    hubCode: 'parcels.no-permission',
    message: 'The account lacks a permission; grant it at the vendor. It says: {text}',
  },
  {
    status: 404,
    kind: 'absent',
    hubCode: 'parcels.absent',
    message: 'There is no such object, or no such address: {text}',
  },
  {
    status: 409,
    kind: 'conflict',
    hubCode: 'parcels.conflict',
    message: 'The object exists already or changed meanwhile: {text}',
  },
  {
    status: 429,
    kind: 'throttle',
    hubCode: 'parcels.too-fast',
    message: 'The vendor asks for fewer calls; lower the limits of the connection if this keeps happening.',
    afterMs: 10_000,
  },
  {
    status: '4xx',
    kind: 'reject',
    hubCode: 'parcels.refused',
    message: 'The vendor refuses this: {text}',
  },
  {
    status: '5xx',
    kind: 'unknown',
    hubCode: 'parcels.server-error',
    message: 'The vendor failed while it worked ({text}).',
  },
  {
    kind: 'unknown',
    hubCode: 'parcels.unreadable',
    message: 'The answer could not be read: a proxy or a login page may stand before the vendor.',
  },
]);

const saidShape = z.looseObject({
  code: z.union([z.string(), z.number()]).optional(),
  message: z.string().optional(),
  error: z.string().optional(),
});

/** @param write whether something may have happened: then an unclear failure is `unknown` instead of `retry` */
export function decisionOf(answer: HttpAnswer, said: Json | undefined, write: boolean): Decision {
  const told = saidShape.safeParse(said).data;
  const found = decide(errorTable, {
    status: answer.status,
    code: told?.code,
    text: told?.message ?? told?.error,
  });
  if (!found) throw new Error('The last row of the error table matches everything.');
  if (found.kind === 'unknown' && !write) return { ...found, kind: 'retry' };
  const seconds = Number(answer.headers['retry-after']);
  return found.kind === 'throttle' && seconds > 0 ? { ...found, afterMs: seconds * 1000 } : found;
}
