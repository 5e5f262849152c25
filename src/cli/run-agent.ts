import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Agent, logLine } from '../agent/agent.ts';
import { commandSource } from '../agent/sources/command-source.ts';
import type { SourceFormat } from '../agent/sources/source.ts';
import { streamSource } from '../agent/sources/stdin-source.ts';
import { watchSource } from '../agent/sources/watch-source.ts';
import { SpoolInUse } from '../agent/spool/spool-lock.ts';
import { type BlobLocation, parseLocation } from '../blobs/location.ts';
import { openBlobs } from '../blobs/open.ts';
import { loadPushServer } from '../config.ts';
import { nameProblem } from '../domain/series.ts';
import { systemClock } from '../jobs/system-clock.ts';
import type { Format } from '../sources/push/formats.ts';
import type { Precision } from '../sources/push/stamps.ts';
import type { AgentOptions } from './commands/agent.ts';
import { Failure, UsageError } from './failure.ts';
import { listenForInterruption } from './interruption.ts';
import { say } from './output.ts';
import { oneLine } from './text/printable.ts';

const LONGEST_TIMEOUT = 60_000;

/** Runs an agent in the foreground until it is interrupted or its input ends. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { url, authorization } = await loadPushServer(options);
  const device = options.device ?? hostname();
  const problem = nameProblem(options.metric ?? 'value', { device });
  if (problem !== undefined) throw new UsageError(`--metric or --device: ${problem}`);
  const source = sourceOf(options, device);
  const location = options.fallback === undefined ? undefined : fallbackOf(options.fallback, options);
  const log = (words: string): void => say(logLine(oneLine(words), systemClock.now()));
  using interruption = listenForInterruption();
  const settings = {
    target: { server: url, parameters: {}, authorization },
    device,
    source,
    spool: resolve(options.spool),
    spoolLimit: options.spoolLimit,
    fallback: location ? { blobs: await openBlobs(location), after: options.fallbackAfter, orgId: options.org } : null,
  };
  const agent = startAgent(settings, log);
  try {
    await Promise.race([interruption.came, agent.ended]);
  } finally {
    await agent.stop();
  }
}

function startAgent(settings: ConstructorParameters<typeof Agent>[0], log: (words: string) => void): Agent {
  try {
    return new Agent(settings, {
      clock: systemClock,
      monotonic: () => performance.now(),
      random: () => Math.random(),
      log,
    });
  } catch (error) {
    if (error instanceof SpoolInUse) throw new Failure(error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure(`the spool ${settings.spool} cannot be used: ${message}`);
  }
}

function sourceOf({ command, every, timeout, watch, stdin, ...options }: AgentOptions, device: string) {
  const format: SourceFormat = {
    device,
    metric: options.metric ?? '',
    format: options.format === 'auto' ? undefined : (options.format as Format),
    precision: options.precision as Precision | undefined,
  };
  if (command !== undefined) {
    return commandSource({ ...format, command, every, timeout: timeout ?? Math.min(every, LONGEST_TIMEOUT) });
  }
  if (watch !== undefined) return watchSource({ ...format, path: resolve(watch) });
  if (stdin) return streamSource(process.stdin, format);
  throw new UsageError('say where readings come from: --command, --watch or --stdin');
}

function fallbackOf(text: string, { fallbackEndpoint, fallbackRegion }: AgentOptions): BlobLocation {
  try {
    return parseLocation(text, process.cwd(), {
      ...(fallbackEndpoint === undefined ? {} : { endpoint: fallbackEndpoint }),
      ...(fallbackRegion === undefined ? {} : { region: fallbackRegion }),
    });
  } catch (error) {
    throw new UsageError(`--fallback: ${(error as Error).message}`);
  }
}
