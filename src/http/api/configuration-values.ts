/** What requests and answers about the configuration have in common. */
import { z } from '@hono/zod-openapi';
import { InvalidConfig, pathAt, withoutSecrets } from '../../config/index.ts';
import type { Json } from '../../model/index.ts';
import type { Problem } from '../../problems/index.ts';
import type { Applied, Planned } from '../../rollout/configuration.ts';
import { redact, redacted } from '../../security/index.ts';
import { InvalidRequest, type RequestIssue } from './refusals.ts';
import { anyJson, text } from './values.ts';

export const allow = z
  .array(z.enum(['orphans']))
  .max(5)
  .default([])
  .openapi({ description: 'orphans: copies may lose the place they are kept in.' });

/** Members of every body that changes something. */
export const whyChanged = {
  reason: text(500).openapi({ description: 'Why; kept in the audit log.' }),
  dryRun: z.boolean().default(false).openapi({ description: 'Say what would be changed, and do nothing.' }),
  allow,
};

export const Difference = z
  .object({
    section: z.string().openapi({ description: 'Section of hub.yaml, mappings or crossrefs.' }),
    name: z.string(),
    change: z.enum(['added', 'removed', 'changed']),
    values: z.array(z.object({ path: z.string(), before: anyJson, after: anyJson })),
  })
  .openapi('ConfigurationDifference');

export const InUse = z
  .object({ id: z.int(), author: z.string(), via: z.string(), at: z.string() })
  .nullable()
  .openapi({ description: 'What was put in use last; null: nothing yet.' });

const planned = {
  base: InUse,
  differences: z.array(Difference),
  orphans: z
    .array(z.object({ place: z.string(), copies: z.int() }))
    .openapi({ description: 'Copies that would be kept nowhere; refused without allow: [orphans].' }),
  restart: z.boolean().openapi({
    description: 'Something of it is used by processes that start from then on: start them anew.',
  }),
};

export const PlannedChange = z
  .object({
    ok: z.boolean().openapi({ description: 'False: problems say why it is refused.' }),
    ...planned,
    problems: z.array(
      z.object({
        file: z.string(),
        line: z.int(),
        column: z.int(),
        pointer: z.string().openapi({ description: 'JSON pointer into hub.yaml.' }),
        code: z.string(),
        message: z.string(),
        hint: z.string().nullable(),
        severity: z.enum(['error', 'warning']),
      }),
    ),
  })
  .openapi('ConfigurationPlan');

export const Changed = z
  .object({
    applied: z.boolean().openapi({ description: 'False: a dry run, or nothing was to be changed.' }),
    id: z.int().nullable().openapi({ description: 'Of the configuration in use from now on.' }),
    ...planned,
    reruns: z.array(z.string()).openapi({ description: 'Mappings whose copies are computed once more.' }),
    text: z.string().openapi({ description: 'The text of hub.yaml with it; secrets are hidden as ***.' }),
  })
  .openapi('ConfigurationChange');

/** What a change has done, or would do. */
export function shownChange(
  done: (Planned | Applied) & { readonly restart: boolean },
  written: string,
): z.infer<typeof Changed> {
  const id = 'id' in done ? done.id : null;
  const reruns = 'reruns' in done ? [...done.reruns] : [];
  return {
    applied: 'id' in done && (id !== null || reruns.length > 0),
    id,
    ...shownPlan(done),
    reruns,
    text: withoutSecrets(written),
  };
}

export function shownPlan({ base, differences, orphans, restart }: Planned & { readonly restart: boolean }) {
  // Settings may hold what somebody should not have written there.
  const shown = redact(differences) as Planned['differences'];
  return {
    base: base && { ...base },
    differences: shown.map(({ values, ...one }) => ({
      ...one,
      values: values.map((value) => ({ ...value })),
    })),
    orphans: orphans.map((one) => ({ ...one })),
    restart,
  };
}

/** A problem in hub.yaml, or in a file it names, as an editor marks it. */
export function shownProblem(written: string, file: string, problem: Problem) {
  return {
    ...{ file: problem.file, line: problem.line, column: problem.column, code: problem.code },
    pointer: problem.file === file ? pointerOf(pathAt(written, problem.line, problem.column)) : '',
    message: redacted.text(problem.message),
    hint: problem.hint === undefined ? null : redacted.text(problem.hint),
    severity: problem.severity ?? ('error' as const),
  };
}

/** RFC 6901. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((name) => `/${String(name).slice(0, 100).replace(/~/g, '~0').replace(/\//g, '~1')}`)
    .join('');
}

/**
 * Runs what checks a text; everything wrong in it is told with a pointer into the request. `placed` says where a place of
 * hub.yaml is in the request; undefined: it is about the whole.
 */
export async function checking<Result>(
  written: string,
  file: string,
  placed: (path: readonly string[]) => string | undefined,
  work: Promise<Result>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    throw new InvalidRequest(error.problems.map((problem) => issueOf(written, file, placed, problem)));
  }
}

export function issueOf(
  written: string,
  file: string,
  placed: (path: readonly string[]) => string | undefined,
  problem: Problem,
): RequestIssue {
  const path = problem.file === file ? pathAt(written, problem.line, problem.column) : undefined;
  const pointer = path && placed(path);
  const { line, column, code, message, hint } = problem;
  const said = `${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
  const where = pointer === undefined || pointer === '/text' ? `${problem.file}:${line}:${column} ` : '';
  return { in: 'body', pointer: pointer ?? '', detail: redacted.text(`${where}${said}`) };
}

/** How deep settings may be nested: more than any connector's. */
const deepest = 20;

/** Settings as hub.yaml may hold them: JSON, not deeper than any real one. */
export const settings = z
  .record(z.string().max(200), z.unknown())
  .refine((value) => !isDeeper(value, deepest), { message: `nested deeper than ${deepest}` });

/** A single setting, likewise. */
export const setting = z
  .unknown()
  .refine((value) => !isDeeper(value, deepest), { message: `nested deeper than ${deepest}` });

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  return Object.values(value).some((inner) => isDeeper(inner, left - 1));
}

export function asJson(value: unknown): Json {
  return value as Json;
}
