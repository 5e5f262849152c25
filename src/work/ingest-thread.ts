import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../jobs/system-clock.ts';
import { GroupCommit } from '../sources/push/group-commit.ts';
import { landDeliveries } from '../sources/push/landing.ts';
import { OrgChannels } from '../sources/push/org-channels.ts';
import { BodyReading } from '../sources/push/reading.ts';
import { openStore } from '../store/open.ts';
import type { IngestInput, IngestNews, IngestOrder } from './ingest.ts';
import { IngestSession } from './ingest-session.ts';

/** Entry of the thread that reads and lands pushed samples. */
const port = parentPort;
if (!port) throw new Error('this file is the entry of a worker thread');
const tell = (news: IngestNews): void => port.postMessage(news);

// On Linux a priority belongs to a thread: answers go before samples, samples before work that nobody waits for.
if (process.platform === 'linux') setPriority(Math.min(getPriority() + 5, 19));

const { store, mostSeries } = workerData as IngestInput;
try {
  const engine = await openStore(store, { durable: true });
  const place = { engine, clock: systemClock, mostSeries };
  const channels = new OrgChannels();
  const commits = new GroupCommit((org, deliveries) => landDeliveries(place, org, deliveries));
  const sessions = new Map<number, IngestSession>();

  port.on('message', (order: IngestOrder) => {
    switch (order.kind) {
      case 'begin': {
        const { id, org, options, encoding } = order;
        const reading = new BodyReading(org, channels.of(org), commits, options, systemClock.now());
        const session = new IngestSession(reading, encoding, (bytes) => tell({ kind: 'read', id, bytes }));
        sessions.set(id, session);
        session.give(order.bytes, order.isWhole);
        void session
          .run((message) => tell({ kind: 'trouble', message }))
          .then((outcome) => {
            sessions.delete(id);
            tell({ kind: 'done', id, outcome });
          });
        return;
      }
      case 'bytes':
        sessions.get(order.id)?.give(order.bytes, order.isWhole);
        return;
      case 'cut':
        sessions.get(order.id)?.cut();
        return;
      case 'settings':
        place.mostSeries = order.mostSeries;
        return;
      case 'stop': {
        const end = (): never => process.exit(0);
        for (const session of sessions.values()) session.cut();
        commits
          .settled()
          .then(() => engine[Symbol.asyncDispose]())
          .then(end, end);
      }
    }
  });
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'failed', message: (error as Error).message });
  process.exit(1);
}
