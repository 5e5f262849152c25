import { existsSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import {
  type AccountsConfig,
  type AccountsSettings,
  accountsProblems,
  accountsSchema,
  accountsText,
} from './accounts/accounts-config.ts';
import {
  type ActivityConfig,
  type ActivitySettings,
  activitySchema,
  activityText,
  withTokens,
} from './activity/activity-config.ts';
import { formatLocation } from './blobs/location.ts';
import { DAY, formatDuration, MINUTE, SECOND } from './domain/time.ts';
import { type ArchiveConfig, archiveSchema, settleArchives } from './sources/archive/archive-config.ts';
import './sources/archive/configuration-imports.ts';
import type { ArchiveSettings } from './sources/archive/settings.ts';
import { duration } from './sources/duration-setting.ts';
import { type PushConfig, type PushSettings, pushSchema } from './sources/push/push-config.ts';
import type { StoreLocation } from './store/open.ts';
import { settleWindows, type WindowsConfig, type WindowsSettings, windowsSchema } from './windows/windows-config.ts';

/** What `varve.config.ts` exports as its default. Everything has a default. */
export interface VarveConfig {
  port?: number;
  host?: string;
  /** Folder of the store. */
  data?: string;
  /** `postgres://…`; without it SQLite in the data folder. */
  databaseUrl?: string;
  /** Where archives without a location lie: a folder or `s3://…`. */
  blobs?: string;
  logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** This machine's own measurements; false turns them off. */
  hostSource?: boolean;
  /** How long raw samples of this machine's measurements are kept; `14d` by default. Their rollups stay. */
  hostKeepRaw?: string;
  archives?: ArchiveConfig[];
  push?: PushConfig;
  windows?: WindowsConfig;
  accounts?: AccountsConfig;
  activity?: ActivityConfig;
}

/** The configuration in force, with every default filled in. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly store: StoreLocation;
  readonly blobs: string;
  readonly logLevel: NonNullable<VarveConfig['logLevel']>;
  readonly hostName: string;
  readonly hostSource: boolean;
  readonly hostKeepRaw: number;
  readonly archives: readonly ArchiveSettings[];
  readonly push: PushSettings;
  readonly windows: WindowsSettings;
  readonly accounts: AccountsSettings;
  readonly activity: ActivitySettings;
  /** The configuration file in use, if there is one. */
  readonly file: string | null;
  /** Each setting in words, and where it came from. Holds no secret. */
  readonly settings: readonly Setting[];
}

export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly from: 'default' | 'file' | 'environment' | 'flag';
}

/** What the command line may say. */
export interface Flags {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly config?: string;
  /** Local mode: nobody is asked who he is. */
  readonly noAuth?: boolean;
}

/** The configuration cannot be used; `problems` name each setting and its mend. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const port = z.int().min(0).max(65_535);

const fileSchema = z.strictObject({
  port: port.optional(),
  host: z.string().optional(),
  data: z.string().optional(),
  databaseUrl: z.string().optional(),
  blobs: z.string().optional(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).optional(),
  hostSource: z.boolean().optional(),
  hostKeepRaw: duration.optional(),
  archives: z.array(archiveSchema).default([]),
  push: pushSchema,
  windows: windowsSchema,
  accounts: accountsSchema,
  activity: activitySchema,
});

/** What the file says, and which of the parts with defaults of their own it names. */
type FileSettings = z.infer<typeof fileSchema> & { readonly given: ReadonlySet<string> };

/**
 * Reads flags, environment, `.env` and `varve.config.ts`, in this order of precedence. Each call reads anew, so that a changed file takes
 * effect without a new process. Throws `ConfigError`.
 */
