/** What `lianhub conflicts` says to people. */
import { type Decided, type Resolution, valueText } from '../lanes/conflicts/resolve.ts';
import type { ListedConflict, Shown } from '../ledger/conflicts.ts';
import { columns, cut } from './table.ts';

export function listText(conflicts: readonly ListedConflict[], now: number): string {
  if (conflicts.length === 0) return 'Nothing is in conflict.';
  return columns(
    [
      ['conflict', 'record', 'path', 'golden', 'shown there', 'open for'],
      ...conflicts.map((one) => [
        referenceOf(one),
        `${one.entity} ${one.number}`,
        one.path,
        cut(valueText({ value: one.golden }), 30),
        Object.entries(one.told)
          .map(([, shown]) => `${shown.connection} ${cut(valueText(shown), 30)}`)
          .join(', '),
        one.state === 'open' ? ageText(now - one.opened_at.getTime()) : `resolved by ${one.resolved_by}`,
      ]),
    ],
    '',
  );
}

export function conflictText(one: ListedConflict, now: number): string {
  const lines = [
    `${referenceOf(one)}  ${one.entity} ${one.number}, ${one.path}`,
    `open since ${one.opened_at.toISOString()} (${ageText(now - one.opened_at.getTime())})`,
    columns([
      ['golden', valueText({ value: one.golden }), '', ''],
      ...Object.entries(one.told).map(([address, shown]) => [
        address,
        valueText(shown),
        shown.before === undefined ? '' : `before: ${valueText({ value: shown.before })}`,
        toldText(shown),
      ]),
    ]),
  ];
  if (one.state === 'resolved') {
    const value = one.resolution?.value;
    const shown = valueText(value === undefined ? {} : { value });
    lines.push(`resolved by ${one.resolved_by} at ${one.resolved_at?.toISOString()}: ${shown}`);
  }
  return lines.join('\n');
}

function toldText({ at, message, mapping }: Shown): string {
  const by = [message === undefined ? '' : `message ${message}`, mapping ?? ''].filter((text) => text !== '');
  return `${at.slice(0, 19)}Z${by.length === 0 ? '' : ` (${by.join(', ')})`}`;
}

/** Conflicts shown one by one; a bulk decision may be about thousands. */
const shown = 20;

export function resolutionText({ resolved, refused }: Resolution, dryRun: boolean): string {
  const copies = resolved.reduce((sum, one) => sum + one.copies.length, 0);
  const lines = resolved.slice(0, shown).map((one) => `  ${decidedText(one)}`);
  if (resolved.length > shown) lines.push(`  … and ${resolved.length - shown} more`);
  for (const { error } of refused.slice(0, shown)) lines.push(`  ${error.message}`);
  if (refused.length > shown) lines.push(`  … and ${refused.length - shown} more`);
  const head = `${resolved.length} resolved, ${refused.length} refused, ${copies} copies to be written`;
  return [dryRun ? `would be: ${head}` : head, ...lines, ...(dryRun ? ['nothing was changed'] : [])].join(
    '\n',
  );
}

function decidedText({ id, entity, path, value, copies }: Decided): string {
  const where = copies.length === 0 ? '' : `, written to ${copies.join(', ')}`;
  return `${id}  ${entity} ${path} = ${valueText(value === undefined ? {} : { value })}${where}`;
}

/** What a person names it by: with the version that was looked at, so that nothing newer is decided unseen. */
function referenceOf({ id, version }: ListedConflict): string {
  return `${id}@${version}`;
}

function ageText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
