import { Skeleton } from '../parts/skeleton.tsx';

export function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="pt-8">
      <Skeleton className="h-7 w-64" />
      <Skeleton className="mt-3 h-4 w-96 max-w-full" />
      <Skeleton className="mt-6 h-80 w-full" />
    </div>
  );
}
