import { ConnectorError, type Decision, fail, type Json, type JsonObject } from '../kit/index.ts';
import type { WecomClient } from './client.ts';
import type { WecomConfig } from './config.ts';
import type { TagLibrary } from './tags.ts';

/** What the objects and actions of one open connection share. */
export interface Desk {
  readonly config: WecomConfig;
  readonly client: WecomClient;
  readonly tags: TagLibrary;
  readonly now: () => number;
}

/** Runs over all items, `most` at once; answers in their order. */
export async function severalAtOnce<Item, Result>(
  items: readonly Item[],
  most: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await run(items[at] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

/** The decision an error carries; any other error is thrown on. */
export function decisionIn(error: unknown): Decision {
  if (error instanceof ConnectorError) return error.decision;
  throw error;
}

/** Whether asking for the next object would only meet the same trouble. */
export function concernsAll({ kind }: Decision): boolean {
  return kind === 'fatal' || kind === 'throttle' || kind === 'reauth';
}

/** Unreadable answers of an API that answered with errcode 0. */
export const senseless: Decision = {
  kind: 'reject',
  code: 'wecom.senseless-answer',
  message: 'WeCom answered an object that lacks what it must have; look at the call.',
};

/** The place of a list that cannot be read. */
export const badCursor: Decision = {
  kind: 'fatal',
  code: 'wecom.bad-cursor',
  message: 'The stored place of this list cannot be read; start the list anew.',
};

/** A list of texts, whatever else stands between them. */
export function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one: Json) => typeof one === 'string') : [];
}

/** A list of objects, whatever else stands between them. */
export function objectsOf(value: Json | undefined): JsonObject[] {
  const isRow = (one: Json): one is JsonObject =>
    typeof one === 'object' && one !== null && !Array.isArray(one);
  return Array.isArray(value) ? value.filter(isRow) : [];
}

/** A text, empty for anything else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** WeCom cuts what is too long instead of refusing it: it is refused here. */
export function atMost(text: string, bytes: number, field: string): void {
  if (Buffer.byteLength(text) <= bytes) return;
  fail({
    kind: 'reject',
    code: 'wecom.too-long',
    message: `${field} has ${Buffer.byteLength(text)} bytes; WeCom takes ${bytes}.`,
    field,
  });
}
