import { ASKED, REASONS } from '../chart/gaps.ts';
import { coverStyle } from './cover-style.ts';
import type { CoverageState } from './coverage-months.ts';

const STATES: readonly CoverageState[] = ['have', ...REASONS];

export const coverLabel = (state: CoverageState): string => (state === 'have' ? 'have' : ASKED.label[state]);

export function CoverLegend() {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-ink-2">
      {STATES.map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <span aria-hidden className={`size-2.5 rounded-xs ${coverStyle(state)}`} />
          {coverLabel(state)}
        </li>
      ))}
    </ul>
  );
}
