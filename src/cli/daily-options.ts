/** What the commands of daily work have in common: who, why, and looking before leaping. */
import { type Command, InvalidArgumentError } from 'commander';
import { HubError } from '../errors.ts';
import type { Decider } from '../lanes/daily/decider.ts';
import { common, type Flags } from './desk.ts';
import { readMoment } from './moment.ts';
import type { WorldSurroundings } from './world.ts';

export interface DailyFlags extends Flags, Decider {
  readonly dryRun?: true;
}

/** Adds the options every one of them takes; `--reason` is asked for. */
export function daily(command: Command, around: Pick<WorldSurroundings, 'user'>): Command {
  return common(command)
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--author <name>', 'who does it; kept in the audit log', around.user)
    .option('--dry-run', 'say what it would do, and do nothing');
}

/** Who and why, of the flags. */
export function deciderOf({ author, reason }: DailyFlags): Decider {
  return { author, reason };
}

/** Collects an option that is given several times, or with commas. */
export function several(value: string, before: readonly string[] = []): string[] {
  return [
    ...before,
    ...value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ];
}

/** A moment, or how long ago. Errors: `daily.bad-option`. */
export function momentOf(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = readMoment(text);
  if (moment) return moment;
  const expected = 'a duration (12h, 30d) or a date (2026-11-01)';
  throw new HubError('daily.bad-option', { option, value: text, expected });
}

/** A whole number from 1. */
export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('expected a whole number from 1');
  return value;
}

/** What commands end with, for their help. */
export const exitCodes = '\nExit codes:\n  0  done, or (--dry-run) told\n  1  refused; the error says why\n';
