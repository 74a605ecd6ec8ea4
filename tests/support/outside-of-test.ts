import type { TestContext } from 'vitest';
import { type Outside, type OutsideOptions, startOutside } from './outside.ts';

/** Vendors next door: whoever does not answer within seconds need not be waited for as long as the defaults do. */
export const near = { deadlines: { write: '4s', lateness: '500ms' } };

/** A world of a test's own, gone with it; what its processes said is told if the test fails. */
export async function outsideOf(
  { onTestFinished, onTestFailed }: TestContext,
  options: OutsideOptions,
): Promise<Outside> {
  const outside = await startOutside(options);
  onTestFailed(() => console.error(outside.said()));
  onTestFinished(() => outside.stop());
  return outside;
}
