import type { ArchiveObject, ObjectBatch, ObjectReader } from './object-reader.ts';

/** Something to do in turn; one with objects has them read before its turn comes. */
interface Step {
  readonly wanted?: readonly ArchiveObject[];
}

/**
 * Passes steps on in their order, with reading begun for up to `depth` steps beyond the one being worked on. These, and the one
 * being worked on, are what is read again after a crash.
 */
export async function* readAhead<Next extends Step>(
  steps: AsyncIterable<Next>,
  reader: ObjectReader,
  depth: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly step: Next; readonly batch: Promise<ObjectBatch> | undefined }> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const begun: { step: Next; batch: Promise<ObjectBatch> | undefined }[] = [];
  try {
    for await (const step of steps) {
      const batch = step.wanted && reader.read(step.wanted, either);
      // Its turn to be awaited comes later; until then a failure is nobody's surprise.
      batch?.catch(() => {});
      begun.push({ step, batch });
      if (begun.length > depth) yield begun.shift() as (typeof begun)[number];
    }
    yield* begun;
  } finally {
    stop.abort();
  }
}
