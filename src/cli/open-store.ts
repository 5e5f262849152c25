import { existsSync } from 'node:fs';
import { type Config, type Flags, loadConfig } from '../config.ts';
import type { Clock } from '../domain/time.ts';
import { systemClock } from '../jobs/system-clock.ts';
import { ensureOrg, type Org } from '../store/catalog.ts';
import { type Engine, StoreUnavailable } from '../store/engine.ts';
import { openStore } from '../store/open.ts';
import { Failure } from './failure.ts';

/** The store of the configuration in force, opened in this process; a server may run beside it. */
export interface OpenStore extends AsyncDisposable {
  readonly config: Config;
  readonly engine: Engine;
  readonly org: Org;
  readonly clock: Clock;
}

/** Opens the store and makes it where there is none. */
export async function openForWork(flags: Flags): Promise<OpenStore> {
  return openConfigured(await loadConfig(flags));
}

/** Opens a store that is there already: who reads must not leave an empty one behind. */
export async function openForReading(flags: Flags): Promise<OpenStore> {
  const config = await loadConfig(flags);
  if ('file' in config.store && !existsSync(config.store.file)) {
    throw new Failure(
      `there is no store at ${config.store.file} yet; start varve serve or run varve backfill first, or name its folder by --data or VARVE_DATA`,
    );
  }
  return openConfigured(config);
}

async function openConfigured(config: Config): Promise<OpenStore> {
  const clock = systemClock;
  const engine = await openStore(config.store).catch((error: Error) => {
    if (error instanceof StoreUnavailable || !('file' in config.store)) throw error;
    const { file } = config.store;
    throw new Failure(
      `the store ${file} could not be opened: ${error.message}; restore it from a copy, or name another folder by --data or VARVE_DATA`,
      { cause: error },
    );
  });
  try {
    const org = await engine.write(({ database }) => ensureOrg(database, 'default', 'Default', clock.now()));
    return { config, engine, org, clock, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}
