/** `closedPeriod:` of a party: what becomes of documents that its system's books are closed for. */
import { z } from 'zod';

export function closedPeriodSchema(yesOrNo: z.ZodType<boolean>) {
  const rule = z.strictObject({
    redate: z
      .enum(['nextOpenDay'])
      .optional()
      .describe(
        'nextOpenDay: a document that is not there yet is dated the first day of the next open period, in this system only. Danger: the books show it in another month than it happened. Default: it waits.',
      ),
    note: yesOrNo
      .default(false)
      .describe(
        'With redate: the remark there (`notes`, where entity and mapping have it) tells the original day. Default false.',
      ),
    book: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Field of the object there that says whose books it is for, e.g. FSaleOrgId.FNumber: periods are closed book by book. Default: all of a system's books are closed together.",
      ),
  });
  return z
    .preprocess((value) => (value === 'wait' ? {} : value), rule)
    .meta({ title: 'map or wait' })
    .describe(
      'What becomes of a document whose accounting period is closed there. wait: it waits with all others of that period until it is open. Default wait.',
    );
}
