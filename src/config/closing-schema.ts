/** `closing:` of a connection: when the books there are closed. */
import { z } from 'zod';

export function closingSchema(wholeNumber: (least: number, most: number) => z.ZodType<number>) {
  return z
    .strictObject({
      day: wholeNumber(1, 28).describe(
        'The books of a month are closed at the end of this day of the next month.',
      ),
      zone: z
        .string()
        .refine((zone) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone), {
          error: 'expected a time zone such as Asia/Shanghai',
        })
        .default('Asia/Shanghai')
        .describe('Days begin at midnight here. Default Asia/Shanghai.'),
    })
    .describe(
      'When the books there are closed. In the week before, health tells of documents of that month that are not there yet; nothing else follows from it.',
    );
}
