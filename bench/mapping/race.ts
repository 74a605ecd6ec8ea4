/** Timing of pure functions: sides take turns in one process, and the middle of several rounds counts. */
import { median } from '../figures.ts';

/** Turns before the first one that counts: code is compiled for good only after a while. */
const WARM_UP = 4;

export type Side = () => unknown;

/** Runs a side until at least `ms` have passed; nanoseconds for one call. */
function timed(side: Side, ms: number): number {
  let calls = 0;
  let block = 1;
  const started = process.hrtime.bigint();
  for (;;) {
    for (let call = 0; call < block; call += 1) side();
    calls += block;
    const passed = Number(process.hrtime.bigint() - started);
    if (passed >= ms * 1e6) return passed / calls;
    block = Math.min(block * 2, 1_000);
  }
}

/** Nanoseconds per call of each side, medians over `rounds`; the order turns round each time. */
export function race<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  options: { readonly rounds: number; readonly ms: number },
): Record<Name, number> {
  const names = Object.keys(sides) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (const name of names) timed(sides[name], options.ms * WARM_UP);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse())
      times.get(name)?.push(timed(sides[name], options.ms));
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

/** The same for a function that answers later. */
export async function timedLater(side: () => Promise<unknown>, rounds: number, ms: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    let calls = 0;
    const started = process.hrtime.bigint();
    let passed = 0;
    while (passed < ms * 1e6) {
      await side();
      calls += 1;
      passed = Number(process.hrtime.bigint() - started);
    }
    // The first round only warms up.
    if (round > 0) times.push(passed / calls);
  }
  return median(times);
}
