import { Skeleton } from '../parts/skeleton.tsx';
import { CARD_GRID } from './card-grid.ts';
import { RowSkeletons } from './row-skeletons.tsx';

export function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="pt-6">
      <div className={CARD_GRID}>
        {['a', 'b'].map((key) => (
          <div key={key} className="h-32 rounded-lg border border-line bg-panel px-4 py-3">
            <Skeleton className="my-0.5 h-4 w-24" />
            <Skeleton className="mt-3 h-3.5 w-full" />
            <Skeleton className="mt-2 h-3.5 w-2/3" />
          </div>
        ))}
      </div>
      <Skeleton className="mt-9 mb-6 h-6 w-40" />
      <div className="rounded-lg border border-line bg-panel">
        <RowSkeletons rows={8} />
      </div>
    </div>
  );
}
