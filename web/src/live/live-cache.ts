import type { Query, QueryClient } from '@tanstack/react-query';
import { isAffected } from './affected.ts';
import type { FeedEvent } from './feed-event.ts';
import { Refetcher } from './refetcher.ts';

const PAUSE = 1_000;

/** Carries what the feed tells into the query cache: shown queries are refetched, the others only marked. */
export class LiveCache {
  readonly #client: QueryClient;
  readonly #refetcher: Refetcher;

  constructor(client: QueryClient) {
    this.#client = client;
    this.#refetcher = new Refetcher({
      refetch: (hash) => void client.invalidateQueries({ predicate: (query) => query.queryHash === hash }),
      isFetching: (hash) => client.getQueryCache().get(hash)?.state.fetchStatus === 'fetching',
      now: () => performance.now(),
      after: (delay, action) => {
        const timer = setTimeout(action, delay);
        return () => clearTimeout(timer);
      },
    });
  }

  event(event: FeedEvent): void {
    for (const query of this.#client.getQueryCache().getAll()) {
      if (isAffected(event, query.queryKey, query.state.data)) this.#changed(query);
    }
  }

  refetchAll(): void {
    for (const query of this.#client.getQueryCache().getAll()) this.#changed(query);
  }

  #changed(query: Query): void {
    if (query.isActive()) this.#refetcher.changed(query.queryHash, query.meta?.pause ?? PAUSE);
    else query.invalidate();
  }
}
