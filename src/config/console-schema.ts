/** `console:` of hub.yaml: how long sessions hold, and who else than the hub says who somebody is. */
import { z } from 'zod';
import { roles } from '../security/scopes.ts';

interface Parts {
  readonly duration: z.ZodType<number>;
}

const groups = z.array(z.string().min(1).max(200)).min(1);

export function consoleSchema({ duration }: Parts) {
  const between = (least: number, most: number, hint: string) =>
    duration
      .refine((ms) => ms >= least && ms <= most, { error: 'is not such a time', params: { hint } })
      .meta({ title: 'duration' });
  return z
    .strictObject({
      idle: between(300_000, 30 * 86_400_000, 'expected 5m to 30d')
        .default(8 * 3_600_000)
        .describe('A session ends when it was not used for so long. Default 8h.'),
      longest: between(300_000, 90 * 86_400_000, 'expected 5m to 90d')
        .default(7 * 86_400_000)
        .describe('A session ends so long after the sign-in, however much it is used. Default 7d.'),
      oidc: z
        .strictObject({
          issuer: z
            .string()
            .refine((text) => URL.canParse(text) && /^https?:\/\/[^?#@\s]+$/.test(text), {
              error: 'expected an address such as https://login.example.com/realms/staff',
            })
            .refine((text) => /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(`${text}/`), {
              error: 'expected https: who can change what it says may sign in as anybody',
            })
            .describe(
              'Address of the identity provider, below which it has /.well-known/openid-configuration.',
            ),
          clientId: z.string().min(1).max(300).describe('What the provider calls this hub.'),
          clientSecret: z
            .string()
            .min(1)
            .max(2_000)
            .describe('Its secret, by a variable of the environment.'),
          name: z
            .string()
            .min(1)
            .max(60)
            .default('OpenID Connect')
            .describe('What the button for it says. Default OpenID Connect.'),
          scopes: z
            .array(z.string().min(1).max(100))
            .default(['openid', 'profile', 'email'])
            .describe('What the provider is asked for. Default openid, profile, email.'),
          claim: z
            .string()
            .min(1)
            .max(200)
            .default('groups')
            .describe(
              'Claim of the ID token that names the groups of who signs in: a list or one text. A dot leads into an object: `realm_access.roles`. Default groups.',
            ),
          roles: z
            .partialRecord(z.enum(roles), groups)
            .default({})
            .describe(
              'Role → groups that have it: `admin: [hub-admins]`; of several the greatest counts. Who is in none of them may not sign in. Default none.',
            ),
          personal: groups
            .optional()
            .describe('Groups that see personal values as well (pii:read). Default none.'),
        })
        .optional()
        .describe(
          'An identity provider people may sign in with, beside their passwords. It has to let them come back to /auth/callback/oidc of `server.publicUrl`. Default: none.',
        ),
    })
    .describe('The console in the browser.');
}
