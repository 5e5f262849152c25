import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../domain/time.ts';
import { listSegments, SegmentReader, scanSegment } from './spool/segment.ts';
import { ACKNOWLEDGED_FILE, type Acknowledged } from './spool/spool.ts';
import { readStateFile } from './spool/state-file.ts';
import type { ClockStep } from './stamps.ts';

/** How the agent stands, kept in `status.json` of the spool folder for `varve agent status` and for the next start. */
export interface AgentStatus {
  readonly startedAt: Instant;
  /** Null while it runs. */
  readonly stoppedAt: Instant | null;
  /** Without a password. */
  readonly server: string;
  readonly device: string;
  /** In words. */
  readonly source: string;
  readonly lastReadingAt: Instant | null;
  /** What is wrong with the source of readings or the spool now; null when nothing is. */
  readonly lastProblem: string | null;
  readonly sending: 'idle' | 'sending' | 'failing' | 'refused';
  readonly failingSince: Instant | null;
  readonly lastError: string | null;
  readonly lastSentAt: Instant | null;
  /** Readings that the server took since this spool was made. */
  readonly sent: number;
  readonly rejected: number;
  readonly clockSteps: number;
  readonly lastClockStep: ClockStep | null;
  /** Milliseconds that stamps are ahead of the clock. */
  readonly stampsAhead: number;
  readonly fallback: {
    readonly location: string;
    readonly lastUploadAt: Instant | null;
    readonly lastError: string | null;
  } | null;
}

export const STATUS_FILE = 'status.json';

/** What a spool holds, by a look from outside; the agent may go on meanwhile. */
export interface SpoolContents {
  readonly waiting: number;
  readonly oldestAt: Instant | null;
  readonly newestAt: Instant | null;
  readonly bytes: number;
  readonly dropped: number;
  readonly damaged: number;
}

export const readStatus = (folder: string): AgentStatus | undefined => readStateFile(join(folder, STATUS_FILE));

/** Throws when the folder cannot be read. */
export function inspectSpool(folder: string): SpoolContents {
  const segments = listSegments(folder);
  const stored = readStateFile<Acknowledged>(join(folder, ACKNOWLEDGED_FILE));
  const acknowledged = Math.max(stored?.sequence ?? 0, (segments[0]?.first ?? 1) - 1);
  const last = segments.at(-1);
  const scanned = last && scanSegment(last);
  const next = Math.max(scanned?.next ?? 0, acknowledged + 1);
  const waiting = next - 1 - acknowledged;
  return {
    waiting,
    oldestAt: waiting > 0 ? stampAt(folder, acknowledged + 1) : null,
    newestAt: scanned?.last?.head.at ?? stored?.newest?.head.at ?? null,
    bytes: segments.reduce((total, segment) => total + bytesOf(segment.path), 0),
    dropped: stored?.dropped ?? 0,
    damaged: stored?.damaged ?? 0,
  };
}

function stampAt(folder: string, sequence: number): Instant | null {
  const segment = listSegments(folder).findLast(({ first }) => first <= sequence);
  if (!segment) return null;
  using reader = new SegmentReader(segment);
  return reader.skipTo(sequence) ? (reader.next()?.head.at ?? null) : null;
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
