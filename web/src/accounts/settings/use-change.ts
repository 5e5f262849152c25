import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';

/** A change after which the lists named are asked for anew, and the audit with them. */
export function useChange<Given, Body = unknown>(
  change: (given: Given) => Promise<Body>,
  ...lists: readonly (readonly string[])[]
): UseMutationResult<Body, Error, Given> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await Promise.all([...lists, ['audit']].map((queryKey) => client.invalidateQueries({ queryKey })));
    },
  });
}
