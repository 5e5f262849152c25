import { type Command, Option } from 'commander';
import { SCOPES, type Scope } from '../../accounts/permissions.ts';
import type { Flags } from '../../config.ts';
import type { Instant } from '../../domain/time.ts';
import { UsageError } from '../failure.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { print, printJson, say } from '../output.ts';

interface TokenOptions extends Flags {
  readonly org: string;
  readonly json?: boolean;
}

interface CreateOptions extends TokenOptions {
  readonly scope: readonly Scope[];
  readonly name?: string;
  readonly expires: string;
}

/** `varve token`: credentials of programs. */
export function addToken(program: Command): void {
  const token = program.command('token').description('Make, list and revoke tokens, the credentials of programs.');
  const org = (): Option => new Option('--org <id>', 'org that it belongs to').default('default');
  const create = token
    .command('create')
    .description('Make a token and print it, this once.')
    .addOption(org())
    .addOption(
      new Option('--scope <scope...>', 'what it may do; give several, or the option again')
        .choices(SCOPES)
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'for people; the scopes when left out')
    .option('--expires <when>', 'a duration like 90d, a date, or never', '90d')
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => createOne(optionsOf<CreateOptions>(self)));
  const listing = token
    .command('list')
    .description('List the tokens of an org, the newest first.')
    .addOption(org())
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => list(optionsOf<TokenOptions>(self)));
  const revoking = token
    .command('revoke')
    .description('Revoke a token for good.')
    .argument('<id>', 'its id')
    .addOption(org())
    .option('--json', 'print JSON')
    .action((id: string, _options: unknown, self: Command) => revoke(id, optionsOf<TokenOptions>(self)));
  examples(listing, ['varve token list --org greenhouse', 'with scopes, last use and end; never the secrets']);
  examples(revoking, ['varve token revoke 8f3kq2', 'refused from now on']);
  examples(
    token,
    ['varve token create --scope ingest --name garden', 'for a device'],
    ['varve token list', 'those there are'],
  );
  examples(
    create,
    ['varve token create --scope ingest --name garden --expires never', 'for a device'],
    ['varve token create --scope read --expires 1y', 'for Prometheus, at /metrics'],
  );
}

async function createOne(options: CreateOptions): Promise<void> {
  const [{ openAccounts, orgNamed }, { issueToken }, { COMMAND_LINE }] = await Promise.all([
    import('../accounts-store.ts'),
    import('../../accounts/issue-token.ts'),
    import('../../accounts/services.ts'),
  ]);
  await using store = await openAccounts(flagsOf(options));
  const org = await orgNamed(store, options.org);
  const expiresAt = await readExpiry(options.expires, store.clock.now());
  const name = options.name ?? options.scope.join(', ');
  const made = await issueToken(store.services, org, { name, scopes: options.scope, expiresAt }, COMMAND_LINE);
  if (!options.json) {
    print(made.text);
    say('It is shown this once.');
    return;
  }
  const { tokenBody } = await import('../../http/account-bodies.ts');
  printJson({ ...tokenBody(made.token, null), token: made.text });
}

async function readExpiry(text: string, now: Instant): Promise<Instant | null> {
  const { parseDuration, parseInstant } = await import('../../domain/time.ts');
  if (text === 'never') return null;
  const duration = parseDuration(text);
  const at = duration === undefined ? parseInstant(text) : now + duration;
  if (at === undefined || at <= now) {
    throw new UsageError(
      `--expires must be a duration like 90d, a date in the future, or never; got ${JSON.stringify(text)}`,
    );
  }
  return at;
}

async function list(options: TokenOptions): Promise<void> {
  const [{ openForReading }, { orgNamed }, { tokensOf }, { listUsers }, { tokenBody }] = await Promise.all([
    import('../open-store.ts'),
    import('../accounts-store.ts'),
    import('../../store/tokens.ts'),
    import('../../store/users.ts'),
    import('../../http/account-bodies.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const { reader } = store.engine;
  const users = new Map((await listUsers(reader)).map(({ number, email }) => [number, email]));
  const tokens = (await tokensOf(reader, (await orgNamed(store, options.org)).number)).map((token) =>
    tokenBody(token, users.get(token.madeBy ?? -1) ?? null),
  );
  if (options.json) return printJson({ tokens });
  if (tokens.length === 0) return say('There are no tokens.');
  const [{ table }, { timeText }, { utc }] = await Promise.all([
    import('../text/table.ts'),
    import('../text/times.ts'),
    import('../../domain/zone.ts'),
  ]);
  const now = store.clock.now();
  const when = (at: Instant | null): string => (at === null ? 'never' : timeText(Math.floor(at / 1000) * 1000, utc));
  const rows = tokens.map(({ id, name, scopes, expiresAt, usedAt, revokedAt }) => [
    id,
    name,
    scopes.join(' '),
    revokedAt !== null ? 'revoked' : expiresAt !== null && expiresAt <= now ? 'expired' : '',
    when(expiresAt),
    when(usedAt),
  ]);
  print(
    table(
      ['id', 'name', 'scopes', '', 'expires', 'used'].map((title) => ({ title })),
      rows,
    ),
  );
}

async function revoke(id: string, options: TokenOptions): Promise<void> {
  const [{ openAccounts, orgNamed }, { endToken }, { COMMAND_LINE }, { tokenBody }] = await Promise.all([
    import('../accounts-store.ts'),
    import('../../accounts/issue-token.ts'),
    import('../../accounts/services.ts'),
    import('../../http/account-bodies.ts'),
  ]);
  await using store = await openAccounts(flagsOf(options));
  const token = await endToken(store.services, await orgNamed(store, options.org), id, COMMAND_LINE);
  if (options.json) printJson(tokenBody(token, null));
  else print(`${token.name} is revoked`);
}
