import { Skeleton } from '../parts/skeleton.tsx';

/** Holds the place of chart and numbers, as tall as they will be. */
export function PictureSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className="mt-3 rounded-lg border border-line bg-panel">
        <div className="flex h-11 items-center border-b border-line px-4">
          <Skeleton className="h-3 w-56" />
        </div>
        <div className="p-4">
          <Skeleton className="h-60 w-full opacity-50 sm:h-76 lg:h-92" />
        </div>
      </div>
      <Skeleton className="mt-3 h-32 w-full rounded-lg opacity-50 lg:h-16" />
    </div>
  );
}
