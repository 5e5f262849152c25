import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobBody, SourceBody } from '../api/bodies.ts';
import { post } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { spanText } from '../time/format-time.ts';
import type { Instant } from '../time/spans.ts';
import { type BackfillAsked, backfillSpan } from './backfill-span.ts';

interface BackfillFormProps {
  readonly archive: SourceBody;
  readonly zone: string;
  readonly now: Instant;
  readonly onStarted: () => void;
}

export function BackfillForm({ archive, zone, now, onStarted }: BackfillFormProps) {
  const client = useQueryClient();
  const [first, setFirst] = useState('');
  const [last, setLast] = useState('');
  const [retryFailed, setRetryFailed] = useState(false);
  const span = backfillSpan(first, last, retryFailed);
  const problem = 'problem' in span ? span.problem : undefined;
  const start = useMutation({
    mutationFn: (body: BackfillAsked) => post<JobBody>(`archives/${encodeURIComponent(archive.name)}/backfill`, body),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: queryKeys.jobs() });
      onStarted();
    },
  });
  const { dataFrom, dataTo } = archive;
  return (
    <form
      className="mt-2 space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!('problem' in span)) start.mutate(span);
      }}
    >
      <p className="text-sm text-ink-2">
        Reads what is not known yet. What is known is not read again. Leave both days empty to read all of it.
        {dataFrom !== null &&
          dataTo !== null &&
          ` Read so far: ${spanText({ from: dataFrom, to: dataTo }, zone, now)}.`}
      </p>
      <div className="grid grid-cols-2 gap-3">
        <Field label="First day (UTC)" type="date" value={first} onChange={setFirst} />
        <Field label="Last day (UTC)" type="date" value={last} onChange={setLast} />
      </div>
      <label className="flex items-center gap-2 text-sm text-ink-2">
        <input
          type="checkbox"
          checked={retryFailed}
          onChange={(event) => setRetryFailed(event.target.checked)}
          className="size-4 accent-accent"
        />
        Also read again what failed before
      </label>
      {problem !== undefined && (
        <p role="alert" className="text-sm text-fail-ink">
          {problem}
        </p>
      )}
      {start.error && <ProblemNote what="The backfill was not started" error={start.error} />}
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={start.isPending || problem !== undefined}>
          {start.isPending ? 'Starting…' : 'Start backfill'}
        </Button>
      </div>
    </form>
  );
}