export async function loadConfig(flags: Flags, folder = process.cwd()): Promise<Config> {
  const fromEnvironmentFile = readEnvironmentFile(folder);
  handToAws(fromEnvironmentFile);
  const environment = { ...fromEnvironmentFile, ...process.env };
  const settings: Setting[] = [];
  const choose = <Value>(
    name: string,
    given: readonly [Setting['from'], Value | undefined][],
    fallback: Value,
    show: (value: Value) => string = String,
  ): Value => {
    const [from, value] = given.find(([, candidate]) => candidate !== undefined && candidate !== '') ?? [
      'default',
      fallback,
    ];
    settings.push({ name, value: show(value as Value), from: from as Setting['from'] });
    return value as Value;
  };

  const named = flags.config ?? environment.VARVE_CONFIG;
  const file = findFile(named, folder);
  const fromFile = file === null ? { ...fileSchema.parse({}), given: new Set<string>() } : await readConfigFile(file);
  settings.push({
    name: 'config',
    value: file ?? 'none',
    from: flags.config ? 'flag' : environment.VARVE_CONFIG ? 'environment' : 'default',
  });

  const data = resolve(
    folder,
    choose(
      'data',
      [
        ['flag', flags.data],
        ['environment', environment.VARVE_DATA],
        ['file', fromFile.data],
      ],
      './data',
    ),
  );
  const databaseUrl = choose<string | undefined>(
    'database',
    [
      ['environment', environment.DATABASE_URL],
      ['file', fromFile.databaseUrl],
    ],
    undefined,
    (url) => (url === undefined ? `sqlite ${join(data, 'varve.db')}` : withoutPassword(url)),
  );
  const blobs = choose(
    'blobs',
    [
      ['environment', environment.VARVE_BLOBS],
      ['file', fromFile.blobs],
    ],
    join(data, 'blobs'),
  );
  const { settled: archives, problems } = settleArchives(fromFile.archives, blobs, folder, file);
  const windows = settle(`${file}: windows.location`, problems, () => settleWindows(fromFile.windows, blobs, folder));
  const config = {
    port: choose(
      'port',
      [
        ['flag', parsePort('--port', flags.port)],
        ['environment', parsePort('VARVE_PORT', environment.VARVE_PORT)],
        ['file', fromFile.port],
      ],
      7357,
    ),
    host: choose(
      'host',
      [
        ['flag', flags.host],
        ['environment', environment.VARVE_HOST],
        ['file', fromFile.host],
      ],
      '127.0.0.1',
    ),
    data,
    store: databaseUrl === undefined ? { file: join(data, 'varve.db') } : { url: databaseUrl },
    blobs,
    logLevel: choose('log level', [['file', fromFile.logLevel]], 'info' as const),
    hostName: hostname(),
    hostSource: choose('host source', [['file', fromFile.hostSource]], true),
    hostKeepRaw: choose('host keep raw', [['file', fromFile.hostKeepRaw]], 14 * DAY, (value) => `${value / DAY} days`),
    archives,
    push: fromFile.push,
    windows,
    accounts: {
      ...fromFile.accounts,
      on: flags.noAuth !== true,
      secretKey: environment.VARVE_SECRET_KEY || undefined,
    },
    activity: withTokens(fromFile.activity, {
      discord: environment.DISCORD_BOT_TOKEN || undefined,
      github: environment.GITHUB_TOKEN || undefined,
    }),
    file,
  };
  const refused = accountsProblems(config.accounts.on, config.host);
  if (refused.length > 0) throw new ConfigError(refused);
  const given = (part: keyof typeof config): Setting['from'] => (fromFile.given.has(part) ? 'file' : 'default');
  const accountsFrom = flags.noAuth ? 'flag' : given('accounts');
  settings.push({ name: 'accounts', value: accountsText(config.accounts), from: accountsFrom });
  settings.push({ name: 'activity', value: activityText(config.activity), from: given('activity') });
  for (const archive of config.archives) {
    const { name, location, key, interval, grace, extract, tailEvery } = archive;
    const extractor = typeof extract === 'string' ? extract : 'a function';
    const value = `${formatLocation(location)} ${key}, every ${interval / SECOND} s, grace ${grace / MINUTE} min, ${extractor}, tail every ${tailEvery / SECOND} s`;
    settings.push({ name: `archive ${name}`, value, from: 'file' });
  }
  const { grace, keepRaw, mostSeries } = config.push;
  settings.push({
    name: 'push',
    value: `grace ${formatDuration(grace)}, raw samples kept ${keepRaw === null ? 'for ever' : formatDuration(keepRaw)}, at most ${mostSeries} series`,
    from: given('push'),
  });
  const rules = windows.rules.length === 0 ? '' : `, ${windows.rules.length} rules`;
  settings.push({
    name: 'windows',
    value: `${formatLocation(windows.location)}, versions kept ${formatDuration(windows.keepVersions)}${rules}`,
    from: given('windows'),
  });
  return { ...config, settings };
}

/** What `work` settles; a RangeError of it joins the `problems` found before, and all are thrown as one `ConfigError`. */
function settle<Value>(at: string, problems: readonly string[], work: () => Value): Value {
  try {
    const value = work();
    if (problems.length > 0) throw new ConfigError(problems);
    return value;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError([...problems, `${at}: ${error.message}`]);
  }
}

/** Where the commands that push samples send them. */
export interface PushServer {
  /** Without user and password. */
  readonly url: URL;
  /** Header `Authorization`, for a server behind something that asks for one. Never logged. */
  readonly authorization: string | undefined;
}

