import type { FeedEvent } from '../store/feed.ts';

/**
 * Why a reader must forget what it holds and fetch anew: its cursor is older than the feed, was never given out by this
 * feed, or it read too slowly to be kept.
 */
export type ResetReason = 'cursor-too-old' | 'cursor-unknown' | 'slow-reader';

/** Milliseconds after which a broken stream is opened again. */
const RETRY = 1_000;

/** The first message of a stream. Data fetched after it and the events that follow leave no gap between them. */
export const helloMessage = (cursor: number): string =>
  `retry: ${RETRY}\nid: ${cursor}\nevent: hello\ndata: {"cursor":${cursor}}\n\n`;

export const eventMessage = (event: FeedEvent): string =>
  `id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

/** Leaves the reader's own place alone: who reconnects after a `slow-reader` goes on where it stood. */
export const resetMessage = (reason: ResetReason, cursor: number): string =>
  `event: reset\ndata: ${JSON.stringify({ reason, cursor })}\n\n`;

/** A comment: keeps proxies from closing a silent stream. */
export const HEARTBEAT_MESSAGE = ': heartbeat\n\n';
