import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { isLoopback } from './accounts/accounts-config.ts';
import { makeWelcomeLink } from './accounts/first-owner.ts';
import { SecretBox } from './accounts/secret-box.ts';
import { loadSecretKeys } from './accounts/secret-key.ts';
import { openProviders } from './accounts/sign-in-provider.ts';
import { Activity } from './activity/activity.ts';
import { openBlobs } from './blobs/open.ts';
import { RetryingBlobs } from './blobs/retry.ts';
import { type Config, ConfigError, type Flags, loadConfig } from './config.ts';
import { SECOND } from './domain/time.ts';
import { History } from './history/history.ts';
import { createApp } from './http/app.ts';
import type { AccountsContext } from './http/context.ts';
import type { ConfigurationBody } from './http/contract.ts';
import { systemClock } from './jobs/system-clock.ts';
import { createLogger } from './logger.ts';
import { HOST_INTERVAL, HostMeter } from './sources/host.ts';
import { ensureOrg } from './store/catalog.ts';
import { openStore } from './store/open.ts';
import { version } from './version.ts';
import { ServedWindows } from './windows/served-windows.ts';
import { IngestSupervisor } from './work/ingest-supervisor.ts';
import { WorkSupervisor } from './work/supervisor.ts';

export interface Varve extends AsyncDisposable {
  /** Where the page is served. */
  readonly url: string;
  readonly config: Config;
  /** Where the first owner makes his account; null once there is one, and when accounts are off. */
  readonly welcome: string | null;
  /** Takes a changed configuration into force; a broken one is refused, said so, and the old one goes on. */
  reload(): Promise<void>;
}

const WEB_ROOT = join(import.meta.dirname, '..', 'web', 'dist');
/** A reader does not wait long for files: the ladder answers as well. */
const WINDOW_PATIENCE = { attempts: 2, attemptTimeout: 2 * SECOND, firstWait: 100, longestWait: 500 };
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Starts the whole of Varve: configuration, store, answers, the work thread, HTTP. Throws `ConfigError`, `StoreUnavailable`, or the
 * listening socket's error; then nothing is left running.
 */
