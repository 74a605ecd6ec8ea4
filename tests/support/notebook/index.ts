import { z } from 'zod';
import type { Connector, JsonObject, Notice, ObjectOperations } from '../../../connectors/kit/types.ts';

const anything = z.looseObject({});

/** How a book differs from one that keeps to the letter what it is told. */
export interface Manners {
  /** What its messages say about their order. */
  readonly revision: 'none' | 'time' | 'count';
  /** Whether one can ask for a card again. */
  readonly fetches: boolean;
  /** Whether it shows what became of a write in its answer. */
  readonly answers: boolean;
  /** Trims texts, rounds numbers to one place, and sorts lists the other way, when something is written to it. */
  readonly normalises: boolean;
}

export interface Card {
  readonly id: string;
  readonly code: string;
  readonly name?: string;
  readonly level?: string;
  readonly discount?: string;
  readonly tags?: string;
}

interface Kept {
  card: Card;
  count: number;
  changedAt: number;
}

/**
 * A vendor over memory whose cards people edit while the hub writes them. Every change can be told as the message it
 * makes at that moment, to be delivered whenever a test likes.
 */
export class Book {
  readonly writes = new Map<string, number>();
  readonly calls = { list: 0, fetch: 0, write: 0 };
  /** Called with the message of every change, made by people or by the hub. */
  changed: (notice: Notice) => void = () => undefined;
  /** Held before a write is answered or a list is given, so that others get in between. */
  pause: () => Promise<void> = async () => undefined;
  readonly #kept = new Map<string, Kept>();
  readonly #manners: Manners;

  constructor(manners: Manners) {
    this.#manners = manners;
  }

  get cards(): readonly Card[] {
    return [...this.#kept.values()].map(({ card }) => card);
  }

  byCode(code: string): Card | undefined {
    return this.cards.find((card) => card.code === code);
  }

  /** Somebody edits a card, or makes one. */
  edit(id: string, changes: Partial<Card>): void {
    const before = this.#kept.get(id);
    const card = { ...(before?.card ?? { id, code: id }), ...changes };
    const now = Date.now();
    this.#kept.set(id, {
      card,
      count: (before?.count ?? 0) + 1,
      changedAt: Math.max(now, (before?.changedAt ?? 0) + 1),
    });
    this.changed(this.noticeOf(id));
  }

  noticeOf(id: string): Notice {
    const { card, count, changedAt } = this.#kept.get(id) as Kept;
    const { revision } = this.#manners;
    return {
      object: 'card',
      remoteId: id,
      body: { ...card } as JsonObject,
      ...(revision === 'none'
        ? {}
        : { revision: revision === 'count' ? String(count) : new Date(changedAt).toISOString() }),
    };
  }

  operations(): ObjectOperations {
    const { fetches, answers } = this.#manners;
    return {
      list: async () => {
        this.calls.list += 1;
        const items = [...this.#kept.keys()].map((id) => this.noticeOf(id));
        await this.pause();
        return { items, cursor: {}, more: false };
      },
      ...(fetches
        ? {
            fetch: async ({ hints }) => {
              this.calls.fetch += 1;
              const found = hints.map((hint) => this.noticeOf(hint.remoteId));
              await this.pause();
              return found.map(({ body, revision }) => ({
                found: true as const,
                body: body ?? {},
                ...(revision === undefined ? {} : { revision }),
              }));
            },
          }
        : {}),
      find: async ({ items }) =>
        items.map(({ body }) => {
          const card = this.byCode(String(body.code));
          return card ? { found: true, remoteId: card.id, stepDone: true } : { found: false };
        }),
      write: async ({ items }) => {
        this.calls.write += 1;
        await this.pause();
        const results = items.map(({ remoteId, body }) => {
          const told = this.#manners.normalises ? normalised(body as Partial<Card>) : (body as Partial<Card>);
          const id = remoteId ?? this.byCode(String(body.code))?.id ?? `n-${body.code}`;
          this.edit(id, told);
          this.writes.set(id, (this.writes.get(id) ?? 0) + 1);
          return {
            ok: true as const,
            remoteId: id,
            ...(answers ? { answer: { ...this.#kept.get(id)?.card } as JsonObject } : {}),
          };
        });
        await this.pause();
        return results;
      },
    };
  }
}

/** What a book with manners of its own makes of what is written to it. */
export function normalised<Told extends Partial<Card>>(told: Told): Told {
  return {
    ...told,
    ...(told.name === undefined ? {} : { name: told.name.trim() }),
    ...(told.level === undefined ? {} : { level: told.level.trim() }),
    ...(told.discount === undefined ? {} : { discount: Number(told.discount).toFixed(1) }),
    ...(told.tags === undefined ? {} : { tags: told.tags.split(',').sort().reverse().join(',') }),
  };
}

/** Serves books as connections of these names. */
export function notebookConnector(books: Readonly<Record<string, Book>>): Connector {
  return {
    name: 'notebook',
    title: { en: 'Notebook', zh: '记事本' },
    config: anything,
    secrets: anything,
    objects: {
      card: {
        payload: 'full',
        createSafety: 'uniqueKey',
        latenessMs: 0,
        searchLagMs: 0,
        batchSize: 20,
        writeDeadlineMs: 10_000,
        partialUpdate: false,
      },
    },
    open: ({ connection }) => ({
      objects: { card: (books[connection] as Book).operations() },
      test: async () => ({ ok: true, message: 'It lies open.' }),
      close: async () => undefined,
    }),
  };
}
