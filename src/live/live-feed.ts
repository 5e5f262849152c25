import type { Clock } from '../domain/time.ts';
import type { Org } from '../store/catalog.ts';
import type { Engine } from '../store/engine.ts';
import { feedBoundsOfAll, readFeed } from '../store/feed.ts';
import { LiveReader } from './live-reader.ts';
import { eventMessage } from './messages.ts';

/** The live feed of one org. */
export class LiveFeed extends LiveReader {
  /** `onError` hears of failed reads; streams stay open and the next wake reads on. */
  constructor(engine: Engine, org: Org, clock: Clock, onError: (error: unknown) => void) {
    super({
      engine,
      clock,
      onError,
      log: {
        // Those of all orgs: sequence numbers are shared, so the cursor of a quiet org may lie before its own first event without a loss.
        bounds: () => feedBoundsOfAll(engine.reader),
        read: async (after, limit) =>
          (await readFeed(engine.reader, org.number, after, limit)).map((event) => ({
            seq: event.seq,
            text: eventMessage(event),
          })),
      },
    });
  }
}
