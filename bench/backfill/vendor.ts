/** The system that is read, in a process of its own: pages of orders. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { numberOf, orderOf } from '../sync/goods.ts';
import { answer } from '../sync/remote.ts';

/** Rows of a page: the most that nearly all shops, tills and CRMs allow. */
const pageSize = 100;

let count = 0;
let answerMs = 0;
/** Pages as bytes, made before the clock starts. */
let pages: Buffer[] = [];

const server = http.createServer((request, response) => {
  const after = Number(new URL(request.url ?? '', 'http://vendor').searchParams.get('after'));
  response.setHeader('content-type', 'application/json');
  const page = pages[after / pageSize] ?? pageOf(after);
  if (answerMs === 0) response.end(page);
  else setTimeout(() => response.end(page), answerMs);
});

function pageOf(after: number): string {
  const end = Math.min(count, after + pageSize);
  const items = Array.from({ length: Math.max(0, end - after) }, (_, at) => {
    return { id: numberOf(after + at), data: orderOf(after + at) };
  });
  return JSON.stringify({ items, after: end, more: end < count, total: count });
}

const handlers = {
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },

  /** Holds so many orders from now on, and takes so long to answer. */
  hold({ rows, takes }: { readonly rows: number; readonly takes: number }): void {
    count = rows;
    answerMs = takes;
    pages = [];
    for (let after = 0; after < count; after += pageSize) pages.push(Buffer.from(pageOf(after)));
  },
};
export type Vendor = typeof handlers;

answer(handlers);
