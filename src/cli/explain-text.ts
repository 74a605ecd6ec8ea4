/** An explanation as a terminal shows it. */
import type { CarriedTo } from '../explain/copies.ts';
import type { ExplainedField, Explanation } from '../explain/explain.ts';
import type { MadeFrom } from '../explain/made.ts';
import type { SetBy } from '../explain/origin.ts';
import { columns, cut } from './table.ts';

/** Contributions shown per line; a summary may have thousands. */
const sharesShown = 20;

/** @param isDetailed some values were asked for: everything about each; else a line for each, and the copies once */
export function explanationText(record: Explanation, isDetailed: boolean): string {
  const merged = record.mergedInto === null ? '' : `, merged into ${record.mergedInto}`;
  const head = `${record.entity} ${record.number ?? record.recordId}: ${record.state}, version ${record.version}${merged}`;
  const fields = isDetailed ? record.fields.flatMap((field) => ['', ...fieldText(field)]) : overview(record);
  const held = record.heldUp.flatMap((one) => [
    '',
    `Held up: ${one.connection}/${one.object} is ${one.state}${since(one.since)}: ${one.code ?? ''} ${one.sentence ?? ''}`.trimEnd(),
    ...one.waitsFor.map(
      (wait) =>
        `  waits for ${wait.entity === null ? wait.target : `${wait.entity} ${wait.number ?? wait.target}`}${since(wait.since)}` +
        (wait.sentence === null ? '' : `, which is ${wait.state}: ${wait.sentence}`) +
        (wait.together === undefined ? '' : `, ${wait.together.count} copies together`),
    ),
  ]);
  const pending = record.pending.map(
    (one) =>
      `Not applied: ${one.name} of ${one.connection}/${one.object}, ${one.state}: ${one.code ?? 'due'} ${one.error ?? ''}`,
  );
  const made = record.madeOfIt.map(
    (one) => `Goes into ${one.entity} ${one.number ?? one.recordId} by rule ${one.rule}, part ${one.part}`,
  );
  const tail = [...(pending.length > 0 ? ['', ...pending] : []), ...(made.length > 0 ? ['', ...made] : [])];
  const masked =
    record.masked && record.fields.some((field) => field.personal)
      ? ['', 'Personal values are hidden; --show-personal shows them.']
      : [];
  return [head, ...fields, ...held, ...tail, ...masked].join('\n');
}

/** A line for each value; causes, which many values share, stand below with their number. */
function overview(record: Explanation): string[] {
  const causes = new Map<string, number>();
  const rows = record.fields.map(({ path, value, set }) => {
    const cause = setText(set);
    const number = causes.get(cause) ?? causes.size + 1;
    causes.set(cause, number);
    return [path, valueText(value), `[${number}]`, set.read?.vendor ?? ''];
  });
  const told = [...causes].map(([cause, number]) => [`[${number}]`, cause]);
  return ['', columns(rows), '', columns(told), ...copiesText(record)];
}

function fieldText(field: ExplainedField): string[] {
  return [
    `${field.path} = ${valueText(field.value, 200)}`,
    `  set by ${setText(field.set)}`,
    ...(field.set.read === undefined
      ? []
      : [
          `  read from ${field.set.read.vendor ?? 'an expression'}: ${valueText(field.set.read.raw ?? null)}, ${cut(field.set.read.how, 100)} (line ${field.set.read.line})`,
        ]),
    ...(field.madeFrom === undefined ? [] : madeText(field.madeFrom)),
    ...field.conflicts.map(
      (one) =>
        `  conflict at version ${one.version}: ${valueText(one.golden)} against ${valueText(one.incoming)}, decided by ${one.decidedBy}, kept ${one.kept}`,
    ),
    ...field.copies.flatMap(copyText),
  ];
}

