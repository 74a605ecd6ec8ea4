/** One object through one mapping, and what another version would change, as they are shown by the API. */
import type { MappingDocument, MappingError } from '../mapping/index.ts';
import type { Json, JsonObject } from '../model/index.ts';
import type { Rehearsal } from '../rehearsal/findings.ts';
import type { Preview } from '../rehearsal/preview.ts';
import {
  hideValue,
  isPersonal,
  maskedText,
  maskedValue,
  maskedVendor,
  personalVendorPaths,
  withoutSecrets,
} from './personal.ts';

/** Keys of list elements left out of a path. */
function plain(path: string): string {
  return path.replace(/\[[^\]]*\]/g, '[]');
}

/**
 * A preview, personal values hidden unless they are asked for. Through a text that somebody proposes any value may come
 * out anywhere: of a real object it `shows` none then.
 */
export function shownPreview(preview: Preview, doc: MappingDocument, shows: 'all' | 'masked' | 'none') {
  const showPersonal = shows === 'all';
  const entity = doc.entity.value;
  const vendorPaths = personalVendorPaths(doc);
  const isHidden = (canonical: string | undefined, vendor: string | undefined): boolean =>
    shows === 'none' ||
    (canonical !== undefined && isPersonal(entity, canonical)) ||
    (vendor !== undefined && vendorPaths.some((path) => plain(vendor).startsWith(path)));
  const known = new Set<string>();
  for (const { canonical, vendor, raw, converted } of preview.steps) {
    if (!isHidden(canonical, vendor)) continue;
    for (const value of [raw, converted])
      if (typeof value === 'string' || typeof value === 'number') known.add(String(value));
  }
  const shown = (value: unknown, hides: boolean): Json => {
    if (value === undefined) return null;
    // References that are not resolved yet are objects of a class: what they hold is told.
    const told = JSON.parse(JSON.stringify(value)) as Json;
    if (showPersonal) return withoutSecrets(told);
    return hides ? hideValue(told) : maskedVendor(told, [], known);
  };
  // Where the file lies is the business of this machine.
  const { steps, result, file: _file, ...head } = preview;
  const document = result.ok ? ('body' in result ? result.body : result.values) : undefined;
  return {
    ...head,
    applies: preview.applies ?? null,
    steps: steps.map((step) => {
      const hides = !showPersonal && isHidden(step.canonical, step.vendor);
      return {
        canonical: step.canonical ?? null,
        vendor: step.vendor ?? null,
        raw: shown(step.raw, hides),
        converted: shown(step.converted, hides),
        how: step.how,
        line: step.line,
        waits: step.waits.map((wait) => shown(wait, false)),
        errors: step.errors.map((error) => shownError(error, hides, known, showPersonal)),
      };
    }),
    ok: result.ok,
    document:
      document === undefined
        ? null
        : shownDocument(document, preview.way, {
            entity,
            vendorPaths: shows === 'none' ? undefined : vendorPaths,
            known,
            showPersonal,
          }),
    waits: result.ok ? [] : result.waits.map((wait) => shown(wait, false)),
    errors: result.ok
      ? []
      : result.errors.map((error) =>
          shownError(error, !showPersonal && isHidden(error.field, error.field), known, showPersonal),
        ),
  };
}

function shownDocument(
  document: object,
  way: 'in' | 'out',
  {
    entity,
    vendorPaths,
    known,
    showPersonal,
  }: {
    readonly entity: string;
    readonly vendorPaths: readonly string[] | undefined;
    readonly known: ReadonlySet<string>;
    readonly showPersonal: boolean;
  },
): Json {
  const told = JSON.parse(JSON.stringify(document)) as JsonObject;
  if (showPersonal) return withoutSecrets(told);
  return way === 'in' && vendorPaths !== undefined
    ? maskedValue(entity, '', told, known)
    : maskedVendor(told, vendorPaths, known);
}

function shownError(
  error: MappingError,
  hides: boolean,
  known: ReadonlySet<string>,
  showPersonal: boolean,
): { code: string; field: string; message: string } {
  const { code, field, message, value } = error;
  if (showPersonal) return { code, field, message };
  const also = hides && value !== undefined ? [...known, value] : known;
  return { code, field, message: maskedText(message, also) };
}

/** What a rehearsal found. It is kept, so examples of personal values are hidden from everybody. */
export function shownRehearsal(found: Rehearsal, doc: MappingDocument): JsonObject {
  const entity = doc.entity.value;
  const vendorPaths = personalVendorPaths(doc);
  const fields = found.fields.map((one) => {
    const field = plain(one.field);
    const hides =
      one.way === 'out' ? vendorPaths.some((path) => field.startsWith(path)) : isPersonal(entity, field);
    const shown = (value: Json | undefined): Json => {
      if (value === undefined) return null;
      return hides ? hideValue(value) : maskedVendor(value, []);
    };
    return {
      ...one,
      examples: one.examples.map(({ record, before, after }) => ({
        record: maskedText(record, []),
        before: shown(before),
        after: shown(after),
      })),
    };
  });
  const troubles = found.troubles.map((one) => ({
    ...one,
    what: maskedText(one.what, []),
    examples: one.examples.map((example) => maskedText(example, [])),
  }));
  return JSON.parse(JSON.stringify({ ...found, fields, troubles })) as JsonObject;
}
