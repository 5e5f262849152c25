import type { Instant, Span } from '../time/spans.ts';

interface Payloads {
  landed: Span & { readonly source: string; readonly series: number };
  frozen: Span & { readonly source: string };
  closed: Span & { readonly source: string };
  restated: Span & {
    readonly source: string;
    readonly reason: string;
    readonly series: readonly string[];
    readonly count: number;
  };
  source: { readonly source: string };
  window: {
    readonly series: string;
    readonly source: string;
    readonly window: string;
    readonly state: 'published' | 'failed';
  };
  job: { readonly id: string; readonly kind: string; readonly state: string };
}

type FeedKind = keyof Payloads;

export type FeedEvent = {
  [Kind in FeedKind]: {
    readonly seq: number;
    readonly at: Instant;
    readonly kind: Kind;
    readonly payload: Payloads[Kind];
  };
}[FeedKind];

export const FEED_KINDS: readonly FeedKind[] = ['landed', 'frozen', 'closed', 'restated', 'source', 'window', 'job'];

export function readFeedEvent(text: string): FeedEvent | undefined {
  try {
    const event = JSON.parse(text) as Partial<FeedEvent> | null;
    const known = FEED_KINDS.some((kind) => kind === event?.kind);
    return known && typeof event?.payload === 'object' && event.payload !== null ? (event as FeedEvent) : undefined;
  } catch {
    return undefined;
  }
}