function setText(set: SetBy): string {
  const at = set.at === undefined ? '' : ` at ${set.at}`;
  const version = set.version === undefined ? '' : `, version ${set.version}`;
  if (set.told !== undefined) {
    const { message, connection, object, remoteId, via, receivedAt, editedFrom } = set.told;
    const edited = editedFrom === undefined ? '' : `, edited by a person from ${editedFrom}`;
    const mapping = set.mapping === undefined ? '' : `, mapping ${set.mapping}`;
    return `${message} of ${connection}/${object}${remoteId === undefined ? '' : ` ${remoteId}`} by ${via} ${receivedAt}${edited}${mapping}${version}`;
  }
  if (set.rule !== undefined) return `rule ${set.rule}${at}${version}`;
  const mapping = set.mapping === undefined ? '' : `mapping ${set.mapping}`;
  return mapping === '' ? `nobody whose change is still kept${at}` : `${mapping}${at}`;
}

function madeText(made: MadeFrom): string[] {
  const { rule, group, part, sources, expression, shares = [], copied } = made;
  const more = shares.length - sharesShown;
  return [
    `  made by rule ${rule}, group ${group}, part ${part}, of ${sources} sources`,
    ...(expression === undefined ? [] : [`  as ${expression}`]),
    ...(copied === undefined
      ? []
      : [
          `  copied from ${copied.entity} ${copied.number ?? copied.recordId} ${copied.path} = ${valueText(copied.value)}`,
          `    set by ${setText(copied.set)}`,
        ]),
    ...(shares.length === 0
      ? []
      : [
          columns(
            shares.slice(0, sharesShown).map((share) => [
              `${share.entity} ${share.number ?? share.recordId}`,
              share.line === undefined ? 'by the rule' : `line ${share.line}`,
              Object.entries(share.sums)
                .map(([name, value]) => `${name} ${value}`)
                .join(', '),
              share.told === undefined
                ? `rule ${share.rule ?? 'unknown'}`
                : `${share.told.message} by ${share.told.via} ${share.told.receivedAt}`,
              share.mapping ?? '',
            ]),
            '    ',
          ),
        ]),
    ...(more > 0 ? [`    and ${more} more; --json prints all`] : []),
  ];
}

function copyText(copy: CarriedTo): string[] {
  const { request, afterwards = [], why, written = [] } = copy;
  if (copy.told && request === undefined && why === undefined) return [];
  const to = `  → ${copy.connection}/${copy.object} ${copy.remoteNumber ?? copy.remoteId ?? ''}`.trimEnd();
  const places = written.map(
    ({ vendor, how, sent }) =>
      `${vendor}${sent === undefined ? '' : ` = ${valueText(sent)}`} (${cut(how, 60)})`,
  );
  return [
    `${to}, ${copy.state}`,
    ...(places.length === 0 ? [] : [`    written to ${places.join('; ')}, mapping ${copy.mapping}`]),
    ...[...(request === undefined ? [] : [request]), ...afterwards].map(
      (one) =>
        `    ${one.step} ${one.key} at ${one.at}: ${one.outcome}, answered ${cut(JSON.stringify(one.answer), 120)}`,
    ),
    ...(why === undefined ? [] : [`    ${why.code}: ${why.sentence}${since(why.since)}`]),
  ];
}

/** Each copy once, by the value that went there last. */
function copiesText({ fields }: Explanation): string[] {
  const rows = new Map<string, string[]>();
  for (const { copies } of fields) {
    for (const copy of copies) {
      const key = `${copy.connection}/${copy.object}/${copy.remoteId ?? ''}`;
      const last = copy.afterwards?.at(-1) ?? copy.request;
      const known = rows.get(key);
      if (known !== undefined && (last === undefined || (known[3] ?? '') >= `${last.at}`)) continue;
      rows.set(key, [
        `→ ${copy.connection}/${copy.object}`,
        copy.remoteNumber ?? copy.remoteId ?? '',
        copy.told ? `${copy.state}, tells it` : copy.state,
        last?.at ?? '',
        last === undefined ? (copy.why?.code ?? '') : `${last.step}: ${last.outcome}`,
      ]);
    }
  }
  return rows.size === 0 ? [] : ['', columns([...rows.values()])];
}

function since(at: string | null): string {
  return at === null ? '' : `, since ${at}`;
}

function valueText(value: ExplainedField['value'], places = 60): string {
  if (value === null) return '—';
  return cut(typeof value === 'string' ? value : JSON.stringify(value), places);
}
