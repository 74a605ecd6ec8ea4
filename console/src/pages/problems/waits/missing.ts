import type { HubSchemas } from '../../../api/client.ts';

type Missing = HubSchemas['MissingCode'];
export type MissingName = Pick<Missing, 'connection' | 'table' | 'code' | 'back'>;

/** As the address names a missing code: `erp/warehouses/W07`; one of theirs `erp/warehouses/<CK07`. */
export function nameOf({ connection, table, code, back }: MissingName): string {
  return `${connection}/${table}/${back ? '<' : ''}${code}`;
}

export function readName(name: string): MissingName | undefined {
  const [, connection, table, sign, code] = /^([^/]*)\/([^/]+)\/(<?)(.+)$/s.exec(name) ?? [];
  if (connection === undefined || table === undefined || code === undefined) return undefined;
  return { connection, table, code, back: sign === '<' };
}
