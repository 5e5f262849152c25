import type { Clock, Instant } from '../../domain/time.ts';
import { findSource, type Org, recordAttempt, type Source, type SourceAttempt } from '../../store/catalog.ts';
import { type Engine, StoreUnavailable } from '../../store/engine.ts';
import { appendToFeed } from '../../store/feed.ts';

export interface AttemptContext {
  readonly engine: Engine;
  readonly org: Org;
  readonly source: Source;
  readonly clock: Clock;
}

/**
 * Runs a read of a source and records what became of it, in words of an operator. A cancelled one is no failure, and of
 * trouble with the store itself the source is innocent.
 */
export async function attempt<Result>(
  context: AttemptContext,
  options: { readonly signal?: AbortSignal; readonly nextAttemptAt?: Instant },
  work: () => Promise<Result>,
): Promise<Result> {
  const { engine, org, source, clock } = context;
  const startedAt = clock.now();
  const planned = options.nextAttemptAt === undefined ? {} : { nextAttemptAt: options.nextAttemptAt };
  const record = (outcome: SourceAttempt) =>
    engine.write(async (writer) => {
      await recordAttempt(writer.database, org.number, source.number, {
        lastAttemptAt: startedAt,
        ...planned,
        ...outcome,
      });
      await appendToFeed(writer, org.number, 'source', { source: source.name }, clock.now());
    });
  try {
    const result = await work();
    await record({ lastSuccessAt: clock.now(), lastError: null, failingSince: null });
    return result;
  } catch (error) {
    if (!options.signal?.aborted && !(error instanceof StoreUnavailable)) {
      const before = await findSource(engine.reader, org.number, source.number);
      await record({ lastError: (error as Error).message, failingSince: before?.failingSince ?? startedAt });
    }
    throw error;
  }
}
