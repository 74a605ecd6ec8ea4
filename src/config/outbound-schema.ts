/** Where the hub may post events, and where it is itself reached: the shape of `outbound` and of `server.publicUrl`. */
import { z } from 'zod';
import { readAllowedPlace } from '../security/allowed-places.ts';
import { parseDuration } from './duration.ts';

const allowedPlace = z
  .string()
  .transform((text, context) => {
    const place = readAllowedPlace(text);
    if (typeof place !== 'string') return text;
    const message = `${text} cannot be allowed`;
    context.addIssue({ code: 'custom', message, params: { hint: place } });
    return z.NEVER;
  })
  .meta({ title: 'host or network' });

export const outbound = z.strictObject({
  allow: z
    .array(allowedPlace)
    .default([])
    .describe(
      'Hosts and networks of your own that events may be posted to, over http too: `hooks.inner.example`, `*.inner.example`, `10.20.0.0/16`, `fd12:3456::/32`. Without an entry only public addresses are, over https. Danger: whoever may make subscriptions reaches everything in them. Default none.',
    ),
  keep: z
    .string()
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms >= 2 * 86_400_000) return ms;
      const message = `${text} is not how long events can be kept`;
      context.addIssue({ code: 'custom', message, params: { hint: 'expected 2d or more' } });
      return z.NEVER;
    })
    .meta({ title: 'duration' })
    .default(30 * 86_400_000)
    .describe(
      'How long events and the log of deliveries are kept, in whole weeks at least so long: for replays. Default 30d.',
    ),
});

export const publicUrl = z
  .string()
  .refine((text) => /^https?:\/\/[^?#@\s]+$/.test(text) && URL.canParse(text), {
    error: 'expected an address such as https://hub.example.com',
  })
  .describe(
    'Where others reach this hub: for links in what it sends. Default: the address it listens at, which others may not reach.',
  );
