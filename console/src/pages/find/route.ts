import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

const chosen = z.string().max(300).optional().catch(undefined);

const FindSearch = z.object({
  /** What was typed into the one box. */
  q: z.string().max(200).optional().catch(undefined),
});

const OrderSearch = z.object({
  /** The copy that is open, and the write of it that is. */
  copy: chosen,
  try: chosen,
});

const RecordSearch = z.object({
  tab: z.enum(['values', 'history', 'copies', 'conflicts']).optional().catch(undefined),
  /** Only values at which systems differ. */
  differing: z.literal('yes').optional().catch(undefined),
  /** The value that is explained. */
  field: chosen,
  /** The change that is open. */
  change: chosen,
  copy: chosen,
  try: chosen,
  /** Of the conflicts: those that are decided. */
  decided: z.literal('yes').optional().catch(undefined),
  /** The conflict that is open. */
  conflict: chosen,
});

export const findRoute = pageRoute('/find', FindSearch, () => import('./index.tsx'));
export const orderRoute = pageRoute('/orders/$name', OrderSearch, () => import('./order.tsx'));
export const recordRoute = pageRoute('/records/$id', RecordSearch, () => import('./record.tsx'));
export const findRoutes = [findRoute, orderRoute, recordRoute] as const;
