import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/duration.ts';
import { HubError } from '../errors.ts';
import { issueToken, listTokens, revokeToken, type TokenRow } from '../ledger/tokens.ts';
import { type Role, roles, type Scope, scopes, scopesOf, scopesOfRole } from '../security/index.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { columns } from './table.ts';

/** `lianhub tokens`: who may use the API. */
export function tokensCommand(around: Surroundings = terminal): Command {
  return new Command('tokens')
    .description('who may use the API. Works beside a running hub and without one; takes effect at once')
    .addCommand(create(around))
    .addCommand(list(around))
    .addCommand(revoke(around));
}

interface CreateFlags extends Flags {
  readonly role: Role;
  readonly scope: readonly Scope[];
  readonly expires?: Date;
  readonly author: string;
}

function create(around: Surroundings): Command {
  const rights = roles.map((role) => `${role}: ${scopesOfRole[role].join(', ')}`).join('; ');
  return common(new Command('create'))
    .argument('<name>', 'what it is for; unique among the tokens in use')
    .addOption(new Option('--role <role>', rights).choices(roles).default('viewer'))
    .option('--scope <scope>', `beside those of the role, repeatable: ${scopes.join(', ')}`, scopeOf, [])
    .option('--expires <when>', 'after 90d, 12h, … or at a date; it never does otherwise', expiryOf)
    .option('--author <name>', 'who makes it; kept with it', around.user)
    .description('make a token and print its secret, which is kept nowhere and cannot be shown again')
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub tokens create grafana\n  lianhub tokens create helpdesk --role operator --scope pii:read --expires 90d',
    )
    .action((name: string, flags: CreateFlags) =>
      opened(around, flags, async ({ database }) => {
        if (!/^[\w.@-]{1,80}$/.test(name)) {
          const expected = 'letters, digits and . _ @ -, up to 80';
          throw new HubError('tokens.bad-option', { option: 'name', value: name.slice(0, 80), expected });
        }
        const { role, scope, expires: expiresAt, author } = flags;
        const wish = { name, role, scopes: scope, expiresAt, author };
        const made = await database.transaction((sql) => issueToken(sql, wish));
        if (!made) throw new HubError('tokens.exists', { name });
        // The secret goes out as it is: whoever asked has to have it. Nothing else ever prints it.
        const told = { id: made.id, name, role, scopes: [...scopesOf(role, scope)], token: made.secret };
        print(around, flags, told, () => made.secret);
      }),
    );
}

function list(around: Surroundings): Command {
  return common(new Command('list'))
    .description('tokens with what they may do, the latest first; those that are revoked as well')
    .action((flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const tokens = await listTokens(database);
        print(around, flags, { tokens }, () => tokensText(tokens));
      }),
    );
}

function revoke(around: Surroundings): Command {
  return common(new Command('revoke'))
    .argument('<token>', 'its name or id')
    .option('--author <name>', 'who revokes it; kept with it', around.user)
    .description('end a token, at once and for good')
    .addHelpText('after', '\nExample:\n  lianhub tokens revoke first-admin')
    .action((named: string, flags: Flags & { author: string }) =>
      opened(around, flags, async ({ database }) => {
        const gone = await database.transaction((sql) => revokeToken(sql, named, flags.author));
        if (!gone) throw new HubError('tokens.unknown', { name: named.slice(0, 80) });
        print(around, flags, { id: gone.id, name: gone.name }, () => `${gone.name} is revoked.`);
      }),
    );
}

function tokensText(tokens: readonly TokenRow[]): string {
  if (tokens.length === 0) return 'There is no token yet: lianhub tokens create';
  const day = (at: Date | null): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
  return columns([
    ['NAME', 'ROLE', 'SCOPES', 'MADE', 'BY', 'EXPIRES', 'LAST USED', 'REVOKED'],
    ...tokens.map((one) => [
      one.name,
      one.role,
      [...scopesOf(one.role, one.scopes)].join(' '),
      day(one.created_at),
      one.created_by,
      day(one.expires_at) || 'never',
      day(one.last_used_at) || 'never',
      day(one.revoked_at),
    ]),
  ]);
}

function scopeOf(text: string, before: readonly Scope[]): readonly Scope[] {
  const scope = scopes.find((one) => one === text);
  if (scope === undefined) throw new InvalidArgumentError(`expected one of ${scopes.join(', ')}`);
  return [...before, scope];
}

function expiryOf(text: string): Date {
  const ms = parseDuration(text);
  const at = ms === undefined ? Date.parse(text) : Date.now() + ms;
  if (Number.isFinite(at) && at > Date.now() && at < 8.64e15) return new Date(at);
  throw new InvalidArgumentError('expected a duration (90d, 12h) or a date to come (2027-01-01)');
}
