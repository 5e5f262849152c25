import type { ReactNode } from 'react';
import { quantity } from '../values/format-value.ts';
import { Skeleton } from './skeleton.tsx';

interface NumberCellProps {
  readonly name: string;
  readonly waiting: boolean;
  readonly value: ReactNode;
}

/** One of the numbers of a window. */
export function NumberCell({ name, waiting, value }: NumberCellProps) {
  return (
    <div className="bg-panel px-4 py-2.5">
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="mt-0.5 text-base font-medium tracking-tight sm:truncate sm:text-lg">
        {waiting ? <Skeleton className="my-1 h-4 w-16" /> : (value ?? <span className="text-ink-3">–</span>)}
      </dd>
    </div>
  );
}

/** A value with its unit, scaled for people. */
export function Scaled({ value, unit }: { readonly value: number; readonly unit: string }) {
  const { number, unit: scaled } = quantity(value, unit);
  return (
    <>
      {number}
      {scaled !== '' && <span className="ml-1 text-xs font-normal text-ink-3 max-sm:ml-0 max-sm:block">{scaled}</span>}
    </>
  );
}
