/** Letting copies use another named credential of their system: another auditor. */
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { type LinkRow, linksOfRecords, markDue } from '../../ledger/links.ts';
import { openLinks } from '../../ledger/step-copies.ts';
import { exchangeCredentials } from '../../ledger/step-credentials.ts';
import type { Party } from '../landscape.ts';
import { positionOf } from '../push/flow.ts';
import type { World } from '../world.ts';
import type { Decider } from './decider.ts';

/** Copies changed at once. */
const most = 10_000;

export interface CredentialInput {
  readonly connection: string;
  readonly object?: string | undefined;
  /** The credential that steps name. */
  readonly insteadOf: string;
  /** The one that is used; the same name: as the mapping says again. */
  readonly credential: string;
  /** Ids of records; absent: all whose next step runs under it. */
  readonly records?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
  /** Names the connection has, where that is known here. */
  readonly known?: readonly string[] | undefined;
}

export interface CredentialResult {
  readonly connection: string;
  readonly insteadOf: string;
  readonly credential: string;
  /** Copies that use it from now on, and are tried again at once. */
  readonly copies: number;
  readonly examples: readonly {
    readonly object: string;
    readonly number: string | null;
    readonly step: string;
  }[];
}

/**
 * Changes the credential of copies whose next step runs under one that cannot do it: somebody left, a right is missing.
 * Only copies that are not at rest are changed; everything after goes by the mapping. Errors: `connections.unknown`,
 * `credentials.unknown-step`, `credentials.unknown`.
 */
export async function changeCredential(
  world: World,
  input: CredentialInput,
  by: Decider,
): Promise<CredentialResult> {
  const { connection, object, insteadOf, credential, known } = input;
  const { landscape } = world;
  if (!landscape.connections.has(connection)) throw new HubError('connections.unknown', { connection });
  const parties = landscape.parties.filter(
    (one) => one.connection === connection && (object === undefined || one.object === object),
  );
  const named = [...new Set(parties.flatMap((one) => one.mapping.flow.flatMap((step) => step.as ?? [])))];
  if (!named.includes(insteadOf)) {
    const list = named.sort().join(', ') || 'none';
    throw new HubError('credentials.unknown-step', { connection, credential: insteadOf, known: list });
  }
  if (known && !known.includes(credential))
    throw new HubError('credentials.unknown', { connection, credential, known: known.join(', ') });
  return world.database
    .transaction(async (sql) => {
      const open = input.records
        ? (await linksOfRecords(sql, input.records)).filter((one) => one.connection === connection)
        : await openLinks(sql, connection, most);
      const meant = open.flatMap((link) => {
        const party = parties.find((one) => one.object === link.object && one.entity === link.entity);
        const step = party && nextUnder(party, link, insteadOf);
        return step === undefined ? [] : [{ link, step }];
      });
      const result = {
        ...{ connection, insteadOf, credential, copies: meant.length },
        examples: meant.slice(0, 5).map(({ link, step }) => ({
          ...{ object: link.object, number: link.remote_number, step },
        })),
      };
      const ids = meant.map(({ link }) => link.id);
      if (input.dryRun) return { result, lanes: [] };
      await exchangeCredentials(sql, ids, { insteadOf, credential, author: by.author });
      await markDue(sql, ids);
      await insertAudit(
        sql,
        meant.map(({ link, step }) => ({
          author: by.author,
          action: 'credentials.exchange',
          subject: `push/${link.id}`,
          details: { connection, object: link.object, step, insteadOf, credential, reason: by.reason },
        })),
      );
      return { result, lanes: meant.map(({ link }) => link.lane) };
    })
    .then(({ result, lanes }) => {
      world.ring(new Set(lanes));
      return result;
    });
}

/** The next step of a copy, where it is one that runs under this credential. */
function nextUnder(party: Party, link: LinkRow, credential: string): string | undefined {
  if (link.state === 'idle' || link.state === 'unknown') return undefined;
  const { next } = positionOf(party, link);
  return next?.as === credential ? next.name : undefined;
}