/**
 * Reads `--server`, `VARVE_SERVER` and `VARVE_TOKEN`; without an address the server of the configuration in force on this machine. Throws
 * `ConfigError`.
 */
export async function loadPushServer(
  flags: Flags & { readonly server?: string },
  folder = process.cwd(),
): Promise<PushServer> {
  const fromEnvironmentFile = readEnvironmentFile(folder);
  handToAws(fromEnvironmentFile);
  const environment = { ...fromEnvironmentFile, ...process.env };
  const token = environment.VARVE_TOKEN || undefined;
  const bearer = token === undefined ? undefined : `Bearer ${token}`;
  const text = flags.server ?? (environment.VARVE_SERVER || undefined);
  if (text === undefined) {
    const { host, port } = await loadConfig(flags, folder);
    const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
    return { url: new URL(`http://${name}:${port}`), authorization: bearer };
  }
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    const name = flags.server === undefined ? 'VARVE_SERVER' : '--server';
    throw new ConfigError([`${name}: that is no address of a server; write it like http://varve.local:7357`]);
  }
  const { username, password } = url;
  const basic = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  url.username = '';
  url.password = '';
  return { url, authorization: bearer ?? (username === '' && password === '' ? undefined : basic) };
}

/** What the environment holds, by name. */
export interface EnvironmentReview {
  /** The `.env` in use, if there is one, and what it names. */
  readonly file: string | null;
  readonly namesInFile: readonly string[];
  /** Names that look like settings and are none, wherever they stand. */
  readonly unknown: readonly string[];
}

/** The environment variables that are settings. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  'VARVE_PORT',
  'VARVE_HOST',
  'VARVE_DATA',
  'VARVE_CONFIG',
  'VARVE_BLOBS',
  'VARVE_SECRET_KEY',
  'DISCORD_BOT_TOKEN',
  'GITHUB_TOKEN',
  'VARVE_SERVER',
  'VARVE_TOKEN',
  'DATABASE_URL',
];

/** Looks for what `loadConfig` passes over in silence. */
export function reviewEnvironment(folder = process.cwd()): EnvironmentReview {
  const file = join(folder, '.env');
  const namesInFile = Object.keys(readEnvironmentFile(folder));
  const isUnknown = (name: string): boolean => name.startsWith('VARVE_') && !ENVIRONMENT_NAMES.includes(name);
  const unknown = [...new Set([...namesInFile, ...Object.keys(process.env)])].filter(isUnknown);
  return { file: existsSync(file) ? file : null, namesInFile, unknown };
}

function readEnvironmentFile(folder: string): NodeJS.Dict<string> {
  const file = join(folder, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** Names of the AWS chain that came from an `.env` file: what is gone from the file is gone. */
const handedToAws = new Set<string>();

/** Credentials are found by the AWS libraries, which look into the environment only; what stands there already goes first. */
function handToAws(file: NodeJS.Dict<string>): void {
  for (const name of handedToAws) delete process.env[name];
  handedToAws.clear();
  for (const [name, value] of Object.entries(file)) {
    if (!name.startsWith('AWS_') || process.env[name] !== undefined) continue;
    process.env[name] = value;
    handedToAws.add(name);
  }
}

function findFile(named: string | undefined, folder: string): string | null {
  const file = resolve(folder, named ?? 'varve.config.ts');
  if (existsSync(file)) return file;
  if (named === undefined) return null;
  throw new ConfigError([`config: there is no file ${file}; mend --config or VARVE_CONFIG`]);
}

async function readConfigFile(file: string): Promise<FileSettings> {
  let exported: unknown;
  try {
    // The query makes a changed file another module, so that reading it again reads it.
    const module = (await import(`${pathToFileURL(file).href}?changed=${statSync(file).mtimeMs}`)) as {
      default?: unknown;
    };
    exported = module.default;
  } catch (error) {
    throw new ConfigError([`${file} could not be loaded: ${(error as Error).message}`]);
  }
  if (exported === undefined)
    throw new ConfigError([`${file} has no default export; write: export default defineConfig({ … })`]);
  const parsed = fileSchema.safeParse(exported);
  if (parsed.success) return { ...parsed.data, given: new Set(Object.keys(exported as object)) };
  throw new ConfigError(
    parsed.error.issues.map(
      ({ path, message }) => `${file}: ${path.map(String).join('.') || 'the export'}: ${message}`,
    ),
  );
}

function parsePort(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const parsed = port.safeParse(/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (parsed.success) return parsed.data;
  throw new ConfigError([`${name}: ${JSON.stringify(text)} is no port; use 0 to 65535`]);
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return 'postgres, address not shown';
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
