import { type Command, Option } from 'commander';
import { ROLES, type Role } from '../../accounts/permissions.ts';
import type { Flags } from '../../config.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { print, printJson, say } from '../output.ts';

interface UserOptions extends Flags {
  readonly json?: boolean;
  readonly passwordStdin?: boolean;
}

interface AddOptions extends UserOptions {
  readonly org: string;
  readonly role: Role;
  readonly name: string;
}

/** `varve user`: who may sign in. */
export function addUser(program: Command): void {
  const user = program.command('user').description('Add, list and disable users, and set their passwords.');
  const add = user
    .command('add')
    .description('Add a user to an org. Asks for the password.')
    .argument('<email>', 'address')
    .option('--org <id>', 'org that the user becomes a member of', 'default')
    .addOption(new Option('--role <role>', 'what the user may do there').choices(ROLES).default('owner'))
    .option('--name <name>', 'for people', '')
    .option('--password-stdin', 'read the password from the first line of standard input')
    .option('--json', 'print JSON')
    .action((email: string, _options: unknown, self: Command) => addOne(email, optionsOf<AddOptions>(self)));
  const listing = user
    .command('list')
    .description('List all users with their orgs.')
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => list(optionsOf<UserOptions>(self)));
  for (const [name, disabled, description, meaning] of [
    [
      'disable',
      true,
      'Shut a user out everywhere: sessions end, and tokens that the user made are refused.',
      'at once',
    ],
    ['enable', false, 'Let a disabled user in again.', 'with the password of before'],
  ] as const) {
    const change = user
      .command(name)
      .description(description)
      .argument('<email>', 'address')
      .option('--json', 'print JSON')
      .action((email: string, _options: unknown, self: Command) =>
        disable(email, disabled, optionsOf<UserOptions>(self)),
      );
    examples(change, [`varve user ${name} bob@example.org`, meaning]);
  }
  const reset = user
    .command('reset-password')
    .description('Print a link by which a user sets a new password, valid for two hours; or set it at once.')
    .argument('<email>', 'address')
    .option('--password-stdin', 'set the password that is the first line of standard input')
    .option('--json', 'print JSON')
    .action((email: string, _options: unknown, self: Command) => resetOne(email, optionsOf<UserOptions>(self)));
  examples(
    add,
    ['varve user add ada@example.org', 'an owner of the default org'],
    ['varve user add bob@example.org --org greenhouse --role viewer', 'a reader of another'],
  );
  examples(reset, ['varve user reset-password ada@example.org', 'a link to hand over']);
  examples(listing, ['varve user list', 'with orgs, roles and the last sign-in']);
  examples(
    user,
    ['varve user add ada@example.org', 'an owner of the default org'],
    ['varve user list', 'who there is'],
    ['varve user disable bob@example.org', 'shut out at once'],
  );
}

async function addOne(email: string, options: AddOptions): Promise<void> {
  const [{ openAccounts, orgNamed }, { makeUser }, { COMMAND_LINE }, { readPassword }] = await Promise.all([
    import('../accounts-store.ts'),
    import('../../accounts/users.ts'),
    import('../../accounts/services.ts'),
    import('../read-password.ts'),
  ]);
  await using store = await openAccounts(flagsOf(options));
  const org = await orgNamed(store, options.org);
  const { role, name } = options;
  const password = await readPassword(options.passwordStdin === true);
  const user = await makeUser(store.services, { email, name, password, org, role }, COMMAND_LINE);
  if (options.json) printJson({ id: user.id, email: user.email, org: org.id, role });
  else print(`${user.email} is ${role} of ${org.name}`);
}

async function list(options: UserOptions): Promise<void> {
  const [{ openForReading }, { listUsers }, { membershipsOf }] = await Promise.all([
    import('../open-store.ts'),
    import('../../store/users.ts'),
    import('../../store/memberships.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { reader } = store.engine;
  const users = await Promise.all(
    (await listUsers(reader)).map(async ({ number, id, email, name, disabledAt, lastSignInAt }) => {
      const orgs = (await membershipsOf(reader, number)).map(({ org, role }) => ({ org: org.id, role }));
      return { id, email, name, disabled: disabledAt !== null, lastSignInAt, orgs };
    }),
  );
  if (options.json) return printJson({ users });
  if (users.length === 0) return say('There are no users; varve user add makes one.');
  const [{ table }, { timeText }, { utc }] = await Promise.all([
    import('../text/table.ts'),
    import('../text/times.ts'),
    import('../../domain/zone.ts'),
  ]);
  const rows = users.map(({ email, name, disabled, lastSignInAt, orgs }) => [
    email,
    name,
    orgs.map(({ org, role }) => `${org} (${role})`).join(', '),
    disabled ? 'disabled' : '',
    lastSignInAt === null ? 'never' : timeText(Math.floor(lastSignInAt / 1000) * 1000, utc),
  ]);
  print(
    table(
      ['email', 'name', 'orgs', '', 'last sign-in'].map((title) => ({ title })),
      rows,
    ),
  );
}

async function disable(email: string, disabled: boolean, options: UserOptions): Promise<void> {
  const [{ openAccounts }, { setDisabled }, { COMMAND_LINE }] = await Promise.all([
    import('../accounts-store.ts'),
    import('../../accounts/users.ts'),
    import('../../accounts/services.ts'),
  ]);
  await using store = await openAccounts(flagsOf(options));
  const user = await setDisabled(store.services, email, disabled, COMMAND_LINE);
  if (options.json) printJson({ id: user.id, email: user.email, disabled });
  else print(`${user.email} is ${disabled ? 'disabled' : 'enabled'}`);
}

async function resetOne(email: string, options: UserOptions): Promise<void> {
  const [{ openAccounts }, { makePasswordLink, setPassword }, { COMMAND_LINE }, { readPassword }] = await Promise.all([
    import('../accounts-store.ts'),
    import('../../accounts/users.ts'),
    import('../../accounts/services.ts'),
    import('../read-password.ts'),
  ]);
  await using store = await openAccounts(flagsOf(options));
  if (options.passwordStdin) {
    const user = await setPassword(store.services, email, await readPassword(true));
    if (options.json) printJson({ id: user.id, email: user.email });
    else print(`${user.email} has a new password; all sessions have ended`);
    return;
  }
  const { port, host, accounts } = store.config;
  const text = await makePasswordLink(store.services, email, COMMAND_LINE);
  const link = `${accounts.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`}/password#${text}`;
  if (options.json) printJson({ link });
  else print(link);
}