export async function start(flags: Flags, folder = process.cwd()): Promise<Varve> {
  const clock = systemClock;
  let config = await loadConfig(flags, folder);
  const logger = createLogger(config.logLevel);
  const startedAt = clock.now();
  await using started = new AsyncDisposableStack();

  const engine = started.use(await openStore(config.store));
  const org = await engine.write(({ database }) => ensureOrg(database, 'default', 'Default', clock.now()));
  const history = new History(engine, clock);
  const work = started.use(
    new WorkSupervisor({ flags, folder, store: config.store, published: config.windows.location }, (message) =>
      logger.error({ message }, 'the work thread ended'),
    ),
  );
  const ingest = started.use(
    new IngestSupervisor({ store: config.store, mostSeries: config.push.mostSeries }, (message) =>
      logger.error({ message }, 'trouble in the ingest thread'),
    ),
  );
  const published = started.adopt(
    new RetryingBlobs(await openBlobs(config.windows.location), clock, WINDOW_PATIENCE),
    (blobs) => blobs.close(),
  );
  const served = started.use(
    new ServedWindows({
      engine,
      clock,
      blobs: published,
      isPublisherUp: () => work.status.running,
      onError: (error) => logger.warn({ err: error }, 'a published window could not be read'),
    }),
  );
  const meter = started.use(new HostMeter(config.data));

  let loadedAt = clock.now();
  let problem: string | null = null;
  const configuration = (): ConfigurationBody => ({
    loadedAt,
    file: config.file,
    settings: [...config.settings],
    problem,
  });

  const { accounts } = config;
  const openActivity = (): Activity =>
    new Activity(engine, config.activity, clock, (error) => logger.error({ err: error }, 'a log could not be read'));
  let activity = openActivity();
  started.defer(() => activity[Symbol.dispose]());

  const app = createApp({
    engine,
    org,
    accounts: accounts.on ? openAccounts(config) : null,
    history,
    get activity() {
      return activity;
    },
    clock,
    ingest,
    windows: {
      served,
      get settings() {
        return config.windows;
      },
    },
    logger: logger as FastifyBaseLogger,
    archives: () => config.archives.map(({ name, extract }) => ({ name, isPlatform: extract === 'platform-snapshot' })),
    configuration,
    health: async () => {
      const bytes = await engine.size().catch(() => undefined);
      const ok = bytes !== undefined;
      const status = ok && work.status.running && ingest.status.running ? 'ok' : 'degraded';
      return { status, version, startedAt, store: { engine: engine.name, bytes: bytes ?? 0, ok }, work: work.status };
    },
    webRoot: WEB_ROOT,
    allowedHosts: isLoopback(config.host) ? [...LOOPBACK, ...publicNames(accounts)] : undefined,
  });
  started.defer(() => app.close());
  app.server.on('request', (request, response) => {
    // Answered already, in the same turn, by what is kept ready: less than the meter shows.
    if (response.writableEnded) {
      meter.countRequest(0);
      return;
    }
    // A live stream is open for hours; its length is no latency.
    if (/^\/api\/(?:feed|logs\/stream|samples\/refresh\/)/.test(request.url ?? '')) return;
    const begin = performance.now();
    response.on('finish', () => meter.countRequest(performance.now() - begin));
  });
  await Promise.all([work.ready(), ingest.ready()]);
  const url = await app.listen({ port: config.port, host: config.host });

  // A measurement covers the ten seconds that it ends, so it is taken a second before they are over; the first at once, for a page that lives.
  const measure = async (): Promise<void> => {
    const at = clock.now();
    if (config.hostSource) work.landHostSample(await meter.sample(), at);
  };
  let cancelMeasuring = (): void => {};
  const measureLater = (): void => {
    const wait = HOST_INTERVAL - SECOND - (clock.now() % HOST_INTERVAL);
    cancelMeasuring = clock.after(wait > 0 ? wait : wait + HOST_INTERVAL, () => {
      measureLater();
      void measure();
    });
  };
  started.defer(() => cancelMeasuring());
  void measure();
  measureLater();

  const link = accounts.on ? await makeWelcomeLink({ engine, clock, home: org }) : undefined;
  const welcome = link === undefined ? null : `${accounts.publicUrl ?? url}/welcome#${link}`;

  const first = config;
  let reloading: Promise<void> = Promise.resolve();
  const reload = async (): Promise<void> => {
    try {
      const next = await loadConfig(flags, folder);
      const fixed: string[] = FIXED.filter((name) => settingOf(next, name) !== settingOf(first, name));
      if (JSON.stringify(next.windows.location) !== JSON.stringify(first.windows.location))
        fixed.push('windows.location');
      config = withFixed(next, first);
      loadedAt = clock.now();
      problem = fixed.length > 0 ? `changed ${fixed.join(', ')}: in force after a restart` : null;
      ingest.mostSeries = config.push.mostSeries;
      await work.restart();
      // Its streams end; readers come back by themselves and go on where they stood.
      activity[Symbol.dispose]();
      activity = openActivity();
      logger.info({ file: config.file }, 'the configuration was read anew');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problem = error.message;
      logger.error({ problems: error.problems }, 'the changed configuration was refused; the one before goes on');
    }
  };
  const running = started.move();
  return {
    url,
    welcome,
    get config() {
      return config;
    },
    reload: () => {
      // One after the other: two at once would start two work threads.
      reloading = reloading.then(reload);
      return reloading;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Makes the keys where there are none. Throws `ConfigError` for keys that are none. */
function openAccounts({ accounts, data }: Config): AccountsContext {
  try {
    const box = new SecretBox(loadSecretKeys(accounts.secretKey, data));
    const { publicUrl, trustedProxies } = accounts;
    return { box, publicUrl, trustedProxies, providers: openProviders(accounts.signIn) };
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError([error.message]);
    throw error;
  }
}

const publicNames = ({ publicUrl }: Config['accounts']): string[] =>
  publicUrl === undefined ? [] : [new URL(publicUrl).hostname];

/** What a running server cannot change: its address, its store, how people sign in, and the loggers that are handed out. */
const FIXED = ['port', 'host', 'data', 'database', 'log level', 'accounts'] as const;

/** `next`, but with what was fixed at the start. */
function withFixed(next: Config, first: Config): Config {
  const { port, host, data, store, logLevel, accounts } = first;
  const fixed = new Map(
    first.settings
      .filter(({ name }) => (FIXED as readonly string[]).includes(name))
      .map((setting) => [setting.name, setting]),
  );
  return {
    ...next,
    port,
    host,
    data,
    store,
    logLevel,
    accounts,
    windows: { ...next.windows, location: first.windows.location },
    settings: next.settings.map((setting) => fixed.get(setting.name) ?? setting),
  };
}

const settingOf = (config: Config, name: string): string | undefined =>
  config.settings.find((setting) => setting.name === name)?.value;
