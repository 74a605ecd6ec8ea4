/**
 * Every code the hub itself gives to what is stuck or was dropped: messages, copies, groups of derivations and readings.
 * What vendors answer is in each connector's own error table; what commands and the API answer is in errors.ts.
 */
import { stuckCalls } from './stuck-calls.ts';
import { stuckCopies } from './stuck-copies.ts';
import { stuckMessages } from './stuck-messages.ts';
import type { StuckRow } from './stuck-row.ts';

export type { StuckRow, Told } from './stuck-row.ts';

export const stuckTable: Readonly<Record<string, StuckRow>> = {
  ...stuckMessages,
  ...stuckCopies,
  ...stuckCalls,
};
