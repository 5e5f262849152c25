import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem, isUnauthorised } from './problem.ts';

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: {
      /** Least milliseconds between two refetches that events of the feed cause. */
      readonly pause?: number;
    };
  }
}

const RETRIES = 2;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that has ended is noticed by whatever is asked next; who it is then is asked anew, and the sign-in appears.
    onError: (error, { queryKey }) => {
      if (isUnauthorised(error) && queryKey[0] !== 'me') void queryClient.invalidateQueries({ queryKey: ['me'] });
    },
  }),
  defaultOptions: {
    queries: {
      // The feed says when something changed; until then an answer is good.
      staleTime: 5 * 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      // The browser's own idea of "offline" says nothing about a server next door.
      networkMode: 'always',
      retry: (failures, error) => failures < RETRIES && !(error instanceof ApiProblem && error.isFinal),
      retryDelay: (attempt) => Math.min(8_000, 500 * 2 ** attempt),
    },
    mutations: { networkMode: 'always' },
  },
});
