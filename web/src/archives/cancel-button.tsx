import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JobBody } from '../api/bodies.ts';
import { post } from '../api/client.ts';
import { problemText } from '../api/problem.ts';
import { queryKeys } from '../api/query-keys.ts';
import { Button } from '../parts/button.tsx';

export function CancelButton({ job }: { readonly job: JobBody }) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => post<unknown>(`jobs/${encodeURIComponent(job.id)}/cancel`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.jobs() }),
  });
  return (
    <span className="flex shrink-0 items-center gap-2">
      {cancel.error && (
        <span role="alert" className="text-xs text-fail-ink">
          {problemText(cancel.error)}
        </span>
      )}
      <Button look="danger" disabled={cancel.isPending || job.cancelRequested} onClick={() => cancel.mutate()}>
        {job.cancelRequested ? 'Stopping…' : 'Cancel'}
      </Button>
    </span>
  );
}
