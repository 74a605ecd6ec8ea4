/** The resources of daily work. */
import { copies } from './copies.ts';
import { edits } from './edits.ts';
import { fetches } from './fetches.ts';
import { holds } from './holds.ts';
import { orderPages } from './order-pages.ts';
import { periods } from './periods.ts';
import { problems } from './problems.ts';
import { reruns } from './reruns.ts';

export const dailyRoutes = [orderPages, problems, fetches, copies, holds, edits, periods, reruns];
