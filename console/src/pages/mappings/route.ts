import { z } from 'zod';
import { pageRoute } from '../../shell/page-route.ts';

const text = z.string().max(300).optional().catch(undefined);

const Search = z.object({
  /** Mappings when it is absent. */
  tab: z.enum(['derivations', 'crossrefs']).optional().catch(undefined),
  /** Only mappings whose name, entity or system holds this. */
  filter: text,
  /** Derivations: only what this rule has parked; the group that is open. */
  rule: text,
  group: text,
  /** Code tables: the one that is open, and which of its rows are shown. */
  table: text,
  connection: text,
  key: text,
  on: z.iso.date().optional().catch(undefined),
  /** Also rows that count no longer. */
  removed: z.literal('true').optional().catch(undefined),
  /** The row that is open; `new`: one that is being made. */
  row: text,
});

const EditorSearch = z.object({
  /** The text when it is absent. */
  view: z.enum(['versions', 'rehearsal', 'lines']).optional().catch(undefined),
  way: z.enum(['in', 'out']).optional().catch(undefined),
  /** Whose, where several speak it. */
  connection: text,
  /** The message of the inbox, or the record, that is run through it; `own`: one that was typed. */
  sample: text,
  /** What stands in the left pane, and in the right. */
  left: z.enum(['theirs', 'ours']).optional().catch(undefined),
  right: z.enum(['steps']).optional().catch(undefined),
  /** Versions that are compared. */
  from: text,
  to: text,
  /** The rehearsal that is shown. */
  job: text,
});

export const mappingsRoute = pageRoute('/mappings', Search, () => import('./index.tsx'));
export const mappingRoute = pageRoute(
  '/mappings/$folder/$name',
  EditorSearch,
  () => import('./editor/index.tsx'),
);
export const mappingsRoutes = [mappingsRoute, mappingRoute] as const;
