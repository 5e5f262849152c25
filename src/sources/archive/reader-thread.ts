import { parentPort, workerData } from 'node:worker_threads';
import { openBlobs } from '../../blobs/open.ts';
import { RetryingBlobs } from '../../blobs/retry.ts';
import { systemClock } from '../../jobs/system-clock.ts';
import { loadExtractor } from './load-extractor.ts';
import { LocalObjectReader } from './object-reader.ts';
import { type Answer, HEARTBEAT, packFailure, type Request, type ThreadData } from './thread-messages.ts';

/** The thread of `ThreadObjectReader`: reads, unpacks, parses and extracts, and sends back columns. */
const { location, extractor, concurrency } = workerData as ThreadData;
const port = parentPort as NonNullable<typeof parentPort>;

const reader = Promise.all([openBlobs(location, { blocking: true }), loadExtractor(extractor)]).then(
  ([blobs, loaded]) => new LocalObjectReader(new RetryingBlobs(blobs, systemClock), loaded, systemClock, concurrency),
);
// Whoever reads first hears why; until then it must not end the thread.
reader.catch(() => {});

const running = new Map<number, AbortController>();

port.on('message', (request: Request) => {
  if ('cancel' in request) running.get(request.cancel)?.abort();
  else void serve(request);
});

// An extractor that never returns keeps this from being sent: the other side then gives up on the thread.
setInterval(() => send({ heartbeat: true }), HEARTBEAT);

async function serve({ id, objects }: Extract<Request, { id: number }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const { outcomes, samples, failure } = await (await reader).read(objects, controller.signal);
    const { offsets, times, values } = samples;
    const batch = { outcomes, samples, failure: failure && packFailure(failure) };
    send({ id, batch }, [offsets.buffer, times.buffer, values.buffer]);
  } catch (error) {
    if (!controller.signal.aborted) send({ id, error: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
}

function send(answer: Answer, transferred: readonly ArrayBufferLike[] = []): void {
  port.postMessage(answer, transferred as ArrayBuffer[]);
}
