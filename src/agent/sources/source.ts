import type { Clock } from '../../domain/time.ts';
import type { Format } from '../../sources/push/formats.ts';
import type { Collected } from '../collector.ts';
import type { ReadingOptions } from '../reading-parser.ts';
import type { FilePosition } from '../spool/record.ts';

/** Where an agent's readings come from. */
export interface AgentSource {
  /** For people. */
  readonly words: string;
  /** Hands readings on until its end, or until `signal` is aborted. */
  run(intake: Intake, signal: AbortSignal): Promise<void>;
}

/** What a source may do. */
export interface Intake {
  readonly clock: Clock;
  /** Milliseconds at an even pace. */
  monotonic(): number;
  /** False when the spool took none of them; then it was said. */
  take(parts: readonly Collected[]): boolean;
  /** Says what is wrong with the source; null when it is well again. */
  tell(problem: string | null): void;
  /** Says something that happened once. */
  note(words: string): void;
  /** Where the watched file was when the newest reading was kept. */
  readonly position: FilePosition | null;
}

export interface SourceFormat extends ReadingOptions {
  /** Undefined: by how the text begins. */
  readonly format: Format | undefined;
}

/** Returns after so many milliseconds, or when `signal` is aborted. */
export async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = clock.after(milliseconds, resolve);
  const end = (): void => resolve();
  signal.addEventListener('abort', end, { once: true });
  await promise;
  signal.removeEventListener('abort', end);
  stop();
}

const TRY_AGAIN_AFTER = 1_000;
/** So many lines share one flush to the disk; more might not fit where there is little room left. */
const AT_ONCE = 500;

/** Takes all of them, a part at a time; what the spool refuses is tried again until it has room, or `signal` is aborted. */
export async function takeAll(intake: Intake, parts: readonly Collected[], signal: AbortSignal): Promise<void> {
  for (let start = 0; start < parts.length; start += AT_ONCE) {
    while (!intake.take(parts.slice(start, start + AT_ONCE))) {
      await pause(intake.clock, TRY_AGAIN_AFTER, signal);
      if (signal.aborted) return;
    }
  }
}
