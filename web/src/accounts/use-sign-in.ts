import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from '../api/client.ts';
import { accountKeys } from './account-queries.ts';

/** Something that begins a session. Everything that was known before belonged to nobody, or to somebody else. */
export function useSignIn<Given>(
  path: string,
  onDone: () => void = () => {},
): UseMutationResult<unknown, Error, Given> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => post<unknown>(path, given),
    onSuccess: async () => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== accountKeys.me[0] });
      onDone();
      await client.resetQueries({ queryKey: accountKeys.me });
    },
  });
}
