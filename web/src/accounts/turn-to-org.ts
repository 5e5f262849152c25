import type { QueryClient } from '@tanstack/react-query';
import { put } from '../api/client.ts';
import { accountKeys } from './account-queries.ts';

/** Turns this session to another org; everything that was shown belonged to the one before. */
export async function turnTo(client: QueryClient, org: string): Promise<void> {
  await put('session/org', { org });
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== accountKeys.me[0] });
  await client.resetQueries({ queryKey: accountKeys.me });
}
