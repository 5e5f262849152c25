import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';

interface RowsProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
}

/** A list once it is there. */
export function Rows<Data>({ query, what, children }: RowsProps<Data>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return <ul className="divide-y divide-line">{children(data)}</ul>;
  if (error) {
    return (
      <div className="p-4">
        <ProblemNote what={`${what} could not be read`} error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  return <Skeleton className="m-4 h-16" />;
}

interface RowProps {
  readonly title: ReactNode;
  readonly detail: ReactNode;
  readonly children?: ReactNode;
}

export function Row({ title, detail, children }: RowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <div className="truncate text-sm">{title}</div>
        <div className="text-xs text-ink-3 wrap-anywhere">{detail}</div>
      </div>
      {children && <div className="flex items-center gap-2">{children}</div>}
    </li>
  );
}
