import type { Database, Writer } from '../store/engine.ts';
import type { StoredEvent } from '../store/event-log.ts';

/**
 * What is derived from the events of a stream, each event once. Landings bring it up in their own transaction while it is at the end
 * of the log; after a change of its definition it is built from the whole log, behind.
 */
export interface Projection {
  readonly name: string;
  /** Changes when it must be built anew. */
  readonly definition: string;
  /** Takes events up, in order; returns by how many the open items grew. */
  apply(writer: Writer, stream: number, events: readonly StoredEvent[]): Promise<number>;
  clear(database: Database, stream: number): Promise<void>;
}
