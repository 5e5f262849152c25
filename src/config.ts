import { existsSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { formatLocation, parseLocation } from './blobs/location.ts';
import { DAY, HOUR, MINUTE, parseDuration, SECOND } from './domain/time.ts';
import './sources/archive/configuration-imports.ts';
import type { Extractor } from './sources/archive/extractor.ts';
import { KeyTemplate } from './sources/archive/key-template.ts';
import type { ArchiveSettings } from './sources/archive/settings.ts';
import { intervalProblem } from './sources/archive/spans.ts';
import type { StoreLocation } from './store/open.ts';

/** Durations are texts such as `30s`, `5m`, `2h`, `7d`. */
export interface ArchiveConfig {
  /** Names the archive and begins the names of its series: letters, digits, `-` and `_`. */
  name: string;
  /** `./folder` or `s3://bucket/prefix`; by default the folder of this name among the blobs. */
  location?: string;
  /** Where the time stands in the keys, e.g. `{yyyy}/{MM}/{dd}/{HH}{mm}.json`. */
  key: string;
  /** Expected distance of objects; `1m` by default. */
  interval?: string;
  /** How long after its end an hour is final; `2h` by default. */
  grace?: string;
  /** `platform-snapshot`, or a function from a parsed snapshot and its time to points. */
  extract: 'platform-snapshot' | Extractor;
  /** For S3 servers other than Amazon's. */
  endpoint?: string;
  region?: string;
  pathStyle?: boolean;
  /** How often new objects are looked for; `5m` by default. */
  tailEvery?: string;
  /** How far back closed hours are looked over once a day for late objects; `7d` by default. */
  recheck?: string;
  /** Objects read at once; 16 by default. */
  concurrency?: number;
}

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

const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} is no duration; write 30s, 5m, 2h or 7d` });
  return z.NEVER;
});

const port = z.int().min(0).max(65_535);

const archiveSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, 'must be 1 to 64 letters, digits, - or _, and begin with a letter'),
  location: z.string().optional(),
  key: z.string(),
  interval: duration.default(MINUTE),
  grace: duration.default(2 * HOUR),
  extract: z.union([z.literal('platform-snapshot'), z.custom<Extractor>((value) => typeof value === 'function')], {
    error: "must be 'platform-snapshot' or a function (snapshot, at) => points",
  }),
  endpoint: z.string().optional(),
  region: z.string().optional(),
  pathStyle: z.boolean().optional(),
  tailEvery: duration.default(5 * MINUTE),
  recheck: duration.default(7 * DAY),
  concurrency: z.int().min(1).max(256).default(16),
});

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
});

type FileSettings = z.infer<typeof fileSchema>;

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
  const fromFile = file === null ? fileSchema.parse({}) : await readConfigFile(file);
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
    archives: settleArchives(fromFile.archives, blobs, folder, file),
    file,
  };
  for (const archive of config.archives) {
    const { name, location, key, interval, grace, extract, tailEvery } = archive;
    const extractor = typeof extract === 'string' ? extract : 'a function';
    const value = `${formatLocation(location)} ${key}, every ${interval / SECOND} s, grace ${grace / MINUTE} min, ${extractor}, tail every ${tailEvery / SECOND} s`;
    settings.push({ name: `archive ${name}`, value, from: 'file' });
  }
  return { ...config, settings };
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
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(
      ({ path, message }) => `${file}: ${path.map(String).join('.') || 'the export'}: ${message}`,
    ),
  );
}

function settleArchives(
  archives: FileSettings['archives'],
  blobs: string,
  folder: string,
  file: string | null,
): ArchiveSettings[] {
  const problems: string[] = [];
  const settled = archives.flatMap((archive, index): ArchiveSettings[] => {
    const { name, location, key, endpoint, region, pathStyle, ...rest } = archive;
    const at = `${file}: archives.${index} (${name})`;
    if (archives.findIndex((other) => other.name === name) !== index)
      problems.push(`${at}: name: another archive has this name`);
    try {
      const problem = intervalProblem(archive.interval, new KeyTemplate(key));
      if (problem !== undefined) problems.push(`${at}: interval: ${problem}`);
    } catch (error) {
      problems.push(`${at}: key: ${(error as Error).message}`);
      return [];
    }
    try {
      const options = {
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(region === undefined ? {} : { region }),
        ...(pathStyle === undefined ? {} : { pathStyle }),
      };
      return [
        {
          name,
          key,
          location: parseLocation(location ?? `${blobs.replace(/\/+$/, '')}/${name}`, folder, options),
          ...rest,
        },
      ];
    } catch (error) {
      problems.push(`${at}: location: ${(error as Error).message}`);
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return settled;
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
