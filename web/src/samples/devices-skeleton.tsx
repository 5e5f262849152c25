import { Skeleton } from '../parts/skeleton.tsx';
import { DEVICE_GRID } from './device-grid.ts';

export function DevicesSkeleton() {
  return (
    <div role="status" aria-label="Loading" className={DEVICE_GRID}>
      {['a', 'b'].map((key) => (
        <div key={key} className="h-56 rounded-lg border border-line bg-panel px-4 py-3">
          <Skeleton className="my-0.5 h-4 w-32" />
          <Skeleton className="mt-3 h-3.5 w-2/3" />
          <Skeleton className="mt-3 h-3 w-full" />
          <Skeleton className="mt-6 h-8 w-full opacity-60" />
          <Skeleton className="mt-3 h-8 w-full opacity-60" />
        </div>
      ))}
    </div>
  );
}
