import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';

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
