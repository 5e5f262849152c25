import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { UsageError } from '../failure.ts';
import { examples, flagsOf, optionsOf } from '../options.ts';
import { print, printJson } from '../output.ts';

interface OrgOptions extends Flags {
  readonly name?: string;
  readonly json?: boolean;
}

/** `varve org`: who shares data with whom. */
export function addOrg(program: Command): void {
  const org = program.command('org').description('Add and list orgs. Nothing of one can be seen from another.');
  const add = org
    .command('add')
    .description('Add an org.')
    .argument('<id>', 'small letters, digits and hyphens; it cannot be changed')
    .option('--name <name>', 'for people')
    .option('--json', 'print JSON')
    .action((id: string, _options: unknown, self: Command) => addOne(id, optionsOf<OrgOptions>(self)));
  const listing = org
    .command('list')
    .description('List all orgs.')
    .option('--json', 'print JSON')
    .action((_options: unknown, self: Command) => list(optionsOf<OrgOptions>(self)));
  examples(listing, ['varve org list', 'ids and names']);
  examples(
    org,
    ['varve org add greenhouse --name Greenhouse', 'another org, with nothing in it'],
    ['varve org list', 'those there are'],
  );
  examples(add, ['varve org add greenhouse --name Greenhouse', 'then: varve user add … --org greenhouse']);
}

async function addOne(id: string, options: OrgOptions): Promise<void> {
  const [{ openAccounts }, { foundOrg }, { COMMAND_LINE }, { orgRequestSchema }] = await Promise.all([
    import('../accounts-store.ts'),
    import('../../accounts/found-org.ts'),
    import('../../accounts/services.ts'),
    import('../../http/accounts-contract.ts'),
  ]);
  const wanted = orgRequestSchema.safeParse({ id, name: options.name ?? id });
  if (!wanted.success) {
    throw new UsageError(wanted.error.issues.map(({ path, message }) => `the ${path.join('.')} ${message}`).join('; '));
  }
  await using store = await openAccounts(flagsOf(options));
  const org = await foundOrg(store.services, wanted.data, COMMAND_LINE);
  if (options.json) printJson({ id: org.id, name: org.name });
  else print(`${org.name} is there; varve user add EMAIL --org ${org.id} adds its first owner`);
}

async function list(options: OrgOptions): Promise<void> {
  const [{ openForReading }, { listOrgs }, { table }] = await Promise.all([
    import('../open-store.ts'),
    import('../../store/orgs.ts'),
    import('../text/table.ts'),
  ]);
  await using store = await openForReading(flagsOf(options));
  const orgs = (await listOrgs(store.engine.reader)).map(({ id, name }) => ({ id, name }));
  if (options.json) printJson({ orgs });
  else
    print(
      table(
        [{ title: 'id' }, { title: 'name' }],
        orgs.map(({ id, name }) => [id, name]),
      ),
    );
}
