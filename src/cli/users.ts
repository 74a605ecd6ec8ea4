import { Command, Option } from 'commander';
import { HubError } from '../errors.ts';
import {
  addUser,
  changeUser,
  listUsers,
  type NewUser,
  resetPassword,
  switchUser,
  type UserRow,
} from '../ledger/users.ts';
import { type Role, roles, type Scope, scopesOf, scopesOfRole } from '../security/index.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { columns } from './table.ts';

/** `lianhub users`: who may sign in to the console. */
export function usersCommand(around: Surroundings = terminal): Command {
  return new Command('users')
    .description(
      'who may sign in to the console. Works beside a running hub and without one; takes effect at once',
    )
    .addCommand(list(around))
    .addCommand(add(around))
    .addCommand(role(around))
    .addCommand(reset(around))
    .addCommand(turn(around, 'disable', 'let somebody sign in no more; their sessions end at once'))
    .addCommand(turn(around, 'enable', 'let somebody sign in again'));
}

type Authored = Flags & { readonly author: string };
interface Rights extends Authored {
  readonly role: Role;
  readonly personal?: true;
}

const roleOption = (): Option =>
  new Option(
    '--role <role>',
    roles.map((one) => `${one}: ${scopesOfRole[one].join(', ')}`).join('; '),
  ).choices(roles);
const authored = (around: Surroundings, command: Command): Command =>
  common(command).option('--author <name>', 'who does it; kept in the audit log', around.user);
const scopesOfFlags = ({ personal }: Rights): Scope[] => (personal ? ['pii:read'] : []);

/** More than any company lets in here. */
const mostListed = 10_000;

function list(around: Surroundings): Command {
  return common(new Command('list'))
    .description('users with what they may do, by e-mail address')
    .action((flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const users = await listUsers(database, undefined, mostListed);
        print(around, flags, { users }, () => usersText(users));
      }),
    );
}

function add(around: Surroundings): Command {
  return authored(around, new Command('add'))
    .argument('<email>', 'to sign in with')
    .option('--name <name>', 'what people call them (default: the e-mail address)')
    .addOption(roleOption().default('viewer'))
    .option('--personal', 'they see personal values as well (pii:read); each reading is audited')
    .description(
      'let somebody sign in, and print a password for the first time: it is shown once, holds for three days',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub users add li@example.com --name "Li Na" --role operator\n  lianhub users add desk@example.com --personal',
    )
    .action((email: string, flags: Rights & { name?: string }) =>
      opened(around, flags, async ({ database }) => {
        if (!/^[^\s@]{1,64}@[\w.-]{1,180}\.\w{2,60}$/.test(email)) {
          const expected = 'an e-mail address';
          throw new HubError('users.bad-option', { option: 'email', value: email.slice(0, 80), expected });
        }
        const { name = email, role: given, author } = flags;
        const wish = { email, name, role: given, scopes: scopesOfFlags(flags), author };
        printPassword(around, flags, await addUser(database, wish));
      }),
    );
}

function role(around: Surroundings): Command {
  return authored(around, new Command('role'))
    .argument('<user>', 'e-mail address or id')
    .addOption(roleOption().makeOptionMandatory())
    .option('--personal', 'they see personal values as well (pii:read); without it they do not')
    .description('change what somebody may do, in all their sessions at once')
    .addHelpText('after', '\nExample:\n  lianhub users role li@example.com --role integrator')
    .action((named: string, flags: Rights) =>
      opened(around, flags, async ({ database }) => {
        const change = { role: flags.role, scopes: scopesOfFlags(flags) };
        const user = await changeUser(database, named, change, flags.author);
        print(around, flags, user, () => `${user.email} is ${article(user.role)} now.`);
      }),
    );
}

function reset(around: Surroundings): Command {
  return authored(around, new Command('reset-password'))
    .argument('<user>', 'e-mail address or id')
    .description(
      'print a new password for the next sign-in: shown once, holds for three days; their sessions end',
    )
    .addHelpText('after', '\nExample:\n  lianhub users reset-password admin@lianhub.local')
    .action((named: string, flags: Authored) =>
      opened(around, flags, async ({ database }) => {
        printPassword(around, flags, await resetPassword(database, named, flags.author));
      }),
    );
}

function turn(around: Surroundings, verb: 'enable' | 'disable', description: string): Command {
  return authored(around, new Command(verb))
    .argument('<user>', 'e-mail address or id')
    .description(description)
    .addHelpText('after', `\nExample:\n  lianhub users ${verb} li@example.com`)
    .action((named: string, flags: Authored) =>
      opened(around, flags, async ({ database }) => {
        const user = await switchUser(database, named, verb === 'enable', flags.author);
        print(around, flags, user, () => `${user.email} may ${verb === 'enable' ? '' : 'not '}sign in.`);
      }),
    );
}

function printPassword(around: Surroundings, flags: Flags, { id, email, password }: NewUser): void {
  // It goes out as it is: whoever asked has to pass it on. Nothing else ever prints it.
  print(around, flags, { id, email, password }, () => password);
}

const article = (one: Role): string => `${/^[aeiou]/.test(one) ? 'an' : 'a'} ${one}`;

function usersText(users: readonly UserRow[]): string {
  if (users.length === 0) return 'There is no user yet: lianhub users add';
  const day = (at: Date | null): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
  return columns([
    ['E-MAIL', 'NAME', 'ROLE', 'SCOPES', 'SESSIONS', 'LAST SEEN', 'MADE', 'BY', 'DISABLED'],
    ...users.map((one) => [
      one.email,
      one.name,
      one.role,
      [...scopesOf(one.role, one.scopes)].join(' '),
      String(one.sessions),
      day(one.last_seen_at) || 'never',
      day(one.created_at),
      one.created_by,
      day(one.disabled_at),
    ]),
  ]);
}
