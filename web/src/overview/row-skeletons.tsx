import { Skeleton } from '../parts/skeleton.tsx';
import { ROW_GRID } from './row-grid.ts';

export function RowSkeletons({ rows }: { readonly rows: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className={`h-12 border-b border-line px-4 last:border-0 ${ROW_GRID}`}>
          <Skeleton className="h-4 w-40 max-w-full" />
          <Skeleton className="h-6 w-full" />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
