import { z } from 'zod';
import type { EventPlace } from '../store/event-log.ts';
import { invalid } from './problem.ts';

/** A place between two pages, and where to go from it. */
export interface LogCursor extends EventPlace {
  readonly direction: 'next' | 'previous';
  /** Only events up to this sequence number. */
  readonly upTo: number;
}

const place = z.tuple([z.enum(['next', 'previous']), z.int(), z.int(), z.int()]);

export const writeCursor = ({ direction, at, seq, upTo }: LogCursor): string =>
  Buffer.from(JSON.stringify([direction, at, seq, upTo])).toString('base64url');

export function readCursor(cursor: string): LogCursor {
  try {
    const [direction, at, seq, upTo] = place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { direction, at, seq, upTo };
  } catch {
    throw invalid([{ field: 'cursor', problem: 'must be the `next` or `previous` of a page, unchanged' }]);
  }
}
