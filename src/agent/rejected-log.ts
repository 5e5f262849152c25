import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Instant, toIso } from '../domain/time.ts';

/** A line that was passed over for good. */
export interface RejectedLine {
  readonly at: Instant;
  readonly line: string;
  readonly reason: string;
}

const LARGEST = 5 * 1024 * 1024;

/**
 * Lines that the server, or the agent itself, could make nothing of, with the reason: `rejected.ndjson` in the spool folder. The file before
 * it is kept as `rejected.1.ndjson`; older ones are forgotten.
 */
export class RejectedLog {
  readonly path: string;
  readonly #older: string;

  constructor(folder: string) {
    this.path = join(folder, 'rejected.ndjson');
    this.#older = join(folder, 'rejected.1.ndjson');
  }

  /** Throws when the disk takes nothing. */
  record(lines: readonly RejectedLine[]): void {
    if (lines.length === 0) return;
    const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LARGEST) renameSync(this.path, this.#older);
    const text = lines.map(({ at, line, reason }) => JSON.stringify({ at: toIso(at), reason, line }));
    appendFileSync(this.path, `${text.join('\n')}\n`);
  }
}
